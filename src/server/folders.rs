//! The folders that the client works in, each with settings of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::lsp_types::Url;

use super::wishes::Wishes;
use super::worker::path_of;
use crate::config::read::{Look, Overrides, Resolver};
use crate::files::{IsOpen, Modules, left_out};

/// One of them, or everything that lies in none.
pub struct Folder {
    /// As the client calls it; None for what lies in no folder.
    pub uri: Option<Url>,
    pub path: PathBuf,
    pub wishes: Wishes,
    pub resolver: Arc<Resolver>,
    pub modules: Modules,
}

impl Folder {
    /// A folder of which nothing has been read yet.
    pub fn new(uri: Option<Url>, wishes: Wishes, is_open: IsOpen) -> Folder {
        let path = uri.as_ref().and_then(path_of).unwrap_or_default();
        let look = named(&path, &wishes.config).map_or(Look::Above, Look::In);
        let overrides = Overrides {
            select: wishes.select.clone(),
            extend_select: wishes.extend_select.clone(),
            ignore: wishes.ignore.clone(),
            ..Overrides::default()
        };
        let resolver = Arc::new(Resolver::new(look, &overrides));
        let modules = Modules::from_root(named(&path, &wishes.python), is_open).described(resolver.describe());
        Folder { uri, path, wishes, resolver, modules }
    }

    /// Where the user says that installed packages are, if nothing is there.
    pub fn missing_python(&self) -> Option<PathBuf> {
        named(&self.path, &self.wishes.python).filter(|python| !python.exists())
    }

    /// Whether findings in a file are to be told. What is installed or built is not the user's to change, and what the
    /// settings leave out is not checked by the program either.
    pub fn wants(&self, file: &Path) -> bool {
        let below = file.strip_prefix(&self.path).unwrap_or(file);
        // Of a file alone it is not known where the project begins: a folder far above it may have any name.
        let below = if self.uri.is_some() { below } else { Path::new("") };
        let is_installed = file.iter().any(|part| part == "site-packages" || part == "dist-packages");
        self.wishes.enable && !is_installed && left_out(file, false, below, &*self.resolver).is_none()
    }
}

/// The file that a setting names.
fn named(folder: &Path, name: &Option<String>) -> Option<PathBuf> {
    name.as_ref().filter(|name| !name.is_empty()).map(|name| folder.join(name))
}

/// All of them; never empty.
pub struct Folders {
    /// What lies in none comes last.
    all: Vec<Folder>,
}

impl Default for Folders {
    fn default() -> Folders {
        Folders::new(Vec::new(), Folder::new(None, Wishes::default(), Box::new(|_| false)))
    }
}

impl Folders {
    pub fn new(mut all: Vec<Folder>, rest: Folder) -> Folders {
        // A folder inside another one has settings of its own.
        all.sort_by_key(|folder| std::cmp::Reverse(folder.path.components().count()));
        all.push(rest);
        Folders { all }
    }

    pub fn of(&self, file: &Path) -> &Folder {
        let above = self.all.iter().find(|folder| folder.uri.is_none() || file.starts_with(&folder.path));
        above.unwrap_or(&self.all[0])
    }

    /// Where something without a place is most likely to be.
    pub fn first(&self) -> &Path {
        &self.all[0].path
    }

    pub fn iter(&self) -> impl Iterator<Item = &Folder> {
        self.all.iter()
    }
}
