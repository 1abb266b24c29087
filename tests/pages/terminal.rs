//! What the terminal shows for the example stands in the page, written by `BLESS=1`.

use aiterlint::text::Source;

use crate::findings;
use crate::fixes::first_difference;
use crate::linter::Linter;
use crate::outcome::Outcome;
use crate::page::{MAIN, Page};

/// What a reader sees the example called.
const NAME: &str = "example.py";

/// Compares, or with `bless` gives the page's new text when it changes.
pub fn shown(page: &Page, linter: &dyn Linter) -> Outcome {
    let shown = output(page, linter);
    let Some(block) = &page.terminal else {
        let message = "the ```text block that shows the terminal is missing: `BLESS=1 cargo test` writes it";
        return Err(page.at(page.example_ends, message).into());
    };
    match first_difference(&block.text(), &shown) {
        None => Ok(()),
        Some((line, message)) => {
            let hint = format!("{message}\n`BLESS=1 cargo test` writes what the terminal shows now:\n{shown}");
            Err(page.at(block.line(line), hint).into())
        }
    }
}

/// The page's text with what the terminal shows now; None when it is there already.
pub fn blessed(page: &Page, text: &str, linter: &dyn Linter) -> Option<String> {
    let shown = output(page, linter);
    if page.terminal.as_ref().is_some_and(|block| block.text() == shown) {
        return None;
    }
    // A fence longer than any in the output.
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    let block = format!("{fence}text\n{shown}{fence}");
    let lines: Vec<&str> = text.lines().collect();
    let (before, block, after) = match &page.terminal {
        Some(old) => (&lines[..old.fence - 1], block, &lines[old.end()..]),
        None => (&lines[..page.example_ends], format!("\n{block}"), &lines[page.example_ends..]),
    };
    let text = before.iter().copied().chain([block.as_str()]).chain(after.iter().copied());
    Some(text.map(|line| format!("{line}\n")).collect())
}

/// No line ends with spaces: editors and git would take them away.
fn output(page: &Page, linter: &dyn Linter) -> String {
    let case = page.example();
    let found = findings::of_case(page, case, linter);
    let mut text = String::new();
    for (module, found) in case.modules.iter().zip(found) {
        let file = if module.file == MAIN { NAME } else { &module.file };
        text.push_str(&linter.render(&Source::new(file, module.text.as_str()), &found));
    }
    text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
