//! What the README shows is what the program says.

use std::path::Path;
use std::process::Command;

#[test]
fn the_first_example_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md is there");
    let (_, rest) = readme.split_once("```py\n").expect("it opens with Python");
    let (code, rest) = rest.split_once("```").expect("the block ends");
    let (before, rest) = rest.split_once("```text\n").expect("the answer follows");
    let (shown, after) = rest.split_once("```").expect("the block ends");
    assert!(before.trim().is_empty(), "the answer follows at once");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feed.py"), code).expect("the example is written");
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "--isolated", "--color", "never", "feed.py"])
        .current_dir(folder.path())
        .env("AITERLINT_NO_CACHE", "1")
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    if said.trim() != shown.trim() && std::env::var_os("BLESS").is_some() {
        let head = &readme[..readme.len() - rest.len()];
        let text = format!("{head}{}\n```{after}", said.trim());
        std::fs::write(root.join("README.md"), text).expect("README.md is written");
        return;
    }
    assert_eq!(said.trim(), shown.trim(), "BLESS=1 cargo test --test readme writes it");
}

#[test]
fn the_sample_has_findings() {
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "docs/sample"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("AITERLINT_NO_CACHE", "1")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
}
