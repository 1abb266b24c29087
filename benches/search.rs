//! Reads every Python file below a folder and searches it for the words of async iteration: what no linter can do without.
//!
//! `cargo build --release --bench search`; benches/side_by_side.py runs it beside the others.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::AhoCorasick;
use aiterlint::project::makers::WORDS;
use ignore::{WalkBuilder, WalkState};

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|argument| argument != "--bench").collect();
    let [_, folder, threads] = &arguments[..] else {
        // Cargo runs it without arguments, too.
        println!("search FOLDER THREADS");
        return;
    };
    let words = AhoCorasick::new(WORDS).expect("they are words");
    let (files, hits) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let walk = WalkBuilder::new(PathBuf::from(folder)).threads(threads.parse().unwrap_or(2)).build_parallel();
    walk.run(|| {
        Box::new(|entry| {
            let Ok(entry) = entry else { return WalkState::Continue };
            if entry.path().extension().is_some_and(|end| end == "py" || end == "pyi")
                && let Ok(bytes) = std::fs::read(entry.path())
            {
                files.fetch_add(1, Ordering::Relaxed);
                hits.fetch_add(usize::from(words.is_match(&bytes)), Ordering::Relaxed);
            }
            WalkState::Continue
        })
    });
    println!("{} of {} files", hits.into_inner(), files.into_inner());
}
