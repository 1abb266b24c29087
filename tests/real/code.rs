//! The Python standard library, tests included: real code by many hands, on every machine that has Python.

// Several programs use this file, each a part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Its files, sorted; None on a machine without Python, which is a failure on CI.
pub fn library() -> Option<Vec<PathBuf>> {
    let Some(folder) = folder() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed to find the standard library");
        println!("skipped: no python3");
        return None;
    };
    let mut files = Vec::new();
    collect(&folder, &mut files);
    assert!(files.len() > 500, "{} holds only {} files", folder.display(), files.len());
    files.sort();
    Some(files)
}

fn folder() -> Option<PathBuf> {
    let print = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new("python3").args(["-c", print]).output().ok()?;
    PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()).canonicalize().ok()
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

/// Texts with anything to iterate in them and of a size that people write; those with most to find in them first.
pub fn texts(count: usize) -> Option<Vec<String>> {
    let texts = library()?.into_iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let is_meant = |text: &String| (text.contains("yield") || text.contains("async def")) && text.len() < 100_000;
    let mut texts: Vec<String> = texts.filter(is_meant).collect();
    texts.sort_by_key(|text| !text.contains("async def"));
    texts.truncate(count);
    assert_eq!(texts.len(), count, "the library is smaller than it was");
    Some(texts)
}

/// The library has few mistakes to find: here it has some. `async` is lost in some places and comes up in others.
pub fn spoilt(text: &str) -> String {
    text.replace("async for ", "for ").replace("await ", "")
}

/// Another way to spoil it: whatever was a generator is an async one, and nobody who iterates over it knows.
pub fn turned_async(text: &str) -> String {
    text.replace("async def ", "def ").replace("def ", "async def ").replace("yield from ", "yield ")
}
