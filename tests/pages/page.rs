//! A rule's page, read for testing.
//!
//! The first TOML block is what the page says about its rule. After it, every heading is one case: its `py` blocks in
//! order are one module, other files beside it have their names in front, and a TOML block holds settings. Each line
//! of a module knows its line in the page, because a failure is read with the page open.

use aiterlint::config::{Config, Level, PythonVersion};
use aiterlint::diagnostic::Safety;
use aiterlint::text::Source;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::expect::Expectation;
use crate::markdown::Block;

/// The name of the module that a block without a file name belongs to.
pub const MAIN: &str = "main.py";

pub struct Page {
    pub name: String,
    pub meta: Meta,
    pub cases: Vec<Case>,
    pub proofs: Vec<Proof>,
    /// What the terminal shows for the example.
    pub terminal: Option<Block>,
    /// The last line of the example's code: what the terminal shows stands below it.
    pub example_ends: usize,
}

/// The first TOML block.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Meta {
    #[serde(deserialize_with = "level")]
    pub severity: Level,
    #[serde(default, deserialize_with = "some_level")]
    pub doubtful: Option<Level>,
    /// None for `fix = "none"`.
    #[serde(deserialize_with = "safety")]
    pub fix: Option<Safety>,
    pub since: String,
    #[serde(deserialize_with = "group")]
    pub group: String,
    pub docs: Option<String>,
    // A claim, as under `## Proof`; serde cannot flatten a table and still refuse unknown keys.
    pub python: Option<String>,
    pub prints: Option<String>,
    fixed_prints: Option<String>,
    proof_python: Option<pep440_rs::VersionSpecifiers>,
}

impl Meta {
    /// What the page says about CPython.
    pub fn claim(&self) -> Claim {
        Claim {
            python: self.python.clone(),
            prints: self.prints.clone(),
            fixed_prints: self.fixed_prints.clone(),
            proof_python: self.proof_python.clone(),
        }
    }
}

/// What a proof shows about CPython.
#[derive(Deserialize, Debug, Default, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claim {
    /// The last line of the traceback.
    pub python: Option<String>,
    /// Standard output, for a mistake that is silent.
    pub prints: Option<String>,
    /// Standard output once the example is fixed.
    pub fixed_prints: Option<String>,
    /// The versions that the claim is about.
    pub proof_python: Option<pep440_rs::VersionSpecifiers>,
}

pub struct Proof {
    /// None for the page's own claim.
    pub name: Option<String>,
    pub claim: Claim,
    pub run: Block,
}

impl Proof {
    /// True when the run is a whole program and not the end of the example.
    pub fn is_alone(&self) -> bool {
        self.run.lines.first().is_some_and(|line| line.trim() == "# alone")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    Top,
    Why,
    Example,
    Silent,
    /// Any other section that a reader sees.
    Told,
    MoreCases,
    Proof,
}

/// The settings of one heading.
#[derive(Deserialize, Debug, Default, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    #[serde(default, deserialize_with = "version")]
    pub target_version: Option<PythonVersion>,
    pub select: Option<Vec<String>>,
    #[serde(default)]
    pub extend_select: Vec<String>,
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// One heading's modules, checked together.
pub struct Case {
    pub part: Part,
    pub heading: String,
    pub modules: Vec<Module>,
    pub settings: Settings,
    /// A `good` block: what to write instead.
    pub is_good: bool,
}

pub struct Module {
    pub file: String,
    /// The code, without the comments that say what is found.
    pub text: String,
    /// The page's line of each line.
    pub lines: Vec<usize>,
    pub expected: Vec<Expectation>,
    pub fixed: Option<Block>,
}

impl Module {
    pub fn new(file: &str) -> Module {
        Module { file: file.into(), text: String::new(), lines: Vec::new(), expected: Vec::new(), fixed: None }
    }

    /// The page's line of a line of the module, both from 1.
    pub fn page_line(&self, line: usize) -> usize {
        let known = self.lines.get(line - 1).copied();
        known.or_else(|| self.lines.last().map(|last| last + 1)).unwrap_or(1)
    }

    pub fn source(&self) -> Source {
        Source::new(self.file.as_str(), self.text.as_str())
    }
}

impl Case {
    pub fn is_silent(&self) -> bool {
        self.modules.iter().all(|module| module.expected.is_empty())
    }

    pub fn sources(&self) -> Vec<Source> {
        self.modules.iter().map(Module::source).collect()
    }

    /// The default rules, the page's own, and what the heading says.
    pub fn config(&self, page: &Page) -> Config {
        let mut extend_select = self.settings.extend_select.clone();
        extend_select.push(page.name.clone());
        Config {
            select: self.settings.select.clone(),
            extend_select,
            ignore: self.settings.ignore.clone(),
            target_version: self.settings.target_version,
            ..Config::default()
        }
    }
}

impl Page {
    pub fn example(&self) -> &Case {
        let example = self.cases.iter().find(|case| case.part == Part::Example && !case.is_good);
        example.expect("a page without an example is not read")
    }

    /// `rules/x.md:57: message`.
    pub fn at(&self, line: usize, message: impl std::fmt::Display) -> String {
        format!("rules/{}.md:{line}: {message}", self.name)
    }
}

fn level<'de, D: Deserializer<'de>>(from: D) -> Result<Level, D::Error> {
    let name = String::deserialize(from)?;
    Level::from_name(&name).ok_or_else(|| D::Error::custom("expected error, warning, info or off"))
}

fn some_level<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Level>, D::Error> {
    level(from).map(Some)
}

fn safety<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Safety>, D::Error> {
    match String::deserialize(from)?.as_str() {
        "safe" => Ok(Some(Safety::Safe)),
        "unsafe" => Ok(Some(Safety::Unsafe)),
        "shown" => Ok(Some(Safety::Shown)),
        "none" => Ok(None),
        _ => Err(D::Error::custom("expected safe, unsafe, shown or none")),
    }
}

fn group<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    const GROUPS: [&str; 7] = ["class", "generator", "use", "flow", "version", "style", "tool"];
    let name = String::deserialize(from)?;
    let known = GROUPS.contains(&name.as_str());
    if known { Ok(name) } else { Err(D::Error::custom(format!("expected one of {}", GROUPS.join(", ")))) }
}

fn version<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PythonVersion>, D::Error> {
    let text = String::deserialize(from)?;
    let version = PythonVersion::parse(&text);
    version.map(Some).ok_or_else(|| D::Error::custom("expected a version such as \"3.10\""))
}
