//! One settings file: its text to `Settings`, and every mistake in it as a sentence with its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::{File, REQUIRES, Requires, Table};
use super::keys::{self, KEYS, Key};
use super::names::{check_rule_name, check_version, did_you_mean};
use super::settings::{Base, PerFile, Settings};
use crate::config::{Level, lowest};
use crate::files::{Gives, Patterns};
use crate::text::{Place, Source};

/// Something wrong in a settings file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mistake {
    pub file: String,
    /// Line and column; None when the file as a whole is meant.
    pub place: Option<(u32, u32)>,
    pub message: String,
}

impl Mistake {
    pub fn at_file(file: &str, message: impl Into<String>) -> Mistake {
        Mistake { file: file.to_string(), place: None, message: message.into() }
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// Reads a file's text. In a `pyproject.toml` the settings are one table among others, elsewhere the whole file.
pub(super) fn file(text: &str, shown: &str, root: &Path, is_pyproject: bool) -> File {
    let absent = File { table: Table::Absent, requires: None, mistakes: Vec::new() };
    let is_ours = !is_pyproject || text.contains("aiterlint");
    if !is_ours && !text.contains("requires-python") {
        return absent;
    }
    let source = Source::new(shown, text);
    let mut reader = Reader { source, root, is_pyproject, settings: Settings::default(), mistakes: Vec::new() };
    let document = match DeTable::parse(text) {
        Ok(document) => document.into_inner(),
        // A broken file that never mentions us is for others to report.
        Err(_) if !is_ours => return absent,
        Err(error) => {
            let reason = error.message().lines().next().unwrap_or("it cannot be read");
            reader.mistake(error.span().unwrap_or(0..0), format!("this is not TOML: {reason}"));
            return reader.file(None);
        }
    };
    if !is_pyproject {
        reader.table(&document, |_| true);
        return reader.file(None);
    }
    let requires = reader.requires(&document).map(Arc::new);
    let Some(table) = document.get("tool").and_then(|tool| tool.get_ref().get("aiterlint")) else {
        return File { requires, ..absent };
    };
    match table.get_ref().as_table() {
        Some(keys) => reader.table(keys, |_| true),
        None => reader.mistake(table.span(), "`tool.aiterlint` is a table, `[tool.aiterlint]`"),
    }
    reader.file(requires)
}

/// Reads `KEY=VALUE` of the command line: TOML, in which a bare word is a text. Patterns begin at this folder.
pub(super) fn pair(text: &str, root: &Path) -> File {
    let shown = format!("--config {text}");
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let is_toml = value.starts_with(['[', '{', '"', '\'']) || matches!(value, "true" | "false");
    let line = if is_toml { text.to_string() } else { format!("{key}='{value}'") };
    let mut file = file(&line, &shown, root, false);
    for mistake in &mut file.mistakes {
        mistake.place = None;
    }
    file
}

struct Reader<'a> {
    source: Source,
    root: &'a Path,
    is_pyproject: bool,
    settings: Settings,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn file(mut self, requires: Option<Arc<Requires>>) -> File {
        self.mistakes.sort();
        self.settings.file = Some(self.source.path.to_string());
        let table = if self.mistakes.is_empty() { Table::Read(Box::new(self.settings)) } else { Table::Wrong };
        File { table, requires, mistakes: self.mistakes }
    }

    fn mistake(&mut self, at: Range<usize>, message: impl Into<String>) {
        let Place { line, column } = self.source.place(at.start as u32);
        let file = self.source.path.to_string();
        self.mistakes.push(Mistake { file, place: Some((line, column)), message: message.into() });
    }

    fn origin(&self, at: Range<usize>) -> String {
        format!("{}:{}", self.source.path, self.source.place(at.start as u32).line)
    }

    /// Reads the keys of a table, as far as they may stand in it.
    fn table(&mut self, table: &DeTable, may_stand: fn(&Key) -> bool) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match keys::by_name(name) {
                Some(known) if may_stand(known) => self.value(known, value),
                Some(_) => self.mistake(key.span(), format!("`{name}` cannot differ from file to file")),
                None => {
                    let names: Vec<&str> = KEYS.iter().filter(|key| may_stand(key)).map(|key| key.name).collect();
                    self.no_such_key(key.span(), name, &names);
                }
            }
            let origin = self.origin(key.span());
            self.settings.origins.insert(name.to_string(), origin);
        }
    }

    fn no_such_key(&mut self, at: Range<usize>, name: &str, names: &[&str]) {
        if name == "tool" && !self.is_pyproject {
            return self.mistake(at, "in this file the keys stand at the top, without `[tool.aiterlint]`");
        }
        let hint = did_you_mean(name, names, "the settings are");
        self.mistake(at, format!("there is no setting `{name}`{hint}"));
    }

    fn value(&mut self, key: &Key, value: &Spanned<DeValue>) {
        match key.name {
            "select" => self.settings.config.select = Some(self.rule_names(key, value)),
            "extend-select" => self.settings.config.extend_select = self.rule_names(key, value),
            "ignore" => self.settings.config.ignore = self.rule_names(key, value),
            "rules" => self.levels(key, value),
            "target-version" => self.target_version(key, value),
            "error-on" => self.error_on(key, value),
            "include" => (self.settings.include, self.settings.included) = self.patterns(key, value),
            "exclude" => {
                let (texts, patterns) = self.patterns(key, value);
                (self.settings.exclude, self.settings.excluded) = (texts, patterns.into_iter().collect());
            }
            "force-exclude" => match value.get_ref().as_bool() {
                Some(is_on) => self.settings.force_exclude = is_on,
                None => self.mistake(value.span(), key.sentence()),
            },
            "per-file" => self.per_file(key, value),
            "stubs" => {
                let folders = self.texts(key, value).into_iter().map(|(_, folder)| self.root.join(folder)).collect();
                Arc::make_mut(&mut self.settings.described).stubs = folders;
            }
            "kinds" => self.kinds(key, value),
            _ => match value.get_ref().as_str() {
                Some(path) => {
                    let Place { line, column } = self.source.place(value.span().start as u32);
                    self.settings.extend = Some(Base { path: path.to_string(), place: (line, column) });
                }
                None => self.mistake(value.span(), key.sentence()),
            },
        }
    }

    /// A list of texts, or a mistake that says what the key takes.
    fn texts(&mut self, key: &Key, value: &Spanned<DeValue>) -> Vec<(Range<usize>, String)> {
        let Some(items) = value.get_ref().as_array() else {
            self.mistake(value.span(), key.sentence());
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push((item.span(), text.to_string())),
                None => self.mistake(item.span(), key.sentence()),
            }
        }
        texts
    }

    fn rule_names(&mut self, key: &Key, value: &Spanned<DeValue>) -> Vec<String> {
        let names = self.texts(key, value);
        for (span, name) in &names {
            if let Err(message) = check_rule_name(name) {
                self.mistake(span.clone(), message);
            }
        }
        names.into_iter().map(|(_, name)| name).collect()
    }

    fn patterns(&mut self, key: &Key, value: &Spanned<DeValue>) -> (Vec<String>, Option<Patterns>) {
        let (spans, texts): (Vec<_>, Vec<_>) = self.texts(key, value).into_iter().unzip();
        let patterns = self.matcher(&texts, &spans);
        (texts, patterns)
    }

    fn matcher(&mut self, texts: &[String], spans: &[Range<usize>]) -> Option<Patterns> {
        match Patterns::new(self.root, texts) {
            Ok(patterns) => Some(patterns),
            Err(wrong) => {
                for number in wrong {
                    let message = format!("`{}` is not a pattern as in .gitignore", texts[number]);
                    self.mistake(spans[number].clone(), message);
                }
                None
            }
        }
    }

    /// Tables of their own, later ones on top of earlier ones.
    fn per_file(&mut self, key: &Key, value: &Spanned<DeValue>) {
        let Some(table) = value.get_ref().as_table() else { return self.mistake(value.span(), key.sentence()) };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(pattern, _)| pattern.span().start);
        for (pattern, value) in entries {
            let Some(inner) = value.get_ref().as_table() else {
                self.mistake(value.span(), key.sentence());
                continue;
            };
            let text = pattern.get_ref().to_string();
            let patterns = self.matcher(std::slice::from_ref(&text), &[pattern.span()]);
            let outer = std::mem::take(&mut self.settings);
            self.table(inner, Key::is_per_file);
            let settings = std::mem::replace(&mut self.settings, outer);
            if let Some(patterns) = patterns {
                self.settings.per_file.push(PerFile { text, patterns, settings: Arc::new(settings) });
            }
        }
    }

    fn target_version(&mut self, key: &Key, value: &Spanned<DeValue>) {
        match value.get_ref().as_str().map(check_version) {
            Some(Ok(version)) => self.settings.config.target_version = Some(version),
            Some(Err(message)) => self.mistake(value.span(), message),
            None => self.mistake(value.span(), key.sentence()),
        }
    }

    fn error_on(&mut self, key: &Key, value: &Spanned<DeValue>) {
        match value.get_ref().as_str().and_then(Level::from_name) {
            Some(level) if level != Level::Off => self.settings.error_on = level,
            _ => self.mistake(value.span(), key.sentence()),
        }
    }

    fn levels(&mut self, key: &Key, value: &Spanned<DeValue>) {
        let Some(table) = value.get_ref().as_table() else { return self.mistake(value.span(), key.sentence()) };
        let mut levels = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if name == "all" {
                self.mistake(key.span(), "a level is for one rule, not for `all`");
            } else if let Err(message) = check_rule_name(name) {
                self.mistake(key.span(), message);
            }
            let Some(text) = value.get_ref().as_str() else {
                self.mistake(value.span(), format!("`{name}` takes \"error\", \"warning\", \"info\" or \"off\""));
                continue;
            };
            let Some(level) = Level::from_name(text) else {
                let hint = did_you_mean(text, &Level::ALL.map(Level::name), "the levels are");
                self.mistake(value.span(), format!("there is no level `{text}`{hint}"));
                continue;
            };
            levels.insert(name.to_string(), level);
            let origin = self.origin(key.span());
            self.settings.origins.insert(format!("rules.{name}"), origin);
        }
        self.settings.config.levels = levels;
    }

    fn kinds(&mut self, key: &Key, value: &Spanned<DeValue>) {
        let Some(table) = value.get_ref().as_table() else { return self.mistake(value.span(), key.sentence()) };
        let mut kinds = BTreeMap::new();
        for (name, value) in table {
            let Some(text) = value.get_ref().as_str() else {
                self.mistake(value.span(), key.sentence());
                continue;
            };
            let dotted = name.get_ref().as_ref();
            let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !dotted.contains('.') || !dotted.split('.').all(is_name) {
                self.mistake(name.span(), format!("`{dotted}` is not a dotted name such as \"library.Client.rows\""));
                continue;
            }
            match Gives::from_name(text) {
                Some(gives) => {
                    kinds.insert(dotted.to_string(), gives);
                }
                None => {
                    let hint = did_you_mean(text, &Gives::ALL.map(Gives::name), "the kinds are");
                    self.mistake(value.span(), format!("there is no kind `{text}`{hint}"));
                }
            }
        }
        Arc::make_mut(&mut self.settings.described).kinds = kinds;
    }

    /// The lowest Python by `[project] requires-python`. A mistake there is for the packaging tools to report.
    fn requires(&self, document: &DeTable) -> Option<Requires> {
        let value = document.get("project")?.get_ref().get("requires-python")?;
        let version = lowest(value.get_ref().as_str()?)?;
        Some(Requires { version, origin: format!("{} {REQUIRES}", self.origin(value.span())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, PythonVersion};

    fn mistakes(text: &str) -> Vec<String> {
        let file = file(text, "a.toml", Path::new(""), false);
        file.mistakes.iter().map(ToString::to_string).collect()
    }

    fn read(text: &str, is_pyproject: bool) -> (Option<Config>, Option<String>) {
        let file = file(text, "pyproject.toml", Path::new(""), is_pyproject);
        assert_eq!(file.mistakes, []);
        let requires = file.requires.map(|requires| format!("{} {}", requires.version, requires.origin));
        match file.table {
            Table::Read(settings) => (Some(settings.config), requires),
            Table::Absent | Table::Wrong => (None, requires),
        }
    }

    #[test]
    fn a_table_becomes_settings() {
        let text = "[project]\nrequires-python = '>=3.9.2,<4'\n[tool.aiterlint]\nselect = ['all']\n";
        let expected = Config { select: Some(vec!["all".to_string()]), ..Config::default() };
        assert_eq!(read(text, true), (Some(expected), Some("3.9 pyproject.toml:2 (requires-python)".to_string())));
        let expected = Config { target_version: Some(PythonVersion::new(3, 12)), ..Config::default() };
        assert_eq!(read("target-version = 'py312'\n", false), (Some(expected), None));
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        assert_eq!(read("[tool.ruff\n", true), (None, None));
        assert_eq!(read("[tool.ruff]\nline-length = 1\n", true), (None, None));
        assert_eq!(read("[project]\nrequires-python = 'new'\n", true), (None, None));
    }

    #[test]
    fn each_mistake_has_its_place_and_the_nearest_name() {
        assert_eq!(
            mistakes("selct = []\n exclude = 'all'\nrules = 'error'\ntarget-version = 3.1\nx = 1\n"),
            [
                "a.toml:1:1: there is no setting `selct`; did you mean `select`?",
                "a.toml:2:12: `exclude` takes a list of patterns as in .gitignore, such as [\"tests/data\", \"*_pb2.py\"]",
                "a.toml:3:9: `rules` is a table of rule names, each of which takes \"error\", \"warning\", \"info\" or \
                 \"off\"",
                "a.toml:4:18: `target-version` takes a text such as \"3.10\"",
                "a.toml:5:1: there is no setting `x`; the settings are select, extend-select, ignore, rules, \
                 target-version, error-on, include, exclude, force-exclude, per-file, stubs, kinds, extend",
            ]
        );
        assert_eq!(
            mistakes("target-version = '2.7'\n"),
            ["a.toml:1:18: `2.7` is not Python 3; write a version such as \"3.10\""]
        );
        assert_eq!(mistakes("exclude = ['ok', 'a[']\n"), ["a.toml:1:18: `a[` is not a pattern as in .gitignore"]);
        assert_eq!(mistakes("[tool.aiterlint]\nselect = []\n").len(), 1);
        assert!(mistakes("select = \n")[0].starts_with("a.toml:1:"));
    }

    #[test]
    fn the_lowest_python_is_found() {
        let minor = |text: &str| lowest(text).map(|version| version.minor);
        assert_eq!(minor(">=3.9,<4"), Some(9));
        assert_eq!(minor(">=3.8,!=3.8.*"), Some(9));
        assert_eq!(minor("~=3.10.4"), Some(10));
        assert_eq!(minor("==3.11.*"), Some(11));
        assert_eq!(minor("<3"), None);
        assert_eq!(minor("^3.9"), None);
    }
}
