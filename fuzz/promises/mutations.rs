//! Texts broken at random, in ways that a random byte does not: by brackets, blocks, comments that we read, words that
//! rules know, and pieces of the pages that describe the rules.

use std::path::Path;
use std::sync::OnceLock;

/// What is put into texts.
const PIECES: [&str; 56] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"\"\"",
    "f'{",
    "rb'''",
    "\\\n",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\x0c",
    "\n    ",
    "\n\t",
    "\t",
    "#",
    ":",
    ";",
    ",",
    "*",
    "**",
    "=",
    ":=",
    "->",
    "@",
    ".",
    "\0",
    "é",
    "𝄞",
    "\u{feff}",
    "\u{2028}",
    "  # noqa",
    "  # aiterlint: ignore",
    "  # aiterlint: ignore[",
    "  # aiterlint: ignore[aiter-two-args]: why",
    "# aiterlint: ignore-file[all]\n",
    "# aiterlint: off\n",
    "# aiterlint: on\n",
    "async ",
    "await ",
    "yield ",
    "yield from ",
    "lambda: ",
    "not ",
    "global x\n",
    "async for x in y:\n",
    "async with a() as b, ",
    "aiter(",
    "anext(",
    "def __aiter__(self): return self\n",
    "class A(A):\n",
    "@asynccontextmanager\n",
];

/// No mutation makes a text longer.
const LONGEST: usize = 20_000;

/// xorshift64: the same numbers everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        // Seeds that follow each other give numbers that do not, and no number is 0.
        Dice(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % end.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Between two characters of the text.
    fn place(&mut self, text: &str) -> usize {
        let place = self.below(text.len() + 1);
        (place..=text.len()).find(|&place| text.is_char_boundary(place)).unwrap_or(text.len())
    }
}

/// The code in the pages of the rules, right and wrong.
pub fn code_of_pages() -> &'static [String] {
    static CODE: OnceLock<Vec<String>> = OnceLock::new();
    CODE.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        // The fuzz targets are a package below the one that has the pages.
        let folder = [here.join("rules"), here.join("../rules")].into_iter().find(|folder| folder.is_dir());
        let entries = std::fs::read_dir(folder.expect("there are pages")).expect("the pages can be read");
        let mut pages: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
        pages.sort();
        let pages = pages.iter().map(|path| std::fs::read_to_string(path).expect("pages are UTF-8"));
        pages.flat_map(|page| blocks(&page)).collect()
    })
}

fn blocks(page: &str) -> Vec<String> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| Some(block.split_once('\n')?.1.to_string())).collect()
}

/// A text with some things changed.
pub fn mutated(text: &str, dice: &mut Dice) -> String {
    let mut text = text.to_string();
    for _ in 0..=dice.below(5) {
        mutate(&mut text, dice);
        cut(&mut text, LONGEST);
    }
    text
}

fn cut(text: &mut String, longest: usize) {
    let end = (0..=longest.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
}

fn mutate(text: &mut String, dice: &mut Dice) {
    let (one, two) = (dice.place(text), dice.place(text));
    let (start, end) = (one.min(two), one.max(two));
    let near = (start..=end.min(start + 20)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(start);
    match dice.below(12) {
        0 => text.replace_range(start..near, ""),
        1 => {
            let doubled = text[start..end].to_string();
            text.insert_str(start, &doubled);
        }
        2 if dice.below(4) == 0 => text.truncate(end),
        3 => {
            let code = dice.pick(code_of_pages());
            text.insert_str(start, code);
        }
        4 => lines(text, dice),
        5 | 6 => name(text, dice),
        7 => {
            let line = line_of_a_page(dice);
            let at = text[..start].rfind('\n').map_or(0, |at| at + 1);
            text.insert_str(at, &line);
        }
        8 => *text = dice.pick(code_of_pages()).clone() + text,
        _ => {
            let piece = *dice.pick(&PIECES);
            text.insert_str(start, piece);
        }
    }
}

/// Takes a line out, puts it elsewhere, or moves some lines to the left or the right.
fn lines(text: &mut String, dice: &mut Dice) {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_string).collect();
    if lines.is_empty() {
        return;
    }
    let (at, to) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(4) {
        0 => drop(lines.remove(at)),
        1 => lines.swap(at, to),
        2 => lines[at.min(to)..=at.max(to)].iter_mut().for_each(|line| line.insert_str(0, "    ")),
        _ => {
            for line in &mut lines[at.min(to)..=at.max(to)] {
                *line = line.strip_prefix("    ").unwrap_or(line).to_string();
            }
        }
    }
    *text = lines.concat();
}

/// Puts a name in the place of another: things that belong together are no longer, and others are now.
fn name(text: &mut String, dice: &mut Dice) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = dice.place(text);
    let Some(start) = text[start..].find(is_word).map(|at| start + at) else { return };
    let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |at| start + at);
    let page = if dice.below(2) == 0 { dice.pick(code_of_pages()).clone() } else { text.clone() };
    let words: Vec<&str> = page.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    if !words.is_empty() {
        let word = *dice.pick(&words);
        text.replace_range(start..end, word);
    }
}

fn line_of_a_page(dice: &mut Dice) -> String {
    let page = dice.pick(code_of_pages());
    let lines: Vec<&str> = page.split_inclusive('\n').collect();
    if lines.is_empty() { String::new() } else { dice.pick(&lines).to_string() }
}
