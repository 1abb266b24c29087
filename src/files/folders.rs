//! What is in a folder, looked at once.
//!
//! To find the modules of a project takes a hundred questions of the kind "is this a file?" for each file that is
//! checked, most of them about the same few folders. The system lists a folder as fast as it answers one of them.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

#[derive(Default)]
pub struct Folders {
    /// By the folder as it is written: a path takes long to compare.
    known: RwLock<FxHashMap<OsString, Arc<Listing>>>,
}

/// The names in one folder; of one that is not there or cannot be read, none.
type Listing = FxHashMap<OsString, Entry>;

#[derive(Clone, Copy, PartialEq, Eq)]
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

    fn entry(&self, path: &Path) -> Option<Entry> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        if let Some(listing) = self.known.read().ok()?.get(folder.as_os_str()) {
            return listing.get(name).copied();
        }
        let listing = Arc::new(listing(folder));
        let entry = listing.get(name).copied();
        self.known.write().ok()?.insert(folder.into(), listing);
        entry
    }
}

fn listing(folder: &Path) -> Listing {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name(), kind(&entry))).collect()
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
