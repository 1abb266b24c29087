//! The fast way and the plain way find the same.
//!
//! A check looks at the bytes first, cuts the file into statements, and parses few of them. Its twin parses every file
//! whole and asks every rule about everything. Over the whole standard library, tests included, the two must agree
//! finding for finding.

use std::path::{Path, PathBuf};
use std::process::Command;

use aiterlint::check::{Reading, check_reading};
use aiterlint::config::Config;
use aiterlint::project::Project;
use aiterlint::text::Source;
use rayon::prelude::*;

#[test]
fn islands_find_what_whole_files_find() {
    let Some(library) = standard_library() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed to find the standard library");
        println!("skipped: no python3");
        return;
    };
    let mut files = Vec::new();
    collect(&library, &mut files);
    assert!(files.len() > 500, "{} holds only {} files", library.display(), files.len());
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

fn standard_library() -> Option<PathBuf> {
    let print = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new("python3").args(["-c", print]).output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if !path.ends_with("site-packages") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}
