//! `--watch`: what changes is checked again, and what depends on it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::project::Project;

/// A change is seen within a moment; on a busy machine a moment may be long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads up to the line with which a run ends.
fn run_of(lines: &Receiver<String>) -> Vec<String> {
    let mut run = Vec::new();
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("nothing came after {run:?}"));
        if line.starts_with("Watching for changes") {
            return run;
        }
        run.push(line);
    }
}

#[test]
fn what_depends_on_a_change_is_checked_again() {
    let project = Project::new(&[
        ("src/loop.py", "from feeds import feed\n\nfor item in feed():\n    print(item)\n"),
        ("src/feeds.py", "def feed():\n    yield 1\n"),
    ]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "src", "--watch", "--output-format", "concise=src/report.txt", "--cache-dir", "cache"])
        .current_dir(project.path("."))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = channel();
    let said = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || said.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));

    assert_eq!(run_of(&lines), ["No mistakes found in 2 files."]);
    project.write("src/feeds.py", b"async def feed():\n    yield 1\n");
    assert_eq!(run_of(&lines), ["Found 1 mistake in 1 file."]);
    assert!(project.read("src/report.txt").starts_with("src/loop.py:3:13: error[sync-for-over-async]"));
    project.write("src/new/more.py", b"x = aiter(1, 2)\n");
    // The folder may be told before the file in it.
    let mut last = run_of(&lines);
    while last != ["Found 2 mistakes in 2 files."] {
        last = run_of(&lines);
    }
    // Settings count as well, and mistakes in them end nothing.
    project.write("src/aiterlint.toml", b"ignore = ['zzz']\n");
    assert!(run_of(&lines)[0].starts_with("error: src/aiterlint.toml:1:11: there is no rule `zzz`"));
    project.write("src/aiterlint.toml", b"ignore = ['all']\n");
    assert_eq!(run_of(&lines), ["No mistakes found in 3 files."]);
    assert!(lines.recv_timeout(Duration::from_millis(300)).is_err(), "its own report is no news");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_cannot_be_watched_is_told() {
    let project = Project::new(&[("a.py", "")]);
    project.refuses("lint --watch -", "error: --watch is for files, and standard input is none\n");
    project.refuses("lint --watch nowhere/a.py", "error: nowhere cannot be watched: [..]\n");
    project.refuses("lint --watch --diff", "error: the argument '--watch' cannot be used with '--diff'\n...");
}
