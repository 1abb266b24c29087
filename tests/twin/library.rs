//! The files of the standard library.

use std::path::{Path, PathBuf};
use std::process::Command;

/// None without Python, which CI must have.
pub fn files() -> Option<Vec<PathBuf>> {
    let Some(library) = folder() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed to find the standard library");
        println!("skipped: no python3");
        return None;
    };
    let mut files = Vec::new();
    collect(&library, &mut files);
    assert!(files.len() > 500, "{} holds only {} files", library.display(), files.len());
    Some(files)
}

fn folder() -> Option<PathBuf> {
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
