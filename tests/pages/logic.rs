//! A rule is two files, and `src/rules.rs` lists them all.
//!
//! The list stays plain Rust that rustfmt, grep and go-to-definition understand. Nobody edits it: `BLESS=1` writes it
//! from the files that are there.

use std::fmt::Write;

use aiterlint::config::Level;
use aiterlint::diagnostic::Safety;
use aiterlint::rule::Rule;

use crate::outcome::{Outcome, all_right};
use crate::page::Page;

/// What a page says to the tests it says to the program, too, which reads its settings in a simpler way.
pub fn is_there(page: &Page, rule: &Rule) -> Outcome {
    let (meta, said) = (&page.meta, rule.meta());
    let pairs = [
        ("severity", meta.severity.name(), said.level.name()),
        ("doubtful", meta.doubtful.map_or("", Level::name), said.doubtful.map_or("", Level::name)),
        ("fix", meta.fix.map_or("none", Safety::name), said.fix),
        ("since", meta.since.as_str(), said.since),
        ("group", meta.group.as_str(), said.group),
        ("docs", meta.docs.as_deref().unwrap_or_default(), said.docs),
    ];
    let differ = pairs.into_iter().filter(|(_, page, program)| page != program);
    let mut said: Vec<String> = differ
        .map(|(key, right, program)| page.at(5, format!("`{key}` is \"{right}\" and the program reads \"{program}\"")))
        .collect();
    if !rule.documentation().ends_with('\n') || rule.documentation().contains("\n## More cases") {
        said.push(page.at(1, "the program shows the cases that are for the tests alone"));
    }
    all_right(said)
}

/// What to do about a page without a rule; `has_file` when its logic is written and not listed.
pub fn is_missing(name: &str, has_file: bool) -> String {
    let module = name.replace('-', "_");
    if has_file {
        return format!("src/rules/{module}.rs is not in the list yet: run `BLESS=1 cargo test`");
    }
    format!(
        "rules/{name}.md has no logic: write src/rules/{module}.rs with \
         `pub static RULE: Rule = rule!(\"{name}\", …)`, then run `BLESS=1 cargo test`, which adds it to src/rules.rs"
    )
}

/// Every rule of the program has a page.
pub fn have_pages(rules: &[&str], pages: &[String]) -> Outcome {
    let alone = rules.iter().filter(|rule| !pages.iter().any(|page| page == *rule));
    all_right(alone.map(|rule| format!("the rule `{rule}` has no page: write rules/{rule}.md")).collect())
}

const COMMENT: &str = "    // One a line, so that branches that add rules merge.\n";

/// `src/rules.rs` with the given modules in it, in order.
pub fn listed(text: &str, modules: &[String]) -> Result<String, String> {
    let mut modules = modules.to_vec();
    modules.sort();
    let is_module = |line: &str| line.starts_with("mod ") && line.ends_with(';');
    let array = text.find("pub static RULES").ok_or("src/rules.rs has no line `pub static RULES: &[&Rule] = &[`")?;
    let end = text[array..].find("];").ok_or("in src/rules.rs, RULES does not end with `];`")? + array + 2;
    let (head, tail) = (&text[..array], &text[end..]);
    let documented = head.lines().take_while(|line| line.starts_with("//!")).count();
    let mut lines = head.lines().filter(|line| !is_module(line));
    let mut new: String = lines.by_ref().take(documented).map(|line| format!("{line}\n")).collect();
    if !modules.is_empty() {
        new.push('\n');
        modules.iter().for_each(|module| writeln!(new, "mod {module};").expect("a String takes everything"));
    }
    // Where modules were taken out, one empty line stays.
    new.push('\n');
    lines.skip_while(|line| line.is_empty()).for_each(|line| new.extend([line, "\n"]));
    new.push_str("pub static RULES: &[&Rule] = &[");
    if !modules.is_empty() {
        new.push('\n');
        new.push_str(COMMENT);
        modules.iter().for_each(|module| writeln!(new, "    &{module}::RULE,").expect("a String takes everything"));
    }
    new.push_str("];");
    new.push_str(tail);
    Ok(new)
}

/// The lines that go and come, for a person.
pub fn difference(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(0).to_string()
}

/// The harness's own tests.
pub mod itself {
    use super::*;

    const EMPTY: &str = "//! The list.\n\nuse crate::rule::Rule;\n\n/// Every rule.\npub static RULES: &[&Rule] = &[];\n\n/// More.\nfn more() {}\n";
    const FULL: &str = "//! The list.\n\nmod a_b;\nmod c;\n\nuse crate::rule::Rule;\n\n/// Every rule.\npub static RULES: &[&Rule] = &[\n    // One a line, so that branches that add rules merge.\n    &a_b::RULE,\n    &c::RULE,\n];\n\n/// More.\nfn more() {}\n";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    pub fn the_list_is_written_from_nothing_and_back() {
        assert_eq!(listed(EMPTY, &names(&["c", "a_b"])).as_deref(), Ok(FULL));
        assert_eq!(listed(FULL, &[]).as_deref(), Ok(EMPTY));
    }

    pub fn a_complete_list_stays_as_it_is() {
        assert_eq!(listed(EMPTY, &[]).as_deref(), Ok(EMPTY));
        assert_eq!(listed(FULL, &names(&["a_b", "c"])).as_deref(), Ok(FULL));
    }

    pub fn a_list_that_two_branches_wrote_is_put_in_order() {
        let merged = FULL.replace("mod a_b;\nmod c;\n", "mod c;\nmod a_b;\nmod a_b;\n");
        let merged =
            merged.replace("    &a_b::RULE,\n    &c::RULE,\n", "    &c::RULE,\n    &a_b::RULE,\n    &c::RULE,\n");
        assert_eq!(listed(&merged, &names(&["a_b", "c"])).as_deref(), Ok(FULL));
    }

    pub fn a_list_without_its_array_is_not_touched() {
        assert!(listed("mod a;\n", &names(&["a"])).unwrap_err().contains("pub static RULES"));
    }

    pub fn a_page_without_logic_is_told_what_to_write() {
        assert!(is_missing("no-such-thing", false).contains("write src/rules/no_such_thing.rs"));
        assert!(is_missing("no-such-thing", true).contains("BLESS=1"));
        assert!(have_pages(&["a-b"], &names(&["c"])).is_err());
        assert!(have_pages(&["a-b"], &names(&["a-b"])).is_ok());
    }
}
