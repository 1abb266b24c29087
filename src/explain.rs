//! A rule's page for those who read it: in a terminal, in an editor's hover, in another program.
//!
//! Pages are our own Markdown, so the terminal's reader of it knows what pages use and no more: headings, prose with
//! code, bold and links, lists, blocks of code.

use std::fmt::Write;

use anstyle::Style;
use serde::Serialize;

use crate::render::Palette;
use crate::rule::Rule;
use crate::rules::RULES;

/// A rule for other programs.
#[derive(Serialize)]
struct Description {
    name: &'static str,
    level: &'static str,
    fix: &'static str,
    since: &'static str,
    group: &'static str,
    summary: String,
    url: &'static str,
}

/// The same with its page.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    description: Description,
    page: String,
}

impl Description {
    fn new(rule: &Rule) -> Description {
        let meta = rule.meta();
        Description {
            name: rule.name,
            level: meta.level.name(),
            fix: meta.fix,
            since: meta.since,
            group: meta.group,
            summary: rule.summary_line(),
            url: meta.docs,
        }
    }
}

/// All rules for other programs.
pub fn list_json() -> serde_json::Result<String> {
    let rules: Vec<Description> = RULES.iter().map(|rule| Description::new(rule)).collect();
    serde_json::to_string_pretty(&rules)
}

/// One rule with its page, for other programs.
pub fn json(rule: &Rule) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Page { description: Description::new(rule), page: rule.markdown() })
}

/// All rules, a line each, in columns.
pub fn list(palette: &Palette) -> String {
    let width = |cell: fn(&Rule) -> &'static str| RULES.iter().map(|rule| cell(rule).len()).max().unwrap_or(0);
    let names = width(|rule| rule.name);
    let levels = width(|rule| rule.meta().level.name());
    let fixes = width(Rule::fix_words);
    let (strong, quiet) = (palette.strong, palette.quiet);
    let mut out = String::new();
    for rule in RULES {
        let (name, level, fix) = (rule.name, rule.meta().level.name(), rule.fix_words());
        let cells = format!("{strong}{name:names$}{strong:#}  {level:levels$}  {quiet}{fix:fixes$}{quiet:#}");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{cells}  {}", rule.summary_line());
    }
    out
}

/// The page for a terminal, its prose wrapped at the width.
pub fn text(rule: &Rule, width: usize, palette: &Palette) -> String {
    let page = rule.markdown();
    let mut out = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                let _ = writeln!(out, "{}", format!("    {code}").trim_end());
            }
        } else if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            let strong = palette.strong;
            let _ = writeln!(out, "{strong}{title}{strong:#}");
        } else if line.trim().is_empty() || line.starts_with('|') {
            let _ = writeln!(out, "{line}");
        } else {
            let mut prose = line.to_string();
            while let Some(more) = lines.next_if(|line| goes_on(line)) {
                prose.push(' ');
                prose.push_str(more.trim());
            }
            let (mark, prose) = split_mark(&prose);
            wrap(&mut out, mark, &words(&spell_out_links(prose), palette), width);
        }
    }
    out
}

/// Whether a line belongs to the paragraph or list item above it.
fn goes_on(line: &str) -> bool {
    let is_block = line.starts_with("```") || line.starts_with('#') || line.starts_with('|');
    !line.trim().is_empty() && !is_block && split_mark(line).0.is_empty()
}

/// The mark of a list item, and the rest.
fn split_mark(line: &str) -> (&str, &str) {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match rest.get(digits..digits + 2) {
        Some(". ") if digits > 0 => digits + 2,
        Some("- " | "* ") if digits == 0 => 2,
        _ => return ("", rest),
    };
    line.split_at(indent + mark)
}

/// A word as it is written, colours included, and how much room it takes.
struct Word {
    text: String,
    width: usize,
}

/// Splits prose at its spaces and turns its marks into colours. Without colours code keeps its backticks.
fn words(prose: &str, palette: &Palette) -> Vec<Word> {
    let has_colours = palette.code != Style::new();
    let (mut is_code, mut is_strong) = (false, false);
    let mut words = Vec::new();
    for part in prose.split_whitespace() {
        let mut word = Word { text: String::new(), width: 0 };
        let mut style = Style::new();
        let mut rest = part;
        while let Some(c) = rest.chars().next() {
            let mut shown = Some(c);
            if c == '`' {
                is_code = !is_code;
                shown = shown.filter(|_| !has_colours);
            } else if !is_code && rest.starts_with("**") {
                is_strong = !is_strong;
                shown = None;
                rest = &rest[1..];
            }
            rest = &rest[c.len_utf8()..];
            let wanted = match (is_code, is_strong) {
                (true, _) => palette.code,
                (_, true) => palette.strong,
                _ => Style::new(),
            };
            if wanted != style {
                let _ = write!(word.text, "{style:#}{wanted}");
                style = wanted;
            }
            word.text.extend(shown);
            word.width += usize::from(shown.is_some());
        }
        let _ = write!(word.text, "{style:#}");
        words.push(word);
    }
    words
}

/// `[text](address)` as a terminal shows it.
fn spell_out_links(prose: &str) -> String {
    let mut out = String::new();
    let mut rest = prose;
    while let Some((before, after)) = rest.split_once("](") {
        let (Some(open), Some(close)) = (before.rfind('['), after.find(')')) else { break };
        let _ = write!(out, "{}{} ({})", &before[..open], &before[open + 1..], &after[..close]);
        rest = &after[close + 1..];
    }
    out + rest
}

fn wrap(out: &mut String, mark: &str, words: &[Word], width: usize) {
    out.push_str(mark);
    let indent = mark.chars().count();
    let mut column = indent;
    for (index, word) in words.iter().enumerate() {
        if index > 0 && column + 1 + word.width > width {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word.text);
        column += word.width;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    static RULE: Rule = Rule::new("no-such-thing", PAGE, &[], &[]);

    const PAGE: &str = "\
# no-such-thing

`async def __aiter__` hands `async for` a coroutine
instead of an iterator.

```toml
severity = \"error\"
fix = \"safe\"
since = \"0.1.0\"
group = \"protocol\"
docs = \"https://docs.python.org/3/\"
```

## Why
**Python** does not `await` it, see [the manual](https://x.org/).

- one thing
  and more
1. another

```py
class A:

    x = 1  # error
```

```fixed
x = 2
```

## More cases
for the tests
";

    #[test]
    fn a_page_is_set_in_the_terminal() {
        let expected = "\
no-such-thing

`async def __aiter__` hands `async for`
a coroutine instead of an iterator.

error, safe fix, since 0.1.0.

Documentation:
https://docs.python.org/3/

Why
Python does not `await` it, see the
manual (https://x.org/).

- one thing and more
1. another

    class A:

        x = 1  # error

Fixed:

    x = 2
";
        let plain = text(&RULE, 40, &Palette::default());
        assert_eq!(plain, expected, "\n{plain}");
        let coloured = text(&RULE, 40, &Palette::coloured());
        assert!(coloured.contains("\u{1b}[1mWhy\u{1b}[0m\n"), "{coloured:?}");
        assert!(!coloured.contains("`await`"), "{coloured:?}");
    }

    #[test]
    fn every_page_that_there_is_can_be_shown() {
        for rule in RULES {
            for line in text(rule, 60, &Palette::default()).lines() {
                let is_prose = !line.starts_with(' ') && !line.starts_with('|') && line.contains(' ');
                let has_long_word = line.split(' ').any(|word| word.len() > 40);
                assert!(!is_prose || has_long_word || line.chars().count() <= 60, "{}: {line}", rule.name);
            }
        }
    }

    #[test]
    fn json_has_the_page_and_the_facts() {
        let value: serde_json::Value = serde_json::from_str(&json(&RULE).unwrap()).unwrap();
        assert_eq!(value["name"], "no-such-thing");
        assert_eq!(value["summary"], "`async def __aiter__` hands `async for` a coroutine instead of an iterator.");
        let page = value["page"].as_str().unwrap();
        assert!(page.contains("Fixed:\n\n```py\nx = 2"), "{page}");
        assert!(!page.contains("More cases") && !page.contains("toml"), "{page}");
    }
}
