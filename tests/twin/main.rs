//! The fast way and the plain way find the same.
//!
//! A check looks at the bytes first, cuts the file into statements, and parses few of them. Its twin parses every file
//! whole and asks every rule about everything. Over the whole standard library, tests included, the two must agree
//! finding for finding. So must the quick parser and the grammar, row for row (`parsers`).

mod library;
mod parsers;

use std::path::Path;

use aiterlint::check::{Reading, check_reading};
use aiterlint::config::Config;
use aiterlint::project::Project;
use aiterlint::text::Source;
use rayon::prelude::*;

#[test]
fn islands_find_what_whole_files_find() {
    let Some(files) = library::files() else { return };
    let project = Project::alone();
    let differences: Vec<String> = files.par_iter().filter_map(|path| difference(path, &project)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn difference(path: &Path, project: &Project) -> Option<String> {
    let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
    let source = Source::new(path.to_string_lossy(), text);
    // Rules of taste too: every rule there is.
    let config = Config { extend_select: vec!["all".to_string()], ..Config::default() };
    let fast = check_reading(&source, project, &config, Reading::Islands);
    let plain = check_reading(&source, project, &config, Reading::Whole);
    if fast == plain {
        return None;
    }
    let mut lines = vec![path.display().to_string()];
    let mut compare = |title: &str, these: &[_], those: &[_]| {
        for finding in these.iter().filter(|&finding| !those.contains(finding)) {
            let finding: &aiterlint::diagnostic::Diagnostic = finding;
            let place = source.place(finding.span.start);
            lines.push(format!("  {title}: {}:{} {} {}", place.line, place.column, finding.rule, finding.message));
        }
    };
    compare("only the fast way", &fast.diagnostics, &plain.diagnostics);
    compare("only the plain way", &plain.diagnostics, &fast.diagnostics);
    Some(lines.join("\n"))
}
