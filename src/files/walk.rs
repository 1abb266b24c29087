//! From the paths that a user names to the files in them.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{Input, Place, Trouble, reason, shown};

/// What a search has brought up.
#[derive(Default, Debug)]
pub struct Found {
    /// Sorted by the path that is shown, each file once.
    pub inputs: Vec<Input>,
    pub troubles: Vec<Trouble>,
    /// Folders, as the user wrote them, in which there was nothing to check although everything could be read.
    pub empty: Vec<String>,
}

/// Folders that hold installed, built or remembered things, never the project's own code.
const SKIPPED: [&str; 25] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// The file that Python writes into each virtual environment, whatever its folder is called.
const ENVIRONMENT_MARK: &str = "pyvenv.cfg";

/// What the settings say of a path in a folder: Some(true) leaves it out, Some(false) takes it in whatever it is called.
pub type LeaveOut = dyn Fn(&Path, bool) -> Option<bool> + Send + Sync;

/// Finds what to check. `-` is standard input, called `stdin_name` if there is one.
pub fn find(paths: &[PathBuf], stdin_name: Option<&Path>, leave_out: &Arc<LeaveOut>, threads: usize) -> Found {
    let mut found = Found::default();
    let mut folders = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let shown = stdin_name.map_or_else(|| "-".to_string(), shown);
            found.inputs.push(Input { shown, place: Place::Stdin(stdin_name.map(Path::to_path_buf)) });
            continue;
        }
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => folders.push(path),
            Ok(_) => found.inputs.push(Input { shown: shown(path), place: Place::Disk(path.clone()) }),
            Err(error) => found.troubles.push(Trouble::new(shown(path), reason(&error))),
        }
    }
    if !folders.is_empty() {
        walk(&folders, leave_out, threads, &mut found);
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        found.inputs.retain(|input| seen.insert(key(input)));
    }
    found.inputs.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.troubles.sort();
    found
}

fn walk(folders: &[&PathBuf], leave_out: &Arc<LeaveOut>, threads: usize, found: &mut Found) {
    let mut builder = WalkBuilder::empty();
    for folder in folders {
        builder.add(folder);
    }
    // Hidden files are code like any other, and an ignore file counts without git as well.
    builder.hidden(false).require_git(false).threads(threads);
    let leave_out = Arc::clone(leave_out);
    builder.filter_entry(move |entry| is_wanted(entry, &*leave_out));

    let walked = Mutex::new((Vec::new(), Vec::new()));
    builder.build_parallel().run(|| {
        let mut mine = Batch { files: Vec::new(), troubles: Vec::new(), all: &walked };
        Box::new(move |entry| {
            match entry {
                Ok(entry) if is_file(&entry) => mine.files.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => mine.troubles.extend(trouble(&error)),
            }
            WalkState::Continue
        })
    });
    let (files, troubles) = walked.into_inner().unwrap_or_else(PoisonError::into_inner);

    // `.` is what nobody wrote: `./a.py` is `a.py` then.
    let bare = folders.iter().any(|folder| folder.as_os_str() == ".");
    if troubles.is_empty() {
        let empty = folders.iter().filter(|folder| !files.iter().any(|file: &PathBuf| file.starts_with(folder)));
        found.empty.extend(empty.map(|folder| shown(folder)));
    }
    found.inputs.extend(files.into_iter().map(|path| {
        let name = if bare { path.strip_prefix(".").unwrap_or(&path) } else { &path };
        Input { shown: shown(name), place: Place::Disk(path) }
    }));
    found.troubles.extend(troubles);
}

/// What one thread has found; handed over when the thread is done, so that no file waits for a lock.
struct Batch<'a> {
    files: Vec<PathBuf>,
    troubles: Vec<Trouble>,
    all: &'a Mutex<(Vec<PathBuf>, Vec<Trouble>)>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.append(&mut self.files);
        all.1.append(&mut self.troubles);
    }
}

/// Whether an entry of a folder is worth a look. What the user named itself (depth 0) always is.
fn is_wanted(entry: &DirEntry, leave_out: &LeaveOut) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if !is_folder && !is_python(entry.path()) {
        return false;
    }
    match leave_out(entry.path(), is_folder) {
        Some(is_out) => !is_out,
        None if is_folder => {
            !SKIPPED.iter().any(|name| entry.file_name() == *name) && !entry.path().join(ENVIRONMENT_MARK).exists()
        }
        None => true,
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "py" || ending == "pyi")
}

/// A link to a file is a file; one that leads nowhere (editors leave such locks) or to a folder is nothing.
fn is_file(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.path().is_file(),
        Some(kind) => kind.is_file(),
        None => false,
    }
}

/// A mistake in an ignore file is not ours to report; a folder that cannot be read is.
fn trouble(error: &ignore::Error) -> Option<Trouble> {
    match error {
        ignore::Error::WithPath { path, err } => {
            Some(Trouble::new(shown(path), err.io_error().map_or_else(|| err.to_string(), reason)))
        }
        ignore::Error::WithDepth { err, .. } => trouble(err),
        error => error.io_error().map(|error| Trouble::new("folder", reason(error))),
    }
}

/// The same for two spellings of one path, without asking the disk.
fn key(input: &Input) -> PathBuf {
    match &input.place {
        Place::Disk(path) => path.components().filter(|part| *part != Component::CurDir).collect(),
        Place::Stdin(_) => PathBuf::from("-"),
    }
}
