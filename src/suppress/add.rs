//! Where a comment goes that silences a rule.

use super::{Ignore, read};
use crate::diagnostic::Edit;
use crate::facts::Facts;
use crate::syntax::Outline;

/// Silences a rule on the line of this place: one more name in the comment there, or a comment at the line's end. None
/// where a comment cannot stand: inside a string that goes on, or after a backslash.
pub fn ignore_on_line(facts: &Facts, at: u32, rule: &str) -> Option<Edit> {
    let source = &facts.source;
    let line = source.lines().line(at);
    let is_on_line = |ignore: &Ignore| !ignore.whole_file && ignore.line == line;
    one_more_name(facts, rule, is_on_line).or_else(|| {
        let end = source.lines().start(line) as usize + source.line(line).trim_end().len();
        let comment = format!("  # aiterlint: ignore[{rule}]");
        let written = [&source.text[..end], &comment, &source.text[end..]].concat();
        // The outline of a lost file tells nothing about comments.
        let written = Outline::read(&written);
        let is_comment = written.comments.iter().any(|span| span.contains(end as u32 + 2));
        let is_whole = written.lost == facts.outline.lost;
        (is_comment && is_whole).then(|| Edit::insert(end as u32, comment))
    })
}

/// Silences a rule in the file: one more name in the comment that is about the file, or a comment at its top.
pub fn ignore_in_file(facts: &Facts, rule: &str) -> Edit {
    one_more_name(facts, rule, |ignore| ignore.whole_file)
        .unwrap_or_else(|| Edit::insert(top(&facts.source.text) as u32, format!("# aiterlint: ignore-file[{rule}]\n")))
}

fn one_more_name(facts: &Facts, rule: &str, is_meant: impl Fn(&Ignore) -> bool) -> Option<Edit> {
    let ignores = read(facts);
    let last = ignores.iter().filter(|ignore| is_meant(ignore)).find_map(|ignore| ignore.names.last())?;
    Some(Edit::insert(last.end, format!(", {rule}")))
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

    /// The text after the edit that is made for it.
    fn check(text: &str, edit: impl Fn(&Facts) -> Edit, expected: &str) {
        let edits = vec![edit(&Facts::new(Arc::new(Source::new("t.py", text))))];
        let fix = Fix { title: String::new(), safety: Safety::Safe, edits };
        assert_eq!(apply(text, &[&fix]), expected);
    }

    #[test]
    fn a_line_is_silenced_at_its_end() {
        let edit = |facts: &Facts| ignore_on_line(facts, 2, "b").expect("a comment can stand there");
        check("x = 1 \ny\n", edit, "x = 1  # aiterlint: ignore[b] \ny\n");
        check("x = 1  # why\n", edit, "x = 1  # why  # aiterlint: ignore[b]\n");
        check("x = 1", edit, "x = 1  # aiterlint: ignore[b]");
        check("x  # aiterlint: ignore[a]\n", edit, "x  # aiterlint: ignore[a, b]\n");
        check("x  # noqa: E1\n", edit, "x  # noqa: E1  # aiterlint: ignore[b]\n");
    }

    #[test]
    fn not_every_line_takes_a_comment() {
        let edit = |text| ignore_on_line(&Facts::new(Arc::new(Source::new("t.py", text))), 0, "b");
        for text in ["x = \\\n  1\n", "x = '''\n'''\n"] {
            assert_eq!(edit(text), None, "{text}");
        }
        assert!(edit("x = [\n]\n").is_some());
    }

    #[test]
    fn a_file_is_silenced_at_its_top() {
        let edit = |facts: &Facts| ignore_in_file(facts, "b");
        check("x\n", edit, "# aiterlint: ignore-file[b]\nx\n");
        check("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# x\n", edit, {
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# aiterlint: ignore-file[b]\n# x\n"
        });
        check("\u{feff}x\r\n", edit, "\u{feff}# aiterlint: ignore-file[b]\r\nx\r\n");
        check("x\n# aiterlint: ignore-file[a]\n", edit, "x\n# aiterlint: ignore-file[a, b]\n");
    }
}
