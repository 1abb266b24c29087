//! Writes ignore comments for everything that is found in a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Fixed, ROUNDS, apply};
use crate::check::{Report, check};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::facts::Facts;
use crate::project::Project;
use crate::suppress::{ignore_on_line, is_about_comments};
use crate::text::Source;

/// Silences what speaks, with this reason. What is said about comments is left to the fixes, and a file that is no
/// Python says so still.
pub fn silence(source: &Source, project: &Project, config: &Config, reason: Option<&str>) -> Fixed {
    let mut source = Source::new(Arc::clone(&source.path), Arc::clone(&source.text));
    let mut report = check(&source, project, config);
    let mut applied = 0;
    for _ in 0..ROUNDS {
        let Some(text) = with_comments(&source, &report, reason) else { break };
        let next = Source::new(Arc::clone(&source.path), text);
        let left = check(&next, project, config);
        let silenced = wanted(&report).count().saturating_sub(wanted(&left).count());
        // Comments that change nothing are not worth keeping.
        if silenced == 0 {
            break;
        }
        applied += silenced;
        (source, report) = (next, left);
    }
    Fixed { source, report, applied }
}

fn wanted(report: &Report) -> impl Iterator<Item = &Diagnostic> {
    report.diagnostics.iter().filter(|found| !is_about_comments(found.rule) && found.rule != "syntax-error")
}

/// The text with one comment for each line that has findings; two that touch take turns.
fn with_comments(source: &Source, report: &Report, reason: Option<&str>) -> Option<String> {
    let mut lines: BTreeMap<u32, (u32, BTreeSet<&str>)> = BTreeMap::new();
    for found in wanted(report) {
        let at = found.span.start;
        lines.entry(source.lines().line(at)).or_insert((at, BTreeSet::new())).1.insert(found.rule);
    }
    let facts = Facts::new(Arc::new(Source::new(Arc::clone(&source.path), Arc::clone(&source.text))));
    let mut picked: Vec<Edit> = Vec::new();
    for (at, rules) in lines.into_values() {
        let rules: Vec<&str> = rules.into_iter().collect();
        let edits = ignore_on_line(&facts, at, &rules, reason);
        let last = picked.iter().map(|edit| edit.span.end).max();
        if edits.iter().all(|edit| last.is_none_or(|last| edit.span.start > last)) {
            picked.extend(edits);
        }
    }
    if picked.is_empty() {
        return None;
    }
    let fix = Fix { title: String::new(), safety: Safety::Safe, edits: picked };
    Some(apply(&source.text, &[&fix]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, reason: Option<&str>, expected: &str, applied: usize) {
        let silenced = silence(&Source::new("t.py", text), &Project::alone(), &Config::default(), reason);
        assert_eq!((&*silenced.source.text, silenced.applied), (expected, applied));
        let left = silenced.report.diagnostics.iter().map(|found| found.rule);
        assert_eq!(left.collect::<Vec<_>>(), Vec::<&str>::new(), "{expected}");
    }

    #[test]
    fn one_comment_a_line() {
        check(
            "async def f(a):\n    return aiter(a, 1), aiter(a, 2)\n",
            None,
            "async def f(a):\n    return aiter(a, 1), aiter(a, 2)  # aiterlint: ignore[aiter-two-args]\n",
            2,
        );
    }

    #[test]
    fn lines_that_take_no_comment_share_a_block() {
        check(
            "async def f(a):\n    return aiter(a, 1), \\\n        aiter(a, 2)\n",
            Some("old"),
            "async def f(a):\n    # aiterlint: off[aiter-two-args]: old\n    return aiter(a, 1), \\\n        aiter(a, 2)\n    \
             # aiterlint: on[aiter-two-args]\n",
            2,
        );
    }

    #[test]
    fn what_cannot_be_read_is_left_alone() {
        let broken = Source::new("t.py", "def f(:\n");
        let left = silence(&broken, &Project::alone(), &Config::default(), None);
        assert_eq!((&*left.source.text, left.applied), ("def f(:\n", 0));
    }
}
