//! The outline against CPython: statements, parents, kinds, names, `global`s and comments of every file of the standard
//! library, as `ast`, `symtable` and `tokenize` tell them.
//!
//! `OUTLINE_PYTHON` names another interpreter than `python3`; `OUTLINE_PATHS` (separated by `:`) other folders than its
//! standard library.

mod hostile;

use std::fmt::Write as _;

use std::io::Write as _;

use std::path::{Path, PathBuf};

use std::process::{Command, Stdio};

use aiterlint::syntax::outline::{Outline, StatementId, StatementKind};
use aiterlint::text::Span;

#[test]
fn cuts_where_cpython_does() {
    let python = std::env::var("OUTLINE_PYTHON").unwrap_or("python3".into());
    let folders: Vec<PathBuf> = match std::env::var("OUTLINE_PATHS") {
        Ok(paths) => paths.split(':').map(PathBuf::from).collect(),
        Err(_) => vec![standard_library(&python)],
    };
    let mut files = Vec::new();
    for folder in folders {
        python_files(&folder, &mut files);
    }
    files.sort();
    let (first, second) = files.split_at(files.len() / 2);
    let answers = std::thread::scope(|scope| {
        let other = scope.spawn(|| ask(&python, second));
        let answers = ask(&python, first);
        answers + &other.join().unwrap()
    });

    let (mut compared, mut skipped, mut different) = (0, 0, 0);
    let mut report = String::new();
    for answer in answers.split_inclusive('\n').fold(Vec::new(), |mut files: Vec<String>, line| {
        if line.starts_with("file ") || line.starts_with("skip ") {
            files.push(String::new());
        }
        files.last_mut().unwrap().push_str(line);
        files
    }) {
        let (head, expected) = answer.split_once('\n').unwrap();
        let Some(path) = head.strip_prefix("file ") else {
            skipped += 1;
            continue;
        };
        compared += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let outline = Outline::read(&text);
        let found = describe(&text, &outline, expected);
        if found.trim_end() != expected.trim_end() {
            different += 1;
            if different <= 20 {
                let pair = found.lines().zip(expected.lines()).enumerate().find(|(_, (one, other))| one != other);
                writeln!(report, "{path}\n  first difference {pair:?} lost {:?}", outline.lost).unwrap();
            }
        }
    }
    eprintln!("{compared} files compared, {skipped} skipped, {different} different");
    assert!(compared > 0 && different == 0, "{report}");
}

/// The outline in the oracle's words. Where it says that a body begins, we say the same if our header ends just before.
fn describe(text: &str, outline: &Outline, expected: &str) -> String {
    let mut bodies = expected.lines().filter_map(|line| line.strip_prefix("S ")?.rsplit(' ').next());
    let mut out = String::new();
    if let Some(lost) = outline.lost {
        writeln!(out, "lost {lost:?}").unwrap();
    }
    for (index, statement) in outline.statements.iter().enumerate() {
        let kind = match statement.kind {
            StatementKind::Function { is_async: false } => "def",
            StatementKind::Function { is_async: true } => "async-def",
            StatementKind::Class => "class",
            StatementKind::Import => "import",
            StatementKind::Compound => "compound",
            StatementKind::Simple => "simple",
            StatementKind::Whole => "whole",
        };
        let Span { start, end } = statement.span;
        let parent = statement.parent.map_or("-".into(), |parent| parent.0.to_string());
        let expected_body = bodies.next().unwrap_or("?");
        let body = match expected_body.parse::<u32>() {
            Ok(body) if header_ends_before(text, statement.header, body) => body.to_string(),
            Err(_) if statement.header == statement.span => "-".into(),
            _ => format!("header ends at {}", statement.header.end),
        };
        writeln!(out, "S {start} {end} {kind} {parent} {} {body}", u8::from(statement.opaque)).unwrap();
        let id = StatementId(index as u32);
        for bound in outline.bound(id) {
            assert_eq!(bound.statement, id);
            writeln!(out, "N {:?} {}", bound.how, bound.name.text(text)).unwrap();
        }
        check_navigation(outline, id);
    }
    for name in &outline.globals {
        writeln!(out, "G {}", name.text(text)).unwrap();
    }
    for comment in &outline.comments {
        writeln!(out, "C {} {}", comment.start, comment.end).unwrap();
    }
    out
}

/// A header ends with a colon, and then nothing but blanks, comments and line breaks comes before the body.
fn header_ends_before(text: &str, header: Span, body: u32) -> bool {
    let between = Span { start: header.end, end: body };
    header.end <= body
        && header.text(text).ends_with(':')
        && between.text(text).split(['\n', '\r']).all(|line| {
            let line = line.trim_matches([' ', '\t', '\x0c', '\\']);
            line.is_empty() || line.starts_with('#')
        })
}

fn check_navigation(outline: &Outline, id: StatementId) {
    let statement = outline.statement(id);
    assert_eq!(outline.at(statement.span.start), Some(id));
    let mut siblings: Box<dyn Iterator<Item = StatementId>> = match statement.parent {
        Some(parent) => {
            assert!(outline.statement(parent).next >= statement.next);
            Box::new(outline.members(parent))
        }
        None => Box::new(outline.top_level()),
    };
    // Quadratic, so only near the beginning.
    assert!(id.0 > 50 || siblings.any(|sibling| sibling == id));
}

fn standard_library(python: &str) -> PathBuf {
    let script = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new(python).args(["-c", script]).output().expect("Python is at hand");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn python_files(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        // Packages that somebody has installed are not the standard library.
        for entry in std::fs::read_dir(path).unwrap().filter(|_| !path.ends_with("site-packages")) {
            python_files(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "py" || extension == "pyi") {
        files.push(path.to_owned());
    }
}

fn ask(python: &str, files: &[PathBuf]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outline/oracle.py");
    let mut oracle = Command::new(python)
        .arg(script)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python is at hand");
    let mut stdin = oracle.stdin.take().unwrap();
    for file in files {
        writeln!(stdin, "{}", file.display()).unwrap();
    }
    drop(stdin);
    let output = oracle.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
