//! Pages of the rules, broken at random: whatever the text, there is a report, soon, and fixes come to an end.
//!
//! The same mutations in every run. `MUTATIONS` asks for more than the few hundred of every day, `MUTATIONS_SEED` for
//! others. A failure shows the text, to be kept as a test of its own.

use std::path::Path;
use std::time::{Duration, Instant};

use aiterlint::check::check;
use aiterlint::config::Config;
use aiterlint::fix::fix;
use aiterlint::notebook::Notebook;
use aiterlint::project::Project;
use aiterlint::syntax::damage;
use aiterlint::text::Source;

/// What breaks code in ways that a random byte does not: brackets, blocks, comments that we read, words that rules know.
const PIECES: [&str; 32] = [
    "(",
    ")",
    "[",
    "{",
    "'",
    "\"\"\"",
    "f'{",
    "\\\n",
    "\n",
    "\r",
    "\n    ",
    "\t",
    "#",
    ":",
    ";",
    "\0",
    "é",
    "\u{feff}",
    "  # aiterlint: ignore",
    "  # aiterlint: ignore[",
    "  # aiterlint: ignore[aiter-two-args]: why",
    "# aiterlint: ignore-file[all]\n",
    "async ",
    "await ",
    "yield ",
    "yield from ",
    "async for x in y:\n",
    "async with a() as b, ",
    "aiter(",
    "def __aiter__(self): return self\n",
    "class A(A):\n",
    "@asynccontextmanager\n",
];

/// xorshift64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// Between two characters of the text.
    fn place(&mut self, text: &str) -> usize {
        let place = self.below(text.len() + 1);
        (place..=text.len()).find(|&place| text.is_char_boundary(place)).unwrap()
    }

    fn mutated(&mut self, text: &str, others: &[String]) -> String {
        let mut text = text.to_string();
        for _ in 0..=self.below(6) {
            let (one, two) = (self.place(&text), self.place(&text));
            let (start, end) = (one.min(two), one.max(two));
            let near = (start..=end.min(start + 20)).rev().find(|&end| text.is_char_boundary(end)).unwrap();
            match self.below(6) {
                0 => text.replace_range(start..near, ""),
                1 => {
                    let doubled = text[start..end].to_string();
                    text.insert_str(start, &doubled);
                }
                2 => text.truncate(end),
                3 => {
                    let other = &others[self.below(others.len())];
                    let from = self.place(other);
                    text.insert_str(start, &other[from..]);
                }
                _ => text.insert_str(start, PIECES[self.below(PIECES.len())]),
            }
            if text.len() > 50_000 {
                let end = (0..50_000).rev().find(|&end| text.is_char_boundary(end)).unwrap();
                text.truncate(end);
            }
        }
        text
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |number| number.parse().unwrap())
}

fn code_of_pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    let code = |page: String| -> Vec<String> {
        page.split("\n```").skip(1).step_by(2).filter_map(|block| Some(block.split_once('\n')?.1.to_string())).collect()
    };
    pages.iter().flat_map(|path| code(std::fs::read_to_string(path).unwrap())).collect()
}

/// Says which text it was, when something panics with it.
struct Shown<'a>(&'a str);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("with this text:\n{:?}", self.0);
        }
    }
}

#[test]
fn whatever_the_text_there_is_a_report_and_fixes_end() {
    let corpus = code_of_pages();
    assert!(corpus.len() > 50, "{} pieces of code", corpus.len());
    let mut random = Random(number("MUTATIONS_SEED", 0x9E37_79B9_7F4A_7C15));
    let (project, every) = (Project::alone(), Config { extend_select: vec!["all".to_string()], ..Config::default() });
    for _ in 0..number("MUTATIONS", 300) {
        let page = &corpus[random.below(corpus.len())];
        let text = random.mutated(page, &corpus);
        let _shown = Shown(&text);
        let source = Source::new("mutated.py", text.as_str());
        let start = Instant::now();
        let report = check(&source, &project, &every);
        // A debug build on a machine with other work to do; what hangs takes minutes.
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        for found in &report.diagnostics {
            let end = found.span.end as usize;
            assert!(text.is_char_boundary(found.span.start as usize) && text.is_char_boundary(end), "{found:?}");
        }
        let fixed = fix(&source, &project, &every, true);
        // In a text that is no Python a word may be put where the parser leaves it out again.
        if damage(&text) == 0 {
            assert_eq!(fix(&fixed.source, &project, &every, true).applied, 0, "{}", fixed.source.text);
        }
    }
}

/// Found by them: `aiter` round what gives no iterator asked for another `aiter` round that, in every round.
#[test]
fn what_aiter_does_not_mend_gets_no_aiter() {
    let text = "\
class Ticks:
    def __aiter__(self):
        return Ticks()


async def tick():
    return await anext(Ticks())
";
    let fixed = fix(&Source::new("ticks.py", text), &Project::alone(), &Config::default(), true);
    assert_eq!((fixed.applied, &*fixed.source.text), (0, text));
}

#[test]
fn whatever_the_notebook_it_is_read_or_refused() {
    let corpus = code_of_pages();
    let mut random = Random(number("MUTATIONS_SEED", 0x2545_F491_4F6C_DD1D));
    for _ in 0..number("MUTATIONS", 300) {
        let lines: Vec<&str> = corpus[random.below(corpus.len())].split_inclusive('\n').collect();
        let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": lines});
        let notebook = serde_json::json!({"cells": [cell, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
        let text = random.mutated(&notebook.to_string(), &corpus);
        let _shown = Shown(&text);
        if let Ok(notebook) = Notebook::read(&text) {
            check(&Source::new("mutated.ipynb", notebook.text()), &Project::alone(), &Config::default());
        }
    }
}
