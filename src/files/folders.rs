//! What is in a folder, looked at once.
//!
//! To find the modules of a project takes a hundred questions of the kind "is this a file?" for each file that is
//! checked, most of them about the same few folders. The system lists a folder as fast as it answers one of them.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use crate::fingerprint;

#[derive(Default)]
pub struct Folders {
    /// By the folder as it is written: a path takes long to compare.
    known: RwLock<FxHashMap<OsString, Arc<Listing>>>,
}

/// The names in one folder.
#[derive(Default)]
struct Listing {
    entries: FxHashMap<OsString, Entry>,
    /// False when there is no such folder, or it cannot be read.
    is_read: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Entry {
    File,
    Folder,
    /// A pipe, or a link that leads nowhere.
    Other,
}

impl Folders {
    pub fn is_file(&self, path: &Path) -> bool {
        self.entry(path) == Some(Entry::File)
    }

    pub fn is_folder(&self, path: &Path) -> bool {
        // The root of the file system has no name.
        path.file_name().map_or_else(|| path.is_dir(), |_| self.entry(path) == Some(Entry::Folder))
    }

    pub fn is_there(&self, path: &Path) -> bool {
        self.entry(path).is_some()
    }

    /// A module of this name may be in the folder, or below it.
    pub fn may_have(&self, folder: &Path, module: &str) -> bool {
        let Some(listing) = self.listing(folder) else { return true };
        let has = |name: &str| listing.entries.contains_key(OsStr::new(name));
        has(module) || has(&format!("{module}.py")) || has(&format!("{module}.pyi"))
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: &Path) -> Vec<String> {
        let listing = self.listing(folder).unwrap_or_default();
        let mut names: Vec<String> = listing.entries.keys().map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Every folder that was looked at, and what somebody who looks for modules sees in it. Of a folder that is not
    /// there its place is seen in the one above.
    pub fn seen(&self) -> Vec<(PathBuf, u64)> {
        let known: Vec<(PathBuf, bool)> = match self.known.read() {
            Ok(known) => known.iter().map(|(folder, listing)| (PathBuf::from(folder), listing.is_read)).collect(),
            Err(_) => return Vec::new(),
        };
        let there = known.into_iter().filter_map(|(folder, is_read)| match is_read {
            true => Some(folder),
            false => folder.ancestors().find(|above| above.is_dir()).map(Path::to_path_buf),
        });
        let there: BTreeSet<PathBuf> = there.collect();
        there.into_iter().map(|folder| (folder.clone(), self.print(&folder))).collect()
    }

    /// What somebody who looks for modules sees in a folder, as one number.
    pub fn print(&self, folder: &Path) -> u64 {
        let Some(listing) = self.listing(folder) else { return 0 };
        let mut seen: Vec<(&OsStr, Entry)> =
            listing.entries.iter().map(|(name, entry)| (name.as_os_str(), *entry)).collect();
        seen.retain(|(name, entry)| matters(name, *entry));
        seen.sort_unstable();
        fingerprint::number(format!("{seen:?}").as_bytes())
    }

    fn entry(&self, path: &Path) -> Option<Entry> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        self.listing(folder)?.entries.get(name).copied()
    }

    fn listing(&self, folder: &Path) -> Option<Arc<Listing>> {
        if let Some(listing) = self.known.read().ok()?.get(folder.as_os_str()) {
            return Some(listing.clone());
        }
        let listing = Arc::new(listing(folder));
        self.known.write().ok()?.insert(folder.into(), listing.clone());
        Some(listing)
    }
}

/// Whether anything that is looked for may have this name. Tools that run leave much else.
fn matters(name: &OsStr, entry: Entry) -> bool {
    let name = name.to_string_lossy();
    match entry {
        Entry::Folder => name != "__pycache__",
        _ => [".py", ".pyi", ".pth", ".cfg", ".toml", ".git"].iter().any(|ending| name.ends_with(ending)),
    }
}

fn listing(folder: &Path) -> Listing {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(folder) else { return Listing::default() };
    let entries = entries.flatten().map(|entry| (entry.file_name(), kind(&entry))).collect();
    Listing { entries, is_read: true }
}

/// A link is what it leads to.
fn kind(entry: &std::fs::DirEntry) -> Entry {
    match entry.file_type() {
        Ok(kind) if kind.is_file() => Entry::File,
        Ok(kind) if kind.is_dir() => Entry::Folder,
        _ => match std::fs::metadata(entry.path()) {
            Ok(target) if target.is_file() => Entry::File,
            Ok(target) if target.is_dir() => Entry::Folder,
            _ => Entry::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.py");
        std::fs::write(&file, "").expect("the file is written");
        let folders = Folders::default();
        assert!(folders.is_file(&file) && !folders.is_folder(&file));
        assert!(folders.is_folder(folder.path()) && folders.is_folder(Path::new("/")));
        assert!(!folders.is_there(&folder.path().join("b.py")) && !folders.is_there(&file.join("b.py")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_what_it_leads_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.py"), "").expect("the file is written");
        std::os::unix::fs::symlink(path("a.py"), path("b.py")).expect("a link");
        std::os::unix::fs::symlink(path("nowhere"), path("c.py")).expect("a link");
        let folders = Folders::default();
        assert!(folders.is_file(&path("b.py")));
        assert!(!folders.is_file(&path("c.py")) && folders.is_there(&path("c.py")));
    }
}
