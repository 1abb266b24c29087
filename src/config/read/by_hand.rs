//! What the command line says about settings.

use std::path::Path;

use super::absolute;
use super::file::Table;
use super::parse::{self, Mistake};
use super::settings::Settings;
use crate::config::{Level, PythonVersion};

/// What the command line says about settings.
#[derive(Clone, Default, Debug)]
pub struct Overrides {
    pub select: Vec<String>,
    pub extend_select: Vec<String>,
    pub ignore: Vec<String>,
    pub target_version: Option<PythonVersion>,
    pub error_on: Option<Level>,
    /// Patterns, relative to the current folder.
    pub exclude: Vec<String>,
    pub force_exclude: bool,
    /// Settings as `KEY=VALUE`.
    pub pairs: Vec<String>,
}

/// What the command line says, and what is wrong with it.
pub(super) fn by_hand(overrides: &Overrides) -> (Option<Settings>, Vec<Mistake>) {
    let here = absolute(Path::new("."));
    let (mut top, mut mistakes) = (Settings::default(), Vec::new());
    for pair in &overrides.pairs {
        let file = parse::pair(pair, &here);
        mistakes.extend(file.mistakes);
        let Table::Read(said) = file.table else { continue };
        if said.extend.is_some() {
            let sentence = "`extend` is for a settings file; to take settings from one, write `--config FILE`";
            mistakes.push(Mistake::at_file(&format!("--config {pair}"), sentence));
        }
        let origins = said.origins.into_keys().map(|key| (key, HAND.to_string())).collect();
        top.lay(&Settings { origins, file: None, ..*said });
    }
    let mut flags = Settings::default();
    let config = &mut flags.config;
    let lists = [
        ("extend-select", &overrides.extend_select, &mut config.extend_select),
        ("ignore", &overrides.ignore, &mut config.ignore),
    ];
    for (key, said, list) in lists.into_iter().filter(|(_, said, _)| !said.is_empty()) {
        list.clone_from(said);
        flags.origins.insert(key.to_string(), HAND.to_string());
    }
    if !overrides.select.is_empty() {
        config.select = Some(overrides.select.clone());
        flags.origins.insert("select".to_string(), HAND.to_string());
    }
    if overrides.target_version.is_some() {
        config.target_version = overrides.target_version;
        flags.origins.insert("target-version".to_string(), HAND.to_string());
    }
    if let Some(level) = overrides.error_on {
        flags.error_on = level;
        flags.origins.insert("error-on".to_string(), HAND.to_string());
    }
    if overrides.force_exclude {
        flags.force_exclude = true;
        flags.origins.insert("force-exclude".to_string(), HAND.to_string());
    }
    top.lay(&flags);
    (mistakes.is_empty().then_some(top), mistakes)
}

/// The origin of what somebody has typed.
pub(super) const HAND: &str = "the command line";
