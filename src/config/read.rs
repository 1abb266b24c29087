//! Finds the settings that hold for a file.
//!
//! The nearest folder above the file that has `aiterlint.toml`, or a `pyproject.toml` with `[tool.aiterlint]`, decides;
//! settings of two folders are never mixed. Only the lowest Python may come from elsewhere: when the settings do not
//! name it, the nearest `pyproject.toml` with `requires-python` does. What the command line says goes on top.
//!
//! A folder whose settings hold a mistake has none: its files are not checked, everybody else's are.
//!
//! What one place says is a `Settings` like the whole, and `lay` puts one on top of another: a file on the one that it
//! extends, `--config KEY=VALUE` on the file, flags on that, and what holds for some files on everything.

mod by_hand;
mod file;
mod keys;
mod names;
mod parse;
mod schema;
mod settings;

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::files::{Choice, Describe, Patterns, shown};

pub use by_hand::Overrides;
pub use names::{check_rule_name, check_version, no_such_rule};
pub use parse::Mistake;
pub use schema::schema;
pub use settings::{PerFile, Settings};

use by_hand::{HAND, by_hand};
use file::{Requires, Table, read_file};
/// Where to look for settings.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Look {
    /// In the folders above each file.
    #[default]
    Above,
    /// In this file, whatever is checked.
    In(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// Answers which settings hold where, and remembers each folder it has looked at.
#[derive(Debug)]
pub struct Resolver {
    look: Look,
    /// What goes on top of every file; None when there is a mistake in it.
    top: Option<Settings>,
    /// Patterns of the command line, which add to `exclude`.
    exclude: (Vec<String>, Option<Patterns>),
    folders: RwLock<FxHashMap<PathBuf, Folder>>,
    mistakes: RwLock<Vec<Mistake>>,
}

/// What is known about a folder.
#[derive(Clone, Default, Debug)]
struct Folder {
    /// None when they hold a mistake.
    settings: Option<Arc<Settings>>,
    requires: Option<Arc<Requires>>,
}
impl Resolver {
    pub fn new(look: Look, overrides: &Overrides) -> Resolver {
        let (top, mistakes) = by_hand(overrides);
        // The flag's own parser has looked at them.
        let patterns = Patterns::new(&absolute(Path::new(".")), &overrides.exclude).ok();
        let exclude = (overrides.exclude.clone(), patterns.filter(|_| !overrides.exclude.is_empty()));
        Resolver { look, top, exclude, folders: RwLock::default(), mistakes: RwLock::new(mistakes) }
    }

    /// The settings for a file, or for text that has no file.
    pub fn for_file(&self, path: Option<&Path>) -> Option<Arc<Settings>> {
        let settings = self.beside(path)?;
        let Some(path) = path.filter(|_| !settings.per_file.is_empty()) else { return Some(settings) };
        let path = absolute(path);
        let mut own = Settings::clone(&settings);
        for some in settings.per_file.iter().filter(|some| some.patterns.holds(&path)) {
            own.lay(&some.settings);
        }
        Some(Arc::new(own))
    }

    /// The settings of the folder that a file is in.
    fn beside(&self, path: Option<&Path>) -> Option<Arc<Settings>> {
        let folder = path.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        self.for_folder(folder.unwrap_or(Path::new(".")))
    }

    /// The settings for the files in a folder; None when they hold a mistake, which `mistakes` then tells.
    pub fn for_folder(&self, folder: &Path) -> Option<Arc<Settings>> {
        // One file for everything is read once, under a name that no folder has.
        let key = if self.look == Look::Above { folder } else { Path::new("") };
        if let Some(known) = self.known(key) {
            return known.settings;
        }
        let found = match &self.look {
            Look::Above => {
                let found = self.climb(&absolute(folder));
                self.remember(key, found)
            }
            Look::In(file) => {
                let found = self.read_only(file);
                self.remember(key, found)
            }
            Look::Nowhere => self.remember(key, self.settled(None, None)),
        };
        found.settings
    }

    /// For `Modules`: what the settings of a file say about other people's code.
    pub fn describe(self: &Arc<Resolver>) -> Describe {
        let resolver = Arc::clone(self);
        Box::new(move |file| {
            resolver.for_file(Some(file)).map(|settings| settings.described.clone()).unwrap_or_default()
        })
    }

    /// Everything wrong with the settings that were asked for, sorted by place.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.read().unwrap_or_else(PoisonError::into_inner).clone();
        mistakes.sort();
        mistakes.dedup();
        mistakes
    }

    fn known(&self, folder: &Path) -> Option<Folder> {
        self.folders.read().unwrap_or_else(PoisonError::into_inner).get(folder).cloned()
    }

    /// The first answer stays, so that two threads that ask at once get the same one.
    fn remember(&self, folder: &Path, found: Folder) -> Folder {
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        folders.entry(folder.to_path_buf()).or_insert(found).clone()
    }

    fn report(&self, mistakes: Vec<Mistake>) {
        self.mistakes.write().unwrap_or_else(PoisonError::into_inner).extend(mistakes);
    }

    /// The folder's own settings, or else those of the folder above.
    fn climb(&self, folder: &Path) -> Folder {
        if let Some(known) = self.known(folder) {
            return known;
        }
        let above = match folder.parent() {
            Some(parent) => self.climb(parent),
            None => self.settled(None, None),
        };
        let own = self.read_folder(folder, above);
        self.remember(folder, own)
    }

    fn read_folder(&self, folder: &Path, above: Folder) -> Folder {
        let own = read_file(&folder.join("aiterlint.toml"));
        let pyproject = read_file(&folder.join("pyproject.toml"));
        let requires = pyproject.as_ref().and_then(|file| file.requires.clone());
        let is_new = requires.is_some();
        let requires = requires.or(above.requires);
        let Some(file) = own.or(pyproject) else { return Folder { settings: above.settings, requires } };
        self.report(file.mistakes);
        match file.table {
            Table::Absent if !is_new => Folder { settings: above.settings, requires },
            // The settings come from above, but this folder knows its Python better.
            Table::Absent => {
                let settings = above.settings.map(|above| {
                    let mut settings = Settings::clone(&above);
                    settings.default_version(&requires);
                    Arc::new(settings)
                });
                Folder { settings, requires }
            }
            Table::Wrong => Folder { settings: None, requires },
            Table::Read(settings) => self.settled(Some(*settings), requires),
        }
    }

    /// The one file of `--config`.
    fn read_only(&self, path: &Path) -> Folder {
        let wrong = |message| self.report(vec![Mistake::at_file(&near(path), message)]);
        let Some(file) = read_file(path) else {
            wrong("there is no such file");
            return Folder::default();
        };
        self.report(file.mistakes);
        match file.table {
            Table::Read(settings) => self.settled(Some(*settings), file.requires),
            Table::Wrong => Folder::default(),
            Table::Absent => {
                wrong("this file has no `[tool.aiterlint]` table");
                Folder::default()
            }
        }
    }

    /// The settings of a file with everything from elsewhere that goes on top or fills a gap.
    fn settled(&self, settings: Option<Settings>, requires: Option<Arc<Requires>>) -> Folder {
        let mut settings = settings.unwrap_or_default();
        settings.default_version(&requires);
        let settings = self.top.as_ref().map(|top| {
            settings.lay(top);
            let (texts, patterns) = &self.exclude;
            if let Some(patterns) = patterns {
                settings.exclude.extend(texts.iter().cloned());
                settings.excluded.push(patterns.clone());
                settings.origins.insert("exclude".to_string(), HAND.to_string());
            }
            Arc::new(settings)
        });
        Folder { settings, requires }
    }
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver::new(Look::default(), &Overrides::default())
    }
}

impl Choice for Resolver {
    fn leave_out(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let settings = self.beside(Some(path))?;
        // Nearly nobody excludes anything, and an absolute path costs a look at the disk.
        let patterns = Some(&settings.excluded).filter(|patterns| !patterns.is_empty())?;
        let path = absolute(path);
        patterns.iter().rev().find_map(|patterns| patterns.leave_out(&path, is_folder))
    }

    fn includes(&self, path: &Path) -> Option<bool> {
        let settings = self.beside(Some(path))?;
        Some(settings.included.as_ref()?.holds(&absolute(path)))
    }

    fn is_forced(&self, path: &Path) -> bool {
        self.beside(Some(path)).is_some_and(|settings| settings.force_exclude)
    }
}

/// The path from the root, so that folders above it can be asked.
fn absolute(path: &Path) -> PathBuf {
    // Only the disk knows what `..` means behind a symbolic link.
    let climbs = path.components().any(|part| part == Component::ParentDir);
    let resolved = if climbs { std::fs::canonicalize(path) } else { std::path::absolute(path) };
    resolved.unwrap_or_else(|_| path.to_path_buf())
}

/// The path as somebody in the current folder would write it.
fn near(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    shown(here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path))
}
