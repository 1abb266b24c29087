//! What holds for every input, however broken. Each promise is a function of bytes that panics when it is not kept.
//!
//! Two programs call them: the fuzz targets, for as long as somebody has time, and `tests/fuzz.rs`, for some seconds
//! with every run of the tests. `docs/fuzzing.md` says how.

#[path = "promises/config.rs"]
pub mod config;
#[path = "promises/cpython.rs"]
mod cpython;
#[path = "../tests/server/editor.rs"]
mod editor;
#[path = "promises/edits.rs"]
pub mod edits;
#[path = "promises/fixes.rs"]
pub mod fixes;
#[path = "promises/ignores.rs"]
pub mod ignores;
#[path = "promises/long.rs"]
pub mod long;
#[path = "promises/mutations.rs"]
pub mod mutations;
#[path = "promises/notebook.rs"]
pub mod notebook;
#[path = "promises/parsers.rs"]
pub mod parsers;
#[path = "promises/protocol.rs"]
pub mod protocol;
#[path = "promises/report.rs"]
pub mod report;

use std::borrow::Cow;

use aiterlint::config::Config;

/// Python, as a file of these bytes is read.
fn text(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(input)
}

/// Rules of taste too: every rule there is.
fn every_rule() -> Config {
    Config { extend_select: vec!["all".to_string()], ..Config::default() }
}

/// The main function of a fuzz target: libFuzzer's own mutations and ours take turns.
#[macro_export]
macro_rules! target {
    ($promise:ident) => {
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $crate::$promise::holds(input));

        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            let mut dice = $crate::mutations::Dice::new(seed.into());
            if dice.below(3) == 0 {
                return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
            }
            let new = $crate::$promise::mutated(&data[..size], &mut dice);
            let size = new.len().min(max_size).min(data.len());
            data[..size].copy_from_slice(&new[..size]);
            size
        });
    };
}
