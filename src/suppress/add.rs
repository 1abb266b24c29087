//! Where a comment goes that silences rules: at the end of the line, or where the line ends inside a string or with a
//! backslash, as a block round what it belongs to.

use super::comments::{Form, Ignore, read};
use crate::diagnostic::Edit;
use crate::facts::Facts;
use crate::syntax::Outline;
use crate::text::Span;

/// Silences rules on the line of this place: more names in the comment there, a comment at the line's end, or a block.
/// Empty when no comment can stand anywhere above.
pub fn ignore_on_line(facts: &Facts, at: u32, rules: &[&str], reason: Option<&str>) -> Vec<Edit> {
    let source = &facts.source;
    let line = source.lines().line(at);
    let is_on_line = |ignore: &Ignore| {
        ignore.form == Form::Line && ignore.first <= line && ignore.targets.iter().any(|target| line <= target.last)
    };
    if let Some(edit) = more_names(facts, rules, is_on_line) {
        return vec![edit];
    }
    let comment = comment("ignore", rules, reason);
    let end = source.lines().start(line) as usize + source.line(line).trim_end().len();
    if !source.line(line).trim_end().ends_with('\\') && takes_comment(facts, end, &format!("  {comment}")) {
        return vec![Edit::insert(end as u32, format!("  {comment}"))];
    }
    block_round(facts, line, rules, reason)
}

/// Silences a rule in the file: one more name in the comment that is about the file, or a comment at its top.
pub fn ignore_in_file(facts: &Facts, rule: &str) -> Edit {
    more_names(facts, &[rule], |ignore| ignore.form == Form::File).unwrap_or_else(|| {
        let top = top(&facts.source.text) as u32;
        Edit::insert(top, format!("{}\n", comment("ignore-file", &[rule], None)))
    })
}

fn comment(word: &str, rules: &[&str], reason: Option<&str>) -> String {
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("# aiterlint: {word}[{}]{reason}", rules.join(", "))
}

fn more_names(facts: &Facts, rules: &[&str], is_meant: impl Fn(&Ignore) -> bool) -> Option<Edit> {
    let ignores = read(facts).ignores;
    let last = ignores.iter().filter(|ignore| is_meant(ignore)).find_map(|ignore| ignore.names().pop())?;
    Some(Edit::insert(last.end, format!(", {}", rules.join(", "))))
}

/// The nearest lines above and below between which a block can stand.
fn block_round(facts: &Facts, line: u32, rules: &[&str], reason: Option<&str>) -> Vec<Edit> {
    let source = &facts.source;
    let count = source.lines().count();
    let fits = |line: u32| {
        let follows = line == 1 || !source.line(line - 1).ends_with('\\');
        follows && takes_comment(facts, source.lines().start(line) as usize, "#\n")
    };
    let Some(above) = (1..=line).rev().find(|&line| fits(line)) else { return Vec::new() };
    let text = source.line(above);
    let indent = &text[..text.len() - text.trim_start().len()];
    let insert = |line: u32, comment: String| Edit::insert(source.lines().start(line), format!("{indent}{comment}\n"));
    let below = (line + 1..=count).find(|&line| fits(line));
    // At the end of the file nothing has to end.
    let on = below.map(|below| insert(below, comment("on", rules, None)));
    std::iter::once(insert(above, comment("off", rules, reason))).chain(on).collect()
}

/// Whether what is put in there is read as a comment, and not as a part of a string.
fn takes_comment(facts: &Facts, at: usize, comment: &str) -> bool {
    let (before, after) = facts.source.text.split_at(at);
    let outline = Outline::read(&[before, comment, after].concat());
    let length = comment.trim().len() as u32;
    let start = (at + comment.find('#').unwrap_or(0)) as u32;
    let is_comment = outline.comments.iter().any(|span| span.encloses(Span::new(start, start + length)));
    // It must not break what was whole.
    is_comment && outline.lost.map(|lost| lost.why) == facts.outline.lost.map(|lost| lost.why)
}

/// After what Python and the system want to see first: a byte order mark, `#!`, and the encoding.
fn top(text: &str) -> usize {
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    for line in text[at..].split_inclusive('\n').take(2) {
        let is_first = line.starts_with("#!") || line.starts_with('#') && line.contains("coding");
        if !is_first {
            break;
        }
        at += line.len();
    }
    at
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Fix, Safety};
    use crate::fix::apply;
    use crate::text::Source;

    /// The text after the edits that are made for it.
    fn check(text: &str, edits: impl Fn(&Facts) -> Vec<Edit>, expected: &str) {
        let edits = edits(&Facts::new(Arc::new(Source::new("t.py", text))));
        let fix = Fix { title: String::new(), safety: Safety::Safe, edits };
        assert_eq!(apply(text, &[&fix]), expected);
    }

    #[test]
    fn a_line_is_silenced_at_its_end() {
        let edit = |facts: &Facts| ignore_on_line(facts, 2, &["b"], None);
        check("x = 1 \ny\n", edit, "x = 1  # aiterlint: ignore[b] \ny\n");
        check("x = 1  # why\n", edit, "x = 1  # why  # aiterlint: ignore[b]\n");
        check("x = 1", edit, "x = 1  # aiterlint: ignore[b]");
        check("x  # aiterlint: ignore[a]\n", edit, "x  # aiterlint: ignore[a, b]\n");
        check("x  # noqa: E1\n", edit, "x  # noqa: E1  # aiterlint: ignore[b]\n");
        let why = |facts: &Facts| ignore_on_line(facts, 2, &["b", "c"], Some("it is old"));
        check("x = 1\r\n", why, "x = 1  # aiterlint: ignore[b, c]: it is old\r\n");
    }

    #[test]
    fn a_line_that_takes_no_comment_is_silenced_by_a_block() {
        let edit = |at: usize| move |facts: &Facts| ignore_on_line(facts, at as u32, &["b"], None);
        let text = "def f():\n    x = 1 + \\\n        2\n    y\n";
        check(
            text,
            edit(text.find("1 +").unwrap()),
            "def f():\n    # aiterlint: off[b]\n    x = 1 + \\\n        2\n    # aiterlint: on[b]\n    y\n",
        );
        let text = "x = f'''\n{a}\n'''\ny\n";
        check(
            text,
            edit(text.find("{a}").unwrap()),
            "# aiterlint: off[b]\nx = f'''\n{a}\n'''\n# aiterlint: on[b]\ny\n",
        );
    }

    #[test]
    fn inside_brackets_a_line_takes_a_comment() {
        let edit = |facts: &Facts| ignore_on_line(facts, 0, &["b"], None);
        check("x = [\n]\n", edit, "x = [  # aiterlint: ignore[b]\n]\n");
    }

    #[test]
    fn a_file_is_silenced_at_its_top() {
        let edit = |facts: &Facts| vec![ignore_in_file(facts, "b")];
        check("x\n", edit, "# aiterlint: ignore-file[b]\nx\n");
        check("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# x\n", edit, {
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# aiterlint: ignore-file[b]\n# x\n"
        });
        check("\u{feff}x\r\n", edit, "\u{feff}# aiterlint: ignore-file[b]\r\nx\r\n");
        check("x\n# aiterlint: ignore-file[a]\n", edit, "x\n# aiterlint: ignore-file[a, b]\n");
    }
}
