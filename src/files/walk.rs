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
    /// What was passed over, and why. What ignore files name is not among it: nobody looks there.
    pub left_out: Vec<Trouble>,
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

/// What the settings say about paths.
pub trait Choice: Send + Sync {
    /// Some(true) leaves an entry of a folder out, Some(false) takes it in whatever it is called.
    fn leave_out(&self, path: &Path, is_folder: bool) -> Option<bool>;
    /// Whether a file that is found in a folder is to be checked; None when nobody says.
    fn includes(&self, path: &Path) -> Option<bool>;
    /// Whether what is left out stays out although somebody names it.
    fn is_forced(&self, path: &Path) -> bool;
}

const BY_SETTINGS: &str = "excluded by the settings";
const BY_NAME: &str = "never holds code of the project itself";

/// Finds what to check. `-` is standard input, called `stdin_name` if there is one.
pub fn find(paths: &[PathBuf], stdin_name: Option<&Path>, choice: &Arc<dyn Choice>, threads: usize) -> Found {
    let mut found = Found::default();
    let mut folders = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let shown = stdin_name.map_or_else(|| "-".to_string(), shown);
            found.inputs.push(Input { shown, place: Place::Stdin(stdin_name.map(Path::to_path_buf)) });
            continue;
        }
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => {
                found.troubles.push(Trouble::new(shown(path), reason(&error)));
                continue;
            }
        };
        if let Some(why) = forced_out(path, metadata.is_dir(), &**choice) {
            found.left_out.push(Trouble::new(shown(path), why));
        } else if metadata.is_dir() {
            folders.push(path);
        } else {
            found.inputs.push(Input { shown: shown(path), place: Place::Disk(path.clone()) });
        }
    }
    if !folders.is_empty() {
        walk(&folders, choice, threads, &mut found);
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        found.inputs.retain(|input| seen.insert(key(input)));
    }
    found.inputs.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.troubles.sort();
    found.left_out.sort();
    found
}

/// Why a path is not to be checked although somebody names it: the settings say so, of it or of a folder above it.
pub fn forced_out(path: &Path, is_folder: bool, choice: &dyn Choice) -> Option<&'static str> {
    if !choice.is_forced(path) {
        return None;
    }
    left_out(path, is_folder, path, choice)
}

/// Why a path would not be found from a folder far above it: the settings leave it out, or one of the names in `below`,
/// which is the end of the path that counts.
pub fn left_out(path: &Path, is_folder: bool, below: &Path, choice: &dyn Choice) -> Option<&'static str> {
    let Ok(whole) = std::path::absolute(path) else { return None };
    let said: Vec<bool> =
        whole.ancestors().filter_map(|part| choice.leave_out(part, is_folder || part != whole)).collect();
    // What is below a folder that is left out is left out with it.
    if said.contains(&true) {
        return Some(BY_SETTINGS);
    }
    let is_skipped = below.iter().any(|name| SKIPPED.iter().any(|skipped| name == *skipped));
    (said.is_empty() && is_skipped).then_some(BY_NAME)
}

fn walk(folders: &[&PathBuf], choice: &Arc<dyn Choice>, threads: usize, found: &mut Found) {
    let mut builder = WalkBuilder::empty();
    for folder in folders {
        builder.add(folder);
    }
    // Hidden files are code like any other, and an ignore file counts without git as well.
    builder.hidden(false).require_git(false).threads(threads);
    let choice = Arc::clone(choice);
    let left_out = Arc::new(Mutex::new(Vec::new()));
    let passed_over = Arc::clone(&left_out);
    builder.filter_entry(move |entry| match verdict(entry, &*choice) {
        Verdict::Wanted => true,
        Verdict::Unasked => false,
        Verdict::LeftOut(why) => {
            let entry = Trouble::new(shown(entry.path()), why);
            passed_over.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
            false
        }
    });

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
    found.left_out.append(&mut left_out.lock().unwrap_or_else(PoisonError::into_inner));
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

enum Verdict {
    Wanted,
    LeftOut(&'static str),
    /// A file that is none of ours.
    Unasked,
}

/// Whether an entry of a folder is worth a look. What the user named itself (depth 0) always is.
fn verdict(entry: &DirEntry, choice: &dyn Choice) -> Verdict {
    if entry.depth() == 0 {
        return Verdict::Wanted;
    }
    let path = entry.path();
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if !is_folder && !choice.includes(path).unwrap_or_else(|| is_python(path)) {
        return Verdict::Unasked;
    }
    match choice.leave_out(path, is_folder) {
        Some(true) => Verdict::LeftOut(BY_SETTINGS),
        None if is_folder && SKIPPED.iter().any(|name| entry.file_name() == *name) => Verdict::LeftOut(BY_NAME),
        None if is_folder && path.join(ENVIRONMENT_MARK).exists() => Verdict::LeftOut("a virtual environment"),
        Some(false) | None => Verdict::Wanted,
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "py" || ending == "pyi" || ending == "ipynb")
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
