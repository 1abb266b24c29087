//! The promises of `fuzz/`, held for some seconds: every seed, and the same random mutations in every run.
//!
//! `FUZZ_ROUNDS` asks for so many times as much as every day, `FUZZ_SEED` for other mutations. A failure shows the
//! input, to be kept as a seed or as a test of its own; `fuzz/run` looks for more of them (docs/fuzzing.md).

#[path = "../fuzz/promises.rs"]
mod promises;

use std::fs;
use std::path::Path;

use promises::mutations::{Dice, code_of_pages};

/// Says which input it was, when something panics with it.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("with this input:\n{:?}", String::from_utf8_lossy(self.0));
        }
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |number| number.parse().expect("a number"))
}

/// The files of a folder of seeds, in the order of their names.
fn seeds(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(folder);
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("there are seeds").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("it can be read")).collect()
}

/// What a promise about Python begins with.
fn python() -> Vec<Vec<u8>> {
    let pages = code_of_pages().iter().map(|code| code.clone().into_bytes());
    seeds("python").into_iter().chain(pages).collect()
}

/// Holds a promise over seeds as they are, and then over so many mutations of them.
fn hold(promise: fn(&[u8]), mutated: fn(&[u8], &mut Dice) -> Vec<u8>, seeds: &[Vec<u8>], mutations: u64) {
    assert!(seeds.len() > 5, "only {} seeds", seeds.len());
    let hold = |input: &[u8]| {
        let _shown = Shown(input);
        promise(input);
    };
    seeds.iter().for_each(|seed| hold(seed));
    let mut dice = Dice::new(number("FUZZ_SEED", 0));
    for _ in 0..mutations * number("FUZZ_ROUNDS", 1) {
        let seed = dice.pick(seeds);
        hold(&mutated(seed, &mut dice));
    }
}

#[test]
fn there_is_a_report_and_it_is_in_place() {
    hold(promises::report::holds, promises::report::mutated, &python(), 1000);
}

#[test]
fn both_parsers_read_the_same() {
    hold(promises::parsers::holds, promises::parsers::mutated, &python(), 2000);
}

#[test]
fn what_is_long_takes_no_longer_than_it_is() {
    hold(promises::long::holds, promises::long::mutated, &seeds("python"), 0);
}

#[test]
fn what_is_long_in_one_place_takes_no_longer_either() {
    promises::long::long_places_hold();
}

#[test]
fn fixes_come_to_an_end_and_break_nothing() {
    hold(promises::fixes::holds, promises::fixes::mutated, &python(), 400);
}

#[test]
fn an_edited_text_has_the_findings_of_a_new_one() {
    hold(promises::edits::holds, promises::edits::mutated, &seeds("edits"), 400);
}

#[test]
fn comments_lose_no_finding() {
    hold(promises::ignores::holds, promises::ignores::mutated, &seeds("ignores"), 400);
}

#[test]
fn settings_are_read_or_refused() {
    hold(promises::config::holds, promises::config::mutated, &seeds("config"), 1000);
}

#[test]
fn notebooks_are_read_or_refused() {
    hold(promises::notebook::holds, promises::notebook::mutated, &seeds("notebook"), 400);
}

#[test]
fn the_server_goes_on() {
    hold(promises::protocol::holds, promises::protocol::mutated, &seeds("protocol"), 300);
}
