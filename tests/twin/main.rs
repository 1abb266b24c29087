//! The fast way and the plain way find the same.
//!
//! A check looks at the bytes first, cuts the file into statements, and parses few of them. Its twin parses every file
//! whole and asks every rule about everything. Over the whole standard library, tests included, the two must agree
//! finding for finding; and over some of it with mistakes put in, for it has few of its own, and over the code of the
//! pages in other words (`forms`).
//! So must the quick parser and the grammar, row for row (`parsers`).

#[path = "../real/code.rs"]
mod code;
mod forms;
mod parsers;

use aiterlint::check::{Reading, check_reading};
use aiterlint::config::Config;
use aiterlint::project::Project;
use aiterlint::text::Source;
use rayon::prelude::*;

#[test]
fn islands_find_what_whole_files_find() {
    let Some(files) = code::library() else { return };
    let files: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
    let texts = files.par_iter().filter_map(|path| Some((&**path, std::fs::read_to_string(&**path).ok()?)));
    compare(texts);
}

#[test]
fn islands_find_what_whole_files_find_where_there_is_much_to_find() {
    let Some(texts) = code::texts(200) else { return };
    let found = compare(texts.par_iter().map(|text| ("spoilt", code::spoilt(text))));
    assert!(found > 50, "{found} findings are too few to compare");
    let found = compare(texts.par_iter().map(|text| ("turned async", code::turned_async(text))));
    assert!(found > 50, "{found} findings are too few to compare");
}

/// Compares the two, and says how many findings they have in common.
fn compare<'a>(texts: impl ParallelIterator<Item = (&'a str, String)>) -> usize {
    let project = Project::alone();
    agreed(texts.map(|(name, text)| difference(&Source::new(name, text), &project)))
}

fn agreed(compared: impl ParallelIterator<Item = Result<usize, String>>) -> usize {
    let (same, differences): (Vec<usize>, Vec<String>) = compared.partition_map(|outcome| match outcome {
        Ok(found) => rayon::iter::Either::Left(found),
        Err(difference) => rayon::iter::Either::Right(difference),
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    same.iter().sum()
}

fn difference(source: &Source, project: &Project) -> Result<usize, String> {
    // Rules of taste too: every rule there is.
    let config = Config { extend_select: vec!["all".to_string()], ..Config::default() };
    let fast = check_reading(source, project, &config, Reading::Islands);
    let plain = check_reading(source, project, &config, Reading::Whole);
    if fast == plain {
        return Ok(fast.diagnostics.len());
    }
    let mut lines = vec![source.path.to_string()];
    let mut compare = |title: &str, these: &[_], those: &[_]| {
        for finding in these.iter().filter(|&finding| !those.contains(finding)) {
            let finding: &aiterlint::diagnostic::Diagnostic = finding;
            let place = source.place(finding.span.start);
            let line = source.line(place.line);
            let (rule, message) = (finding.rule, &finding.message);
            lines.push(format!("  {title}: {}:{} {rule} {message}: {line}", place.line, place.column));
        }
    };
    compare("only the fast way", &fast.diagnostics, &plain.diagnostics);
    compare("only the plain way", &plain.diagnostics, &fast.diagnostics);
    Err(lines.join("\n"))
}
