//! What holds for the files of a folder, or what one place says of it; and how one goes on top of another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{REQUIRES, Requires};
use crate::config::{Config, Level};
use crate::files::{Described, Patterns};

/// What holds for the files of a folder, and where it comes from; or what one of those places says.
#[derive(Clone, Debug)]
pub struct Settings {
    pub config: Config,
    /// The lowest level at which a finding makes the run fail.
    pub error_on: Level,
    /// The patterns of `include` and `exclude`, as written.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// The same, ready to be asked. Without the first everything that is Python is included.
    pub(super) included: Option<Patterns>,
    pub(super) excluded: Vec<Patterns>,
    /// Whether `exclude` holds for what is named too.
    pub force_exclude: bool,
    /// What they say about other people's code.
    pub described: Arc<Described>,
    /// What holds for some of the files, later ones on top.
    pub per_file: Vec<PerFile>,
    /// The file that this one goes on top of, until it is there.
    pub(super) extend: Option<Base>,
    /// For each key that somebody has set (`rules.NAME` for a level): who, as `file:line` or "the command line".
    pub origins: BTreeMap<String, String>,
    /// The file that decides, if there is one.
    pub file: Option<String>,
}

/// What holds for the files that match a pattern.
#[derive(Clone, Debug)]
pub struct PerFile {
    pub text: String,
    pub(super) patterns: Patterns,
    pub(super) settings: Arc<Settings>,
}

#[derive(Clone, Debug)]
pub(super) struct Base {
    pub path: String,
    pub place: (u32, u32),
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            config: Config::default(),
            error_on: Level::Info,
            include: Vec::new(),
            exclude: Vec::new(),
            included: None,
            excluded: Vec::new(),
            force_exclude: false,
            described: Arc::default(),
            per_file: Vec::new(),
            extend: None,
            origins: BTreeMap::new(),
            file: None,
        }
    }
}

impl Settings {
    /// `requires-python` counts when nobody has named a version.
    pub(super) fn default_version(&mut self, requires: &Option<Arc<Requires>>) {
        let Some(requires) = requires else { return };
        let is_guess = self.origins.get("target-version").is_none_or(|origin| origin.ends_with(REQUIRES));
        if is_guess {
            self.config.target_version = Some(requires.version);
            self.origins.insert("target-version".to_string(), requires.origin.clone());
        }
    }

    /// Puts on top what another place says. Of two words about one rule the later one counts.
    pub(super) fn lay(&mut self, top: &Settings) {
        let says = |key: &str| top.origins.contains_key(key);
        let (config, above) = (&mut self.config, &top.config);
        if says("select") {
            // Who chooses the rules anew wants to hear those, whatever is switched off below.
            config.select.clone_from(&above.select);
            config.extend_select.clear();
            config.ignore.clear();
            config.levels.retain(|_, level| *level != Level::Off);
            self.origins.retain(|key, _| match key.strip_prefix("rules.") {
                Some(name) => config.levels.contains_key(name),
                None => key != "extend-select" && key != "ignore",
            });
        }
        if says("extend-select") {
            config.ignore.retain(|name| !above.extend_select.contains(name));
            config.extend_select.extend(above.extend_select.iter().cloned());
        }
        if says("ignore") {
            config.extend_select.retain(|name| !above.ignore.contains(name));
            config.ignore.extend(above.ignore.iter().cloned());
        }
        if says("target-version") {
            config.target_version = above.target_version;
        }
        if says("error-on") {
            self.error_on = top.error_on;
        }
        if says("include") {
            (self.include, self.included) = (top.include.clone(), top.included.clone());
        }
        if says("exclude") {
            (self.exclude, self.excluded) = (top.exclude.clone(), top.excluded.clone());
        }
        if says("force-exclude") {
            self.force_exclude = top.force_exclude;
        }
        if says("stubs") || says("kinds") {
            let mut described = Described::clone(&self.described);
            if says("stubs") {
                described.stubs.clone_from(&top.described.stubs);
            }
            described.kinds.extend(top.described.kinds.iter().map(|(name, gives)| (name.clone(), *gives)));
            self.described = Arc::new(described);
        }
        config.levels.extend(above.levels.iter().map(|(rule, level)| (rule.clone(), *level)));
        self.per_file.extend(top.per_file.iter().cloned());
        self.origins.extend(top.origins.iter().map(|(key, origin)| (key.clone(), origin.clone())));
        if top.file.is_some() {
            self.file.clone_from(&top.file);
        }
    }
}
