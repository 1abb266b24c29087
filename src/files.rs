//! Which files to read, and how they are read and written.
//!
//! What a user names is always checked: a file whatever its ending, a folder whatever its name; unless the settings
//! force what they exclude. What is found inside a folder is checked when it is Python (`.py`, `.pyi`, `.ipynb`, or what
//! `include` says) and nobody says otherwise: not an ignore file, not the settings' `exclude`, not the list of folders
//! that never hold code of the project itself.

mod changes;
mod described;
mod folders;
mod modules;
mod patterns;
mod read;
mod sites;
mod stamp;
mod traced;
mod walk;
mod write;

pub use changes::{Change, Changes};
pub use described::{Described, Gives};
pub use modules::{Describe, IsOpen, Modules};
pub use patterns::Patterns;
pub use read::{Encoding, Text, Unread, check_size, read};
pub use stamp::{Stamp, is_older, stamp_of};
pub use traced::{Seen, Trace, Traced};
pub use walk::{Choice, Found, find, forced_out, left_out};
pub use write::{is_unplaced, sweep_beside, write, write_whole};

use std::path::{Path, PathBuf};

/// One file to check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// How messages call it: as the user wrote it, with `/`.
    pub shown: String,
    pub place: Place,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    Disk(PathBuf),
    /// Standard input; the path is only a name, for settings and messages.
    Stdin(Option<PathBuf>),
}

impl Input {
    /// The path that decides which settings hold.
    pub fn path(&self) -> Option<&Path> {
        self.place.path()
    }
}

impl Input {
    pub fn is_notebook(&self) -> bool {
        self.path().is_some_and(|path| path.extension().is_some_and(|ending| ending == "ipynb"))
    }
}

impl Place {
    pub fn path(&self) -> Option<&Path> {
        match self {
            Place::Disk(path) => Some(path),
            Place::Stdin(path) => path.as_deref(),
        }
    }
}

/// A place and what is wrong with it, as one sentence for a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Trouble {
    pub shown: String,
    pub sentence: String,
}

impl Trouble {
    pub fn new(shown: impl Into<String>, sentence: impl Into<String>) -> Trouble {
        Trouble { shown: shown.into(), sentence: sentence.into() }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.shown, self.sentence)
    }
}

/// A path as messages show it: with `/` on every system.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// Why the system refused, without its numbers.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind::*;
    match error.kind() {
        NotFound => "there is no such file or folder".to_string(),
        PermissionDenied => "permission denied".to_string(),
        IsADirectory => "this is a folder, not a file".to_string(),
        _ => {
            let text = error.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            let mut letters = text[..end].chars();
            letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
        }
    }
}
