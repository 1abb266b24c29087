//! The settings of a project as plain data. Where they come from is the business of `config::read`.

pub mod read;
mod requires;

use std::collections::BTreeMap;

use crate::diagnostic::Severity;

pub use requires::{for_text, lowest};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Config {
    /// The rules that speak: names or `all`. None means those that are on by default.
    pub select: Option<Vec<String>>,
    /// Rules that speak besides those.
    pub extend_select: Vec<String>,
    /// Rules that stay silent.
    pub ignore: Vec<String>,
    /// Levels that differ from the page's.
    pub levels: BTreeMap<String, Level>,
    /// The lowest Python the project runs on; None when nobody says.
    pub target_version: Option<PythonVersion>,
}

/// What a rule says by default, or is told to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    Off,
    Info,
    Warning,
    Error,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Off, Level::Info, Level::Warning, Level::Error];

    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// How a rule of this level speaks. One that is off speaks once somebody has switched it on.
    pub fn severity(self) -> Severity {
        match self {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info | Level::Off => Severity::Info,
        }
    }

    /// Whether a finding of this severity is at this level or above it.
    pub fn covers(self, severity: Severity) -> bool {
        match self {
            Level::Off => false,
            Level::Info => true,
            Level::Warning => severity >= Severity::Warning,
            Level::Error => severity == Severity::Error,
        }
    }
}

impl Config {
    /// How a rule speaks under this config, or None when it is silent. A rule named on its own outweighs `all`; a rule
    /// of taste that is switched on by name, or with `all`, speaks as `info`.
    pub fn severity(&self, rule: &str, default: Level) -> Option<Severity> {
        let by_name = |list: &[String]| list.iter().any(|name| name == rule);
        let by_all = |list: &[String]| list.iter().any(|name| name == "all");
        let selected = self.select.as_deref().unwrap_or_default();
        let on = if by_name(&self.ignore) {
            false
        } else if by_name(selected) || by_name(&self.extend_select) {
            true
        } else if by_all(&self.ignore) {
            false
        } else if by_all(selected) || by_all(&self.extend_select) {
            true
        } else {
            let level = self.levels.get(rule).copied().unwrap_or(default);
            self.select.is_none() && level != Level::Off
        };
        if !on {
            return None;
        }
        Some(self.levels.get(rule).copied().unwrap_or(default).severity())
    }
}

/// A version of the language: 3.10 and so on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PythonVersion {
    pub major: u8,
    pub minor: u8,
}

impl PythonVersion {
    pub const fn new(major: u8, minor: u8) -> PythonVersion {
        PythonVersion { major, minor }
    }

    /// Reads `3.10`, and ruff's and black's `py310`.
    pub fn parse(text: &str) -> Option<PythonVersion> {
        let (major, minor) = match text.strip_prefix("py") {
            Some(digits) if digits.len() >= 2 => digits.split_at(1),
            _ => text.split_once('.')?,
        };
        Some(PythonVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

impl std::fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn the_page_decides_when_nobody_else_does() {
        let config = Config::default();
        assert_eq!(config.severity("a", Level::Error), Some(Severity::Error));
        assert_eq!(config.severity("a", Level::Off), None);
    }

    #[test]
    fn select_replaces_and_extend_adds() {
        let config = Config { select: Some(names(&["a"])), extend_select: names(&["c"]), ..Config::default() };
        assert_eq!(config.severity("a", Level::Error), Some(Severity::Error));
        assert_eq!(config.severity("b", Level::Error), None);
        assert_eq!(config.severity("c", Level::Off), Some(Severity::Info));
    }

    #[test]
    fn a_name_outweighs_all() {
        let config = Config { ignore: names(&["all"]), extend_select: names(&["a"]), ..Config::default() };
        assert_eq!(config.severity("a", Level::Warning), Some(Severity::Warning));
        assert_eq!(config.severity("b", Level::Warning), None);
        let config = Config { select: Some(names(&["all"])), ignore: names(&["a"]), ..Config::default() };
        assert_eq!(config.severity("a", Level::Error), None);
        assert_eq!(config.severity("b", Level::Off), Some(Severity::Info));
    }

    #[test]
    fn a_level_turns_a_rule_on_and_off() {
        let levels = [("a".to_string(), Level::Off), ("b".to_string(), Level::Error)].into();
        let config = Config { levels, ..Config::default() };
        assert_eq!(config.severity("a", Level::Error), None);
        assert_eq!(config.severity("b", Level::Off), Some(Severity::Error));
    }

    #[test]
    fn versions_are_read_both_ways() {
        assert_eq!(PythonVersion::parse("3.10"), Some(PythonVersion::new(3, 10)));
        assert_eq!(PythonVersion::parse("py39"), Some(PythonVersion::new(3, 9)));
        assert_eq!(PythonVersion::parse("three"), None);
        assert!(PythonVersion::new(3, 9) < PythonVersion::new(3, 10));
    }
}
