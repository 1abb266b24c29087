//! Every setting there is: its name, what it takes, what it is for. The reader, its messages and the schema that
//! editors use are all made from this one table.

use crate::files::Gives;
use crate::rules::RULES;

pub struct Key {
    pub name: &'static str,
    pub takes: Takes,
    /// What it is for, as the schema tells it.
    pub about: &'static str,
}

/// What can stand behind a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// A list of rule names, or `all`.
    Rules,
    /// A list of patterns as in .gitignore.
    Patterns,
    /// A version of Python.
    Version,
    /// The level of a finding.
    Severity,
    /// True or false.
    Switch,
    /// The path of a settings file.
    File,
    /// A table from rule names to levels.
    Levels,
    /// A table from patterns to settings.
    PerFile,
    /// A list of folders.
    Folders,
    /// A table from dotted names to what calling them gives.
    Kinds,
}

/// In the order in which they are shown.
pub const KEYS: [Key; 13] = [
    key("select", Takes::Rules, "The rules that speak, or `all`. Without it those that are on by default."),
    key("extend-select", Takes::Rules, "Rules that speak besides those."),
    key("ignore", Takes::Rules, "Rules that stay silent."),
    key("rules", Takes::Levels, "The level of each rule, where it is not to be the one of its page."),
    key("target-version", Takes::Version, "The lowest Python the code runs on. Without it `requires-python` decides."),
    key("error-on", Takes::Severity, "The lowest level at which a finding makes the run fail. Without it `info`."),
    key(
        "include",
        Takes::Patterns,
        "The files in a folder that are checked. Without it `*.py`, `*.pyi` and `*.ipynb`.",
    ),
    key("exclude", Takes::Patterns, "Files and folders that are left out; `!` in front takes one in."),
    key("force-exclude", Takes::Switch, "Whether `exclude` holds for paths that are named on the command line too."),
    key("per-file", Takes::PerFile, "Settings for the files that match a pattern, on top of the others."),
    key(
        "stubs",
        Takes::Folders,
        "Folders of stubs, as seen from this file's folder: `.pyi` files that describe libraries.",
    ),
    key("kinds", Takes::Kinds, "What calling a function of a library gives, by its dotted name."),
    key("extend", Takes::File, "A settings file that this one goes on top of, as seen from this file's folder."),
];

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

impl Key {
    /// Whether it can be set for some files only.
    pub fn is_per_file(&self) -> bool {
        matches!(self.takes, Takes::Rules | Takes::Levels | Takes::Version | Takes::Severity)
    }

    /// What to say to somebody who has written something else.
    pub fn sentence(&self) -> String {
        let name = self.name;
        match self.takes {
            Takes::Rules => {
                let example = RULES.first().map_or("all", |rule| rule.name);
                format!("`{name}` takes a list of rule names, such as [\"{example}\"]")
            }
            Takes::Patterns => {
                let example = if name == "include" { "*.py\", \"scripts/*" } else { "tests/data\", \"*_pb2.py" };
                format!("`{name}` takes a list of patterns as in .gitignore, such as [\"{example}\"]")
            }
            Takes::Version => format!("`{name}` takes a text such as \"3.10\""),
            Takes::Severity => format!("`{name}` takes \"error\", \"warning\" or \"info\""),
            Takes::Switch => format!("`{name}` takes true or false"),
            Takes::File => format!("`{name}` takes the path of a settings file, such as \"../base.toml\""),
            Takes::Levels => {
                format!(
                    "`{name}` is a table of rule names, each of which takes \"error\", \"warning\", \"info\" or \"off\""
                )
            }
            Takes::Folders => format!("`{name}` takes a list of folders, such as [\"typings\"]"),
            Takes::Kinds => {
                let all: Vec<String> = Gives::ALL.iter().map(|gives| format!("\"{}\"", gives.name())).collect();
                format!("`{name}` is a table of dotted names, each of which takes one of {}", all.join(", "))
            }
            Takes::PerFile => {
                format!("`{name}` is a table of patterns with settings of their own, as in [{name}.\"tests/**\"]")
            }
        }
    }
}

pub fn by_name(name: &str) -> Option<&'static Key> {
    const { &KEYS }.iter().find(|key| key.name == name)
}
