//! The modules of a project, as those that import them see them.
//!
//! A check starts from one file and may lead into others: what does the name mean that this file imports? `Project`
//! answers with a `Module`, the facts of another file, made when somebody first asks and shared by all checks. Nothing
//! of it is worked out ahead: a module that is only imported is outlined, and of its statements only those are parsed
//! that a question leads to.
//!
//! Where text comes from is the caller's business (`Texts`): the disk for the program, open documents first for the
//! server, a map for a test. A module that cannot be found or read is simply not there.

use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::text::Source;

pub mod imports;
pub mod library;

/// Where the text of other modules comes from.
pub trait Texts: Send + Sync {
    /// The file that an import in `from` means: `level` dots and a dotted name, which is empty in `from . import x`.
    fn find(&self, from: &str, level: u32, module: &str) -> Option<Found>;
}

/// A file that an import leads to.
pub struct Found {
    pub source: Arc<Source>,
    pub owner: Owner,
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
        Module { library: "", owner, facts: Facts::new(source) }
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
    modules: RwLock<FxHashMap<Arc<str>, Arc<Module>>>,
}

struct NoTexts;

impl Texts for NoTexts {
    fn find(&self, _: &str, _: u32, _: &str) -> Option<Found> {
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
        Project { texts: Box::new(texts), modules: RwLock::default() }
    }

    /// A project in which every file stands alone.
    pub fn alone() -> Project {
        Project::new(NoTexts)
    }

    /// The module that an import in the file `from` means.
    pub fn module(&self, from: &Module, level: u32, name: &str) -> Option<Arc<Module>> {
        if from.owner == Owner::Library {
            // Our stubs know only each other.
            return library::module(&imports::absolute(from.library, level, name)?);
        }
        let found = self.texts.find(from.path(), level, name);
        // What a library returns is said best by its stub; the project's own modules come before any library.
        let is_own = found.as_ref().is_some_and(|found| found.owner == Owner::Project);
        if level == 0
            && !is_own
            && let Some(module) = library::module(name)
        {
            return Some(module);
        }
        found.map(|found| self.keep(found))
    }

    fn keep(&self, found: Found) -> Arc<Module> {
        let path = found.source.path.clone();
        if let Ok(modules) = self.modules.read()
            && let Some(module) = modules.get(&path)
            && Arc::ptr_eq(&module.facts.source.text, &found.source.text)
        {
            return module.clone();
        }
        let module = Arc::new(Module::new(found.source, found.owner));
        if let Ok(mut modules) = self.modules.write() {
            modules.insert(path, module.clone());
        }
        module
    }
}

impl std::fmt::Debug for Project {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Project")
    }
}
