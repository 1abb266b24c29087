//! The modules of a project, as those that import them see them.
//!
//! A check starts from one file and may lead into others: what does the name mean that this file imports? `Project`
//! answers with a `Module`, the facts of another file, made when somebody first asks and shared by all checks. Nothing
//! of it is worked out ahead: a module that is only imported is outlined, and of its statements only those are parsed
//! that a question leads to.
//!
//! Where text comes from is the caller's business (`Texts`): the disk for the program, open documents first for the
//! server, a map for a test. A module that cannot be found or read is simply not there.

use std::sync::{Arc, Mutex};

use crate::facts::Facts;
use crate::syntax::Trees;
use crate::text::Source;

pub mod imports;
mod kept;
mod leads;
pub mod library;
pub mod makers;
pub mod written;

use kept::Kept;
pub use makers::Lead;

/// The name that no module has: behind dots it stands for every module of that folder, and of the folders below it.
pub const ALL: &str = "*";

/// Where the text of other modules comes from.
pub trait Texts: Send + Sync {
    /// What an import in the file `from` may mean: `level` dots and a dotted name, which is empty in
    /// `from . import x`. What runs stands before what only describes it, the project's own before all others.
    /// `ALL` as the name may lead to fewer modules than there are.
    fn find(&self, from: &str, level: u32, module: &str) -> Vec<Found>;

    /// The text of a file that was found.
    fn read(&self, path: &str) -> Option<Arc<Source>>;

    /// For a text that is edited, the trees of what it was before.
    fn trees(&self, _path: &str) -> Option<Arc<Trees>> {
        None
    }
}

/// Where an import leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub path: Arc<str>,
    pub owner: Owner,
    /// A package without a file of its own: it is there, and holds nothing but other modules.
    pub is_folder: bool,
}

impl Found {
    pub fn file(path: impl Into<Arc<str>>, owner: Owner) -> Found {
        Found { path: path.into(), owner, is_folder: false }
    }

    pub fn folder(path: impl Into<Arc<str>>, owner: Owner) -> Found {
        Found { path: path.into(), owner, is_folder: true }
    }
}

/// Whose code a module is: what is known about a library may be said by a stub of ours instead of its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Project,
    ThirdParty,
    Library,
}

/// One file as its importers see it.
#[derive(Debug)]
pub struct Module {
    /// The dotted name of a library module that a stub of ours describes; empty for files found by path.
    pub library: &'static str,
    pub owner: Owner,
    pub facts: Facts,
}

impl Module {
    pub fn new(source: Arc<Source>, owner: Owner) -> Module {
        Module::of(Facts::new(source), owner)
    }

    pub fn of(facts: Facts, owner: Owner) -> Module {
        Module { library: "", owner, facts }
    }

    pub fn path(&self) -> &Arc<str> {
        &self.facts.source.path
    }

    /// A stub says what exists, not how it works: `.pyi`.
    pub fn is_stub(&self) -> bool {
        self.path().ends_with(".pyi")
    }
}

/// What one check may know of other files.
pub struct Project {
    texts: Box<dyn Texts>,
    kept: Kept,
    graph: Mutex<leads::Graph>,
    /// How many of them may work at what concerns many files at once.
    threads: usize,
}

struct NoTexts;

impl Texts for NoTexts {
    fn find(&self, _: &str, _: u32, _: &str) -> Vec<Found> {
        Vec::new()
    }

    fn read(&self, _: &str) -> Option<Arc<Source>> {
        None
    }
}

impl Default for Project {
    fn default() -> Project {
        Project::alone()
    }
}

impl Project {
    pub fn new(texts: impl Texts + 'static) -> Project {
        Project { texts: Box::new(texts), kept: Kept::default(), graph: Mutex::default(), threads: 1 }
    }

    pub fn with_threads(self, threads: usize) -> Project {
        Project { threads, ..self }
    }

    /// A project in which every file stands alone.
    pub fn alone() -> Project {
        Project::new(NoTexts)
    }

    /// The modules that an import in the file `from` may mean, the one to be asked first in front: the project's own
    /// before any library, our stub of a library before its source, source before other stubs.
    pub fn modules(&self, from: &Module, level: u32, name: &str) -> Vec<Arc<Module>> {
        if from.owner == Owner::Library {
            // Our stubs know only each other.
            let name = imports::absolute(from.library, level, name);
            return name.and_then(|name| library::module(&name)).into_iter().collect();
        }
        let found = self.texts.find(from.path(), level, name);
        let known = if level == 0 { library::module(name) } else { None };
        if found.is_empty() {
            return known.into_iter().collect();
        }
        let (own, others): (Vec<Found>, Vec<Found>) =
            found.into_iter().filter(|found| !found.is_folder).partition(|found| found.owner == Owner::Project);
        let own = own.iter().filter_map(|found| self.read(found));
        let others = others.iter().filter_map(|found| self.read(found));
        own.chain(known).chain(others).collect()
    }

    /// The project's own modules in the folder that so many dots lead to, and below it; of many of them the first.
    pub fn neighbours(&self, from: &Module, level: u32) -> Vec<Arc<Module>> {
        if from.owner != Owner::Project {
            return Vec::new();
        }
        let found = self.texts.find(from.path(), level, ALL);
        found.iter().filter(|found| found.owner == Owner::Project).filter_map(|found| self.read(found)).collect()
    }

    /// The import leads somewhere, if only to a package that holds nothing but other modules.
    pub fn is_there(&self, from: &Module, level: u32, name: &str) -> bool {
        let is_known = |name: &str| library::module(name).is_some() || library::is_package(name);
        if from.owner == Owner::Library {
            return imports::absolute(from.library, level, name).is_some_and(|name| is_known(&name));
        }
        (level == 0 && is_known(name)) || !self.texts.find(from.path(), level, name).is_empty()
    }

    /// Forgets a file whose text has changed.
    pub fn forget(&self, path: &str) {
        self.kept.forget(path);
        self.forget_leads(path);
    }

    /// The facts of a text, with the help of what it was before.
    pub fn facts(&self, source: Arc<Source>) -> Facts {
        let trees = self.texts.trees(&source.path);
        Facts::with_trees(source, trees)
    }

    fn read(&self, found: &Found) -> Option<Arc<Module>> {
        self.kept
            .get(&found.path, || Some(Arc::new(Module::of(self.facts(self.texts.read(&found.path)?), found.owner))))
    }
}

impl std::fmt::Debug for Project {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Project")
    }
}
