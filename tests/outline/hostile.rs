//! Files no one would write: the outline must not panic, must not take more than linear time, and must stay consistent.

use std::path::Path;
use std::time::{Duration, Instant};

use aiterlint::syntax::outline::{Outline, StatementId, StatementKind};

/// Megabytes of each hostile input; `OUTLINE_MEGABYTES` asks for more.
fn size() -> usize {
    let megabytes = std::env::var("OUTLINE_MEGABYTES").map_or(1, |size| size.parse().unwrap());
    megabytes * 1_000_000
}

#[test]
fn linear_time() {
    let size = size();
    let repeated = |unit: &str| unit.repeat(size / unit.len());
    let between = |begin: &str, unit: &str, end: &str| format!("{begin}{}{end}", repeated(unit));
    let staircase = |line: &str| {
        let depth = (size as f64 * 2.0).sqrt() as usize;
        (0..depth).map(|depth| format!("{}{line}\n", " ".repeat(depth))).collect::<String>()
    };
    let inputs = [
        ("nothing but one word", repeated("a")),
        ("spaces", repeated(" ")),
        ("tabs", repeated("\t")),
        ("line breaks", repeated("\n")),
        ("carriage returns", repeated("\r")),
        ("form feeds", repeated("\x0c")),
        ("NULs", repeated("\0")),
        ("backslashes", repeated("\\")),
        ("continued lines", repeated("\\\n")),
        ("continued statement", repeated("a \\\n")),
        ("curly", repeated("{")),
        ("round", repeated("(")),
        ("opened and closed", repeated("(") + &repeated(")")),
        ("closing", repeated(")")),
        ("alternating", repeated("([{")),
        ("unclosed quote", between("'", "a b ", "")),
        ("unclosed quotes", repeated("'a\n")),
        ("unclosed triple quote", between("\"\"\"", "a\n'b' ", "")),
        ("triple quote of quotes", between("'''", "'' ", "")),
        ("triple quote of backslashes", between("'''", "\\", "")),
        ("quotes", repeated("'")),
        ("double quotes", repeated("\"")),
        ("formatted", repeated("f'")),
        ("nested formatted", repeated("f'{")),
        ("nested formatted triple", repeated("f'''{")),
        ("nested specs", between("f'", "{a:", "")),
        ("fields", between("x = f'", "{a}", "'")),
        ("fields with walruses", between("x = f'", "{(a:=1)}", "'")),
        ("names escaped", between("f'", "\\N{", "'")),
        ("semicolons", repeated(";")),
        ("statements on a line", repeated("a;")),
        ("assignments on a line", repeated("a=b=")),
        ("walruses on a line", repeated("(a:=1);")),
        ("nested walruses", repeated("(a:=")),
        ("lambdas", between("x = ", "lambda:", "0")),
        ("nested lambdas", between("x = ", "lambda a=", "(b:=0)")),
        ("targets", between("(", "a,", ") = x")),
        ("nested targets", repeated("(a,") + &repeated(")") + "= x"),
        ("subscripts", between("x", "[a]", " = x")),
        ("groups that go on", repeated("(a,") + &repeated(").b") + "= x"),
        ("with", between("with (", "a as (b, c),", "): pass")),
        ("import", between("from a import (", "b as c,", ")")),
        ("dots", between("from ", ".", " import a")),
        ("decorators", repeated("@a\n")),
        ("globals", repeated("global a; ")),
        ("lines of globals", between("def f():\n", " global a\n", "")),
        ("a long line with globals", between("def f():\n ", "x(global_);", "")),
        ("classes", repeated("class A:\n x = 1\n")),
        ("nested classes", staircase("class A:")),
        ("nested ifs", staircase("if a:")),
        ("stairs", staircase("a")),
        ("nested functions", staircase("def f():")),
        ("one-line classes", repeated("class A: a\n")),
        ("elses", between("if a: b\n", "else: b\n", "")),
        ("cases", between("match a:\n", " case b: c\n", "")),
        ("comments", repeated("#\n")),
        ("indented comments", repeated("   #\n")),
        ("blanks behind", between("class A:\n class B:\n  x = 1", " ", "\nz")),
        ("beyond ASCII", repeated("é'ß")),
        ("bad dedents", repeated("if a:\n    b\n  c\n")),
    ];
    // A debug build reads some ten megabytes a second, on a machine with other work to do.
    let limit = Duration::from_millis(4000).mul_f64(size as f64 / 1e6);
    for (name, text) in inputs {
        let start = Instant::now();
        let outline = Outline::read(&text);
        let time = start.elapsed();
        if size > 1_000_000 {
            eprintln!("{name}: {time:.0?}, {} statements, lost {:?}", outline.statements.len(), outline.lost);
        }
        assert!(time < limit, "{name} took {time:?}");
        consistent(&text, &outline);
    }
}

/// Random edits of real files: bytes removed, doubled, replaced, and pieces of syntax put in.
#[test]
fn random_edits() {
    let folder = std::env::var_os("OUTLINE_MUTATE")
        .map_or_else(|| super::standard_library("python3").join("asyncio"), std::path::PathBuf::from);
    let rounds = std::env::var("OUTLINE_ROUNDS").map_or(50, |rounds| rounds.parse().unwrap());
    let write_to = std::env::var("OUTLINE_WRITE").ok();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut done = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for _ in 0..rounds {
            let edited = edit(&text, &mut random);
            let start = Instant::now();
            let outline = Outline::read(&edited);
            assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
            consistent(&edited, &outline);
            if let Some(folder) = &write_to {
                std::fs::write(Path::new(folder).join(format!("{done}.py")), &edited).unwrap();
            }
            done += 1;
        }
    }
    eprintln!("{done} edited files");
    assert!(done > 0);
}

const PIECES: [&str; 62] = [
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "f'",
    "f\"",
    "rf'''",
    "t\"",
    "b'",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\\",
    "\\\n",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "    ",
    "\x0c",
    "#",
    "# x\n",
    ":",
    ":=",
    "=",
    "+=",
    ",",
    ";",
    "; ",
    "@",
    "*",
    ".",
    "lambda",
    "lambda x: ",
    "as ",
    "in ",
    "for x in ",
    "import ",
    "from ",
    "class A:",
    "class A: x",
    "def f(): ",
    "async ",
    "match ",
    "case ",
    "type X = ",
    "global a\n",
    "del ",
    "with ",
    "else:",
    "except ",
    "if x: ",
    "(y := 1)",
    "\0",
    "é",
    "0",
    "x",
    "\u{feff}",
];

fn edit(text: &str, random: &mut Random) -> String {
    // From a random line on, so that big files do not take all the time.
    let mut text = text.to_owned();
    if text.len() > 4000 {
        let middle = random.below(text.len() - 3000);
        let start =
            text.as_bytes()[middle..].iter().position(|byte| *byte == b'\n').map_or(0, |found| middle + found + 1);
        text = text.split_off(start);
        let end = (2000..text.len()).find(|end| text.as_bytes()[end - 1] == b'\n').unwrap_or(text.len());
        text.truncate(end);
    }
    for _ in 0..=random.below(4) {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let Some(&place) = places.get(random.below(places.len().max(1))) else { break };
        match random.below(4) {
            0 => drop(text.remove(place)),
            1 => {
                let end = places[random.below(places.len())].clamp(place, (place + 200).min(text.len()));
                if text.is_char_boundary(end) {
                    text.replace_range(place..end, "");
                }
            }
            _ => text.insert_str(place, PIECES[random.below(PIECES.len())]),
        }
    }
    text
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Spans in order and nested as `parent` and `next` say, names within their statements and in reading order.
fn consistent(text: &str, outline: &Outline) {
    if outline.statements.iter().any(|one| one.kind == StatementKind::Whole) {
        assert!(outline.lost.is_some() && outline.names.is_empty());
        assert!(matches!(&outline.statements[..], [one] if one.opaque));
    }
    let mut names = 0;
    let mut open: Vec<StatementId> = Vec::new();
    let mut last_end = 0;
    for (index, statement) in outline.statements.iter().enumerate() {
        let id = StatementId(index as u32);
        while let Some(&parent) = open.last()
            && outline.statement(parent).next <= id.0
        {
            open.pop();
            last_end = outline.statement(parent).span.end;
        }
        assert_eq!(statement.parent, open.last().copied());
        assert!(last_end <= statement.span.start && statement.span.start < statement.span.end || text.is_empty());
        assert!(statement.header.start == statement.span.start && statement.header.end <= statement.span.end);
        if let Some(parent) = statement.parent {
            assert!(outline.statement(parent).header.end <= statement.span.start);
            assert!(outline.statement(parent).span.end >= statement.span.end);
        }
        let shown = statement.span.text(text);
        assert!(statement.kind == StatementKind::Whole || shown == shown.trim_matches([' ', '\t', '\n', '\r', '\x0c']));
        assert_eq!(statement.bound.0, names);
        names = statement.bound.1;
        let mut place = statement.span.start;
        for bound in outline.bound(id) {
            let fits = bound.statement == id && bound.name.start >= place && bound.name.end <= statement.span.end;
            assert!(fits, "{bound:?} of {statement:?} {:?}", statement.span.text(text));
            assert!(!bound.name.text(text).is_empty());
            // In code that Python rejects a word can be bound twice: `import (a := 1)`.
            place = bound.name.start;
        }
        last_end = statement.span.start;
        if statement.next > id.0 + 1 {
            open.push(id);
        } else {
            last_end = statement.span.end;
        }
    }
    assert_eq!(names as usize, outline.names.len());
    for spans in [&outline.comments, &outline.globals] {
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert!(spans.iter().all(|span| !span.text(text).is_empty()));
    }
}
