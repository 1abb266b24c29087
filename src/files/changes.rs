//! Which lines differ from a revision, as git knows it.
//!
//! Git is asked once for the files that differ; the lines are compared here with the text that the revision has. So the
//! answer holds for any state of a file: as it is on disk, in the middle of being fixed, or sent by an editor.
//!
//! A branch is compared with where the current one has left it, so that what others did there meanwhile is no difference.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use similar::{Algorithm, DiffTag, TextDiff};

use super::{Place, Text, read, shown};
use crate::text::Source;

/// What differs from a revision.
#[derive(Debug)]
pub struct Changes {
    /// The top of the working tree.
    root: PathBuf,
    /// Files that differ, from the top, each with the path that the revision has for it; None when it has none.
    files: HashMap<PathBuf, Option<String>>,
    commit: String,
}

/// How the lines of one file differ.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all.
    None,
    /// The file is new.
    New,
    /// The revision has this text for it.
    From(String),
}

impl Changes {
    /// What differs from a revision in the repository of the current folder. The error is a sentence.
    pub fn since(revision: &str) -> Result<Changes, String> {
        let top = git(&["rev-parse", "--show-toplevel"]).map_err(|error| match error {
            Failure::NoGit(why) => format!("git cannot be started: {why}; without it nobody knows what has changed"),
            Failure::Said(_) => "this folder is in no git repository, so nobody knows what has changed".to_string(),
        })?;
        let root = PathBuf::from(text(top).trim_end_matches(['\n', '\r']));
        let root = std::fs::canonicalize(&root).unwrap_or(root);
        let named = format!("{revision}^{{commit}}");
        let commit = match git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named]) {
            Ok(commit) => text(commit).trim().to_string(),
            // Before the first commit everything is new.
            Err(_) if revision == "HEAD" => String::new(),
            Err(_) => return Err(format!("git knows no revision `{revision}`; a shallow clone may lack it")),
        };
        let mut changes = Changes { root, files: HashMap::new(), commit };
        if !changes.commit.is_empty() {
            if let Ok(left) = git(&["merge-base", &changes.commit, "HEAD"]) {
                changes.commit = text(left).trim().to_string();
            }
            changes.add_known()?;
        }
        changes.add_unknown()?;
        Ok(changes)
    }

    /// Files that git knows and that differ.
    fn add_known(&mut self) -> Result<(), String> {
        let differ = ["diff", "--name-status", "--find-renames", "--no-ext-diff", "--no-relative", "-z", &self.commit];
        let listed = text(git(&differ).map_err(Failure::sentence)?);
        let mut words = listed.split('\0');
        // `M`, path; or `R097`, old path, new path.
        while let (Some(status), Some(path)) = (words.next().filter(|word| !word.is_empty()), words.next()) {
            let (old, new) = match status.as_bytes()[0] {
                b'R' | b'C' => (Some(path), words.next().unwrap_or_default()),
                b'A' => (None, path),
                _ => (Some(path), path),
            };
            self.files.insert(PathBuf::from(new), old.map(str::to_string));
        }
        Ok(())
    }

    /// Files that git does not know yet, or, before the first commit, all of them.
    fn add_unknown(&mut self) -> Result<(), String> {
        let root = self.root.clone();
        let mut list = vec!["ls-files", "--others", "--exclude-standard", "--full-name", "-z"];
        if self.commit.is_empty() {
            list.push("--cached");
        }
        let listed = text(git_in(&root, &list).map_err(Failure::sentence)?);
        self.files.extend(listed.split('\0').filter(|path| !path.is_empty()).map(|path| (PathBuf::from(path), None)));
        Ok(())
    }

    /// Whether there may be lines that differ.
    pub fn has(&self, place: &Place) -> bool {
        match place {
            // What the repository does not hold cannot have been there before.
            Place::Disk(path) => self.inside(path).is_none_or(|path| self.files.contains_key(&path)),
            Place::Stdin(_) => true,
        }
    }

    /// How a file differs; what stands on disk in its place says nothing about text that comes from elsewhere.
    pub fn of(&self, place: &Place) -> Change {
        let Some(path) = place.path().and_then(|path| self.inside(path)) else { return Change::New };
        let old = match (self.files.get(&path), place) {
            (Some(None), _) => return Change::New,
            (Some(Some(old)), _) => old.clone(),
            (None, Place::Disk(_)) => return Change::None,
            (None, Place::Stdin(_)) => shown(&path),
        };
        let blob = git_in(&self.root, &["cat-file", "blob", &format!("{}:{old}", self.commit)]);
        // What nobody can read has no lines to compare.
        match blob.ok().and_then(|output| read(output.stdout).ok()) {
            Some(Text { text, .. }) => Change::From(text),
            None => Change::New,
        }
    }

    /// The path from the top of the repository.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        // The folder may be reached by a link; the file itself may be one, and then git knows the link.
        let whole = std::path::absolute(path).ok()?;
        let folder = std::fs::canonicalize(whole.parent()?).ok()?;
        Some(folder.join(whole.file_name()?).strip_prefix(&self.root).ok()?.to_path_buf())
    }
}

impl Change {
    /// Which lines of this text differ, from 1: a range after the other.
    pub fn lines(&self, text: &str) -> Vec<(u32, u32)> {
        let old = match self {
            Change::None => return Vec::new(),
            Change::New => return vec![(1, u32::MAX)],
            Change::From(old) => old,
        };
        // Without their ends: git may give them others than the disk.
        let (old, new) = (Source::new("", old.as_str()), Source::new("", text));
        let (old, new) = (lines(&old), lines(&new));
        let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old, &new);
        let new = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal).map(|op| op.new_range());
        new.filter(|lines| !lines.is_empty()).map(|lines| (lines.start as u32 + 1, lines.end as u32)).collect()
    }
}

fn lines(source: &Source) -> Vec<&str> {
    (1..=source.lines().count()).map(|line| source.line(line)).collect()
}

enum Failure {
    NoGit(String),
    Said(String),
}

impl Failure {
    fn sentence(self) -> String {
        match self {
            Failure::NoGit(why) => format!("git cannot be started: {why}"),
            Failure::Said(said) => format!("git refuses: {said}"),
        }
    }
}

fn git(arguments: &[&str]) -> Result<Output, Failure> {
    git_in(Path::new("."), arguments)
}

fn git_in(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    let mut command = Command::new(OsStr::new("git"));
    // What git would write in passing is nobody's wish here.
    command.arg("--no-optional-locks").args(arguments).current_dir(folder);
    let output = command.output().map_err(|error| Failure::NoGit(super::reason(&error)))?;
    match output.status.success() {
        true => Ok(output),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
            Err(Failure::Said(line.to_string()))
        }
    }
}

fn text(output: Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_those_of_the_new_text() {
        let old = "a\nb\nc\nd\n";
        let check = |new: &str, expected: &[(u32, u32)]| {
            assert_eq!(Change::From(old.to_string()).lines(new), expected, "{new:?}");
        };
        check(old, &[]);
        check("a\r\nb\r\nc\r\nd\r\n", &[]);
        check("a\nx\nc\nd\ne\nf\n", &[(2, 2), (5, 6)]);
        // What is gone is on no line.
        check("a\nd\n", &[]);
        assert_eq!(Change::None.lines("a\n"), []);
        assert_eq!(Change::New.lines("a\n"), [(1, u32::MAX)]);
    }
}
