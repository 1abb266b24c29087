//! Patterns that say which paths are not to be searched, in the language of `.gitignore`.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns, and the folder they are relative to.
#[derive(Clone, Debug)]
pub struct Patterns {
    root: PathBuf,
    globs: Gitignore,
}

impl Patterns {
    /// The patterns that stand in this folder, an absolute path. The error has the numbers of those that are none.
    pub fn new(root: &Path, patterns: &[String]) -> Result<Patterns, Vec<usize>> {
        // They are asked about paths as seen from the folder, so the builder need not know it.
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        let mut wrong = Vec::new();
        for (number, pattern) in patterns.iter().enumerate() {
            if builder.add_line(None, pattern).is_err() {
                wrong.push(number);
            }
        }
        match builder.build() {
            Ok(globs) if wrong.is_empty() => Ok(Patterns { root: root.to_path_buf(), globs }),
            // Each is one, and together they are too large.
            Err(_) if wrong.is_empty() => Err((0..patterns.len()).collect()),
            _ => Err(wrong),
        }
    }

    /// What they say of an absolute path: Some(true) when it is left out, Some(false) when a pattern beginning with
    /// `!` takes it in on purpose, None when none of them is about it.
    pub fn leave_out(&self, path: &Path, is_folder: bool) -> Option<bool> {
        match self.globs.matched(path.strip_prefix(&self.root).ok()?, is_folder) {
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
            Match::None => None,
        }
    }

    /// Whether an absolute path matches, itself or through a folder above it.
    pub fn holds(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.root) else { return false };
        self.globs.matched_path_or_any_parents(path, false).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_read_as_in_gitignore() {
        let patterns = ["/data", "*_pb2.py", "!keep_pb2.py", "build/"].map(String::from);
        let patterns = Patterns::new(Path::new("/p"), &patterns).unwrap();
        let says = |path: &str, is_folder| patterns.leave_out(Path::new(path), is_folder);
        assert_eq!(says("/p/data", true), Some(true));
        assert_eq!(says("/p/pkg/data", true), None);
        assert_eq!(says("/p/pkg/a_pb2.py", false), Some(true));
        assert_eq!(says("/p/pkg/keep_pb2.py", false), Some(false));
        assert_eq!((says("/p/pkg/build", true), says("/p/pkg/build", false)), (Some(true), None));
        assert_eq!(says("/elsewhere/a_pb2.py", false), None);
    }

    #[test]
    fn a_folder_holds_what_is_in_it() {
        let patterns = Patterns::new(Path::new("/p"), &["tests/".to_string(), "!tests/real.py".to_string()]).unwrap();
        let holds = |path: &str| patterns.holds(Path::new(path));
        assert!(holds("/p/tests/a.py") && holds("/p/pkg/tests/deep/a.py"));
        assert!(!holds("/p/tests/real.py") && !holds("/p/a.py") && !holds("/q/tests/a.py"));
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        let patterns = ["ok", "a[", "b[z-a]"].map(String::from);
        assert_eq!(Patterns::new(Path::new("/p"), &patterns).unwrap_err(), [1, 2]);
    }
}
