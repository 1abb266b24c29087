//! What a rule is: its page, and the facts it wants to see.

use std::sync::OnceLock;

use crate::config::Level;

/// A rule is data: everything about it that is not logic stands in its page.
pub struct Rule {
    pub name: &'static str,
    /// The whole page, as Markdown.
    pub page: &'static str,
    meta: OnceLock<Meta>,
}

/// The first TOML block of the page.
#[derive(Clone, Debug)]
pub struct Meta {
    pub level: Level,
    /// `safe`, `unsafe`, `shown` or `none`.
    pub fix: &'static str,
    pub since: &'static str,
    pub group: &'static str,
    /// The Python documentation that settles the matter.
    pub docs: &'static str,
}

impl Rule {
    pub const fn new(name: &'static str, page: &'static str) -> Rule {
        Rule { name, page, meta: OnceLock::new() }
    }

    pub fn meta(&self) -> &Meta {
        self.meta.get_or_init(|| Meta::read(self.page))
    }

    /// The first sentence of the page: what the mistake is.
    pub fn summary(&self) -> &'static str {
        self.page.split("\n\n").nth(1).unwrap_or_default()
    }

    /// What a user reads: everything above the cases that are only for the tests.
    pub fn documentation(&self) -> &'static str {
        let end = self.page.find("\n## More cases").or_else(|| self.page.find("\n## Proof"));
        &self.page[..end.unwrap_or(self.page.len())]
    }
}

impl Meta {
    /// Pages are our own text and their tests read this block with a real TOML parser; at run time a line scan is
    /// enough, and costs nothing at start.
    fn read(page: &'static str) -> Meta {
        let block = page.split_once("```toml\n").map_or("", |(_, rest)| rest.split("```").next().unwrap_or_default());
        let value = |key: &str| {
            let lines = block.lines().filter_map(|line| line.split_once(" = "));
            lines.filter(|(name, _)| *name == key).map(|(_, value)| value.trim_matches('"')).next().unwrap_or_default()
        };
        Meta {
            level: Level::from_name(value("severity")).unwrap_or(Level::Off),
            fix: value("fix"),
            since: value("since"),
            group: value("group"),
            docs: value("docs"),
        }
    }
}
