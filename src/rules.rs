//! The list of rules. Nobody edits it: `BLESS=1 cargo test` keeps it complete and sorted.

use crate::rule::Rule;

/// Every rule, by name.
pub static RULES: &[&Rule] = &[];

/// The rule of that name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
