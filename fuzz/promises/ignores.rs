//! Whatever stands in a comment, no finding is lost by it: each one speaks or is silenced, and nothing is added but
//! what there is to say about the comment itself.

use aiterlint::check::check;
use aiterlint::diagnostic::Diagnostic;
use aiterlint::fix::fix;
use aiterlint::project::Project;
use aiterlint::suppress::is_about_comments;
use aiterlint::text::Source;

use super::every_rule;
use super::mutations::{Dice, mutated as mutated_text};

/// Lines of which most have a finding, so that a comment has something to silence.
const LINES: [&str; 9] = [
    "class Ticks:",
    "    async def __aiter__(self):",
    "        return self",
    "    async def __anext__(self):",
    "        raise StopAsyncIteration",
    "async def main(feed):",
    "    aiter(feed, 1)",
    "    async for x in aiter(Ticks()):",
    "        yield from feed",
];

/// What comments are made of.
const PIECES: [&str; 18] = [
    "# aiterlint: ignore",
    "# aiterlint: ignore[",
    "# aiterlint: off",
    "# aiterlint: off[",
    "# aiterlint: on",
    "# aiterlint: on[",
    "# aiterlint: ignore-file",
    "# aiterlint: ignore-file[",
    "# noqa",
    "# noqa: ",
    "]",
    ",",
    ": why",
    "aiter-is-coroutine",
    "aiter-two-args",
    "unused-ignore",
    "unknown-rule",
    "all",
];

/// Each line of the input is a comment behind the line of code with its number.
pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut text = super::text(input).into_owned();
    for _ in 0..=dice.below(4) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (place, piece) = (*dice.pick(&places), *dice.pick(&PIECES));
        text.insert_str(place, piece);
        if dice.below(3) == 0 {
            text.push('\n');
        }
    }
    match dice.below(4) {
        0 => mutated_text(&text, dice).into_bytes(),
        _ => text.into_bytes(),
    }
}

pub fn holds(input: &[u8]) {
    // With a NUL in it no text is Python, and no comment is one.
    let text = super::text(input).replace('\0', "");
    let mut comments = text.split(['\n', '\r']);
    let commented = LINES.map(|line| format!("{line}  # {}\n", comments.next().unwrap_or_default())).concat();
    let (source, project, every) = (Source::new("fuzzed.py", commented), Project::alone(), every_rule());
    let report = check(&source, &project, &every);
    let silenced = report.suppressed.iter().map(|silenced| &silenced.diagnostic);
    let mut found = places(&source, report.diagnostics.iter().chain(silenced));
    found.sort();
    let plain = Source::new("plain.py", LINES.map(|line| format!("{line}\n")).concat());
    let expected = places(&plain, check(&plain, &project, &every).diagnostics.iter());
    assert_eq!(found, expected, "in\n{}", source.text);
    let fixed = fix(&source, &project, &every, false);
    let again = fix(&fixed.source, &project, &every, false);
    assert_eq!((again.applied, &again.source.text), (0, &fixed.source.text));
}

/// Where findings stand, those about comments left out.
fn places<'a>(source: &Source, found: impl Iterator<Item = &'a Diagnostic>) -> Vec<(u32, u32, &'static str)> {
    let found = found.filter(|found| !is_about_comments(found.rule));
    let place = |found: &Diagnostic| {
        let place = source.place(found.span.start);
        (place.line, place.column, found.rule)
    };
    found.map(place).collect()
}
