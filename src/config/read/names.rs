//! Names and values that people type, and what to say when there is no such thing.

use crate::config::PythonVersion;
use crate::rules::RULES;

/// Whether a rule (or `all`) has this name; if not, what to say about it.
pub fn check_rule_name(name: &str) -> Result<(), String> {
    if name == "all" || RULES.iter().any(|rule| rule.name == name) {
        return Ok(());
    }
    Err(no_such_rule(name))
}

/// What to say about the name of a rule that there is not.
pub fn no_such_rule(name: &str) -> String {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    match nearest(name, &names) {
        Some(near) => format!("there is no rule `{name}`; did you mean `{near}`?"),
        None => format!("there is no rule `{name}`; `aiterlint rules` lists them all"),
    }
}

/// A version of Python, or what to say about a text that is none.
pub fn check_version(text: &str) -> Result<PythonVersion, String> {
    match PythonVersion::parse(text) {
        Some(version) if version.major == 3 => Ok(version),
        Some(_) => Err(format!("`{text}` is not Python 3; write a version such as \"3.10\"")),
        None => Err(format!("`{text}` is not a version of Python; write one such as \"3.10\"")),
    }
}

/// The end of a sentence about a wrong name: the nearest right one, or all of them.
pub fn did_you_mean(wrong: &str, names: &[&str], all_are: &str) -> String {
    match nearest(wrong, names) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => format!("; {all_are} {}", names.join(", ")),
    }
}

/// The name that somebody probably meant, if one is near.
fn nearest<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    let wrong = wrong.to_lowercase().replace('_', "-");
    let likeness = |name: &str| {
        // A part of the name counts as half of the letters right.
        let part = if wrong.len() >= 4 && name.contains(&wrong) { 0.5 } else { 0.0 };
        strsim::normalized_damerau_levenshtein(&wrong, name).max(part)
    };
    let best = names.iter().map(|name| (likeness(name), *name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= 0.5).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found() {
        let names = ["reuse-exhausted", "aiter-is-coroutine"];
        assert_eq!(nearest("reuse_exausted", &names), Some("reuse-exhausted"));
        assert_eq!(nearest("exhausted", &names), Some("reuse-exhausted"));
        assert_eq!(nearest("aiter-coroutine", &names), Some("aiter-is-coroutine"));
        assert_eq!(nearest("zzz", &names), None);
    }
}
