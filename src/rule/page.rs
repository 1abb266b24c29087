//! A rule's page for those who read it: what only the tests read is spelt out or left out.

use super::Rule;

impl Rule {
    /// What the mistake is, on one line.
    pub fn summary_line(&self) -> String {
        self.summary().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn fix_words(&self) -> &'static str {
        match self.meta().fix {
            "safe" => "safe fix",
            "unsafe" => "unsafe fix",
            "shown" => "fix by hand",
            _ => "no fix",
        }
    }

    /// The page as Markdown that any reader understands.
    pub fn markdown(&self) -> String {
        let page = self.documentation();
        let (before, rest) = page.split_once("```toml\n").unwrap_or((page, ""));
        let (_, after) = rest.split_once("```").unwrap_or(("", rest));
        let meta = self.meta();
        let mut out = format!("{before}**{}**, {}, since {}.", meta.level.name(), self.fix_words(), meta.since);
        if !meta.docs.is_empty() {
            out.push_str("\n\nDocumentation: ");
            out.push_str(meta.docs);
        }
        out.push_str(&after.replace("\n```fixed\n", "\nFixed:\n\n```py\n"));
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}
