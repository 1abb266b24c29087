//! Finds the settings that hold for a file.
//!
//! The nearest folder above the file that has `aiterlint.toml`, or a `pyproject.toml` with `[tool.aiterlint]`, decides;
//! settings of two folders are never mixed. Only the lowest Python may come from elsewhere: when the settings do not
//! name it, the nearest `pyproject.toml` with `requires-python` does. What the command line says goes on top.
//!
//! A folder whose settings hold a mistake has none: its files are not checked, everybody else's are.

mod names;
mod parse;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::{Config, Level, PythonVersion};
use crate::files::{Patterns, reason, shown};

pub use names::{check_rule_name, check_version, no_such_rule};
pub use parse::Mistake;

/// The settings of one folder, and where they come from.
#[derive(Clone, Default, Debug)]
pub struct Settings {
    pub config: Config,
    /// The patterns of `exclude`, as written.
    pub exclude: Vec<String>,
    /// The same, ready to be asked; None when there are none.
    patterns: Option<Patterns>,
    /// For each key that somebody has set (`rules.NAME` for a level): who, as `file:line` or "the command line".
    pub origins: BTreeMap<String, String>,
    /// The file that decides, if there is one.
    pub file: Option<String>,
}

impl Settings {
    /// What `exclude` says of a path, as `Patterns::leave_out`.
    fn leave_out(&self, path: &Path, is_folder: bool) -> Option<bool> {
        self.patterns.as_ref()?.leave_out(&absolute(path), is_folder)
    }
}

/// What the command line says about settings.
#[derive(Clone, Default, Debug)]
pub struct Overrides {
    pub select: Vec<String>,
    pub extend_select: Vec<String>,
    pub ignore: Vec<String>,
    pub target_version: Option<PythonVersion>,
}

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
#[derive(Default, Debug)]
pub struct Resolver {
    look: Look,
    overrides: Overrides,
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

/// The lowest Python by `requires-python`, and where that stands.
#[derive(Debug)]
struct Requires {
    version: PythonVersion,
    origin: String,
}

impl Resolver {
    pub fn new(look: Look, overrides: Overrides) -> Resolver {
        Resolver { look, overrides, ..Resolver::default() }
    }

    /// The settings for a file, or for text that has no file.
    pub fn for_file(&self, path: Option<&Path>) -> Option<Arc<Settings>> {
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

    /// What `exclude` says of an entry of a folder.
    pub fn leave_out(&self, path: &Path, is_folder: bool) -> Option<bool> {
        self.for_file(Some(path))?.leave_out(path, is_folder)
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
        settings.override_with(&self.overrides);
        Folder { settings: Some(Arc::new(settings)), requires }
    }
}

impl Settings {
    /// `requires-python` counts when nobody has named a version.
    fn default_version(&mut self, requires: &Option<Arc<Requires>>) {
        let Some(requires) = requires else { return };
        let is_guess = self.origins.get("target-version").is_none_or(|origin| origin.ends_with(REQUIRES));
        if is_guess {
            self.config.target_version = Some(requires.version);
            self.origins.insert("target-version".to_string(), requires.origin.clone());
        }
    }

    fn override_with(&mut self, overrides: &Overrides) {
        let (config, origins) = (&mut self.config, &mut self.origins);
        let by_hand = || "the command line".to_string();
        if !overrides.select.is_empty() {
            // Who names rules on the command line wants to hear those, whatever the file says.
            *config = Config {
                select: Some(overrides.select.clone()),
                levels: std::mem::take(&mut config.levels),
                target_version: config.target_version,
                ..Config::default()
            };
            config.levels.retain(|_, level| *level != Level::Off);
            origins.retain(|key, _| match key.strip_prefix("rules.") {
                Some(name) => config.levels.contains_key(name),
                None => key != "extend-select" && key != "ignore",
            });
            origins.insert("select".to_string(), by_hand());
        }
        if !overrides.extend_select.is_empty() {
            config.ignore.retain(|name| !overrides.extend_select.contains(name));
            config.extend_select.extend(overrides.extend_select.iter().cloned());
            origins.insert("extend-select".to_string(), by_hand());
        }
        if !overrides.ignore.is_empty() {
            config.ignore.extend(overrides.ignore.iter().cloned());
            origins.insert("ignore".to_string(), by_hand());
        }
        if let Some(version) = overrides.target_version {
            config.target_version = Some(version);
            origins.insert("target-version".to_string(), by_hand());
        }
    }
}

/// How an origin ends that is only `requires-python`.
const REQUIRES: &str = "(requires-python)";

/// What one file says.
#[derive(Debug)]
struct File {
    table: Table,
    requires: Option<Arc<Requires>>,
    mistakes: Vec<Mistake>,
}

#[derive(Debug)]
enum Table {
    Absent,
    Wrong,
    Read(Box<Settings>),
}

/// Reads one file that may hold settings; None when there is no such file.
fn read_file(path: &Path) -> Option<File> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let root = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
            Some(parse::file(&text, &near(path), &root, path.ends_with("pyproject.toml")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        // A folder of that name, or a file where a folder should be, is not about us.
        Err(_) if !path.is_file() => None,
        Err(error) => {
            let mistake = Mistake::at_file(&near(path), format!("cannot be read: {}", reason(&error)));
            Some(File { table: Table::Wrong, requires: None, mistakes: vec![mistake] })
        }
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
