//! What the quick parser reads, the grammar reads the same: every statement, every header of a class, every whole file.

use std::path::Path;

use aiterlint::syntax::{Outline, StatementKind, Tree};
use aiterlint::text::Span;
use rayon::prelude::*;

use crate::code::library;

/// How much was read, in bytes.
#[derive(Default)]
struct Read {
    quickly: u64,
    in_all: u64,
}

#[test]
fn the_quick_parser_reads_what_the_grammar_reads() {
    let Some(files) = library() else { return };
    let read = files.par_iter().map(|path| compare(path));
    let read = read.reduce(Read::default, |a, b| Read { quickly: a.quickly + b.quickly, in_all: a.in_all + b.in_all });
    // What it leaves to the grammar is right as well, but slow.
    let share = read.quickly as f64 / read.in_all as f64;
    assert!(share > 0.9, "only {share:.2} of the library is read quickly");
}

fn compare(path: &Path) -> Read {
    let mut read = Read::default();
    let Ok(text) = std::fs::read_to_string(path) else { return read };
    let outline = Outline::read(&text);
    let statements = outline.statements.iter();
    let mut stretches: Vec<Span> = statements
        .map(|statement| if statement.kind == StatementKind::Class { statement.header } else { statement.span })
        .collect();
    stretches.push(Span::new(0, text.len() as u32));
    for stretch in stretches {
        read.in_all += u64::from(stretch.len());
        let Some(quick) = Tree::parse_quickly(&text, stretch) else { continue };
        read.quickly += u64::from(stretch.len());
        let grammar = Tree::parse_by_grammar(&text, stretch);
        if let Some(at) = quick.all().find(|&row| grammar.rows.get(row.0 as usize) != Some(&quick[row])) {
            let (span, line) = (quick[at].span, stretch.text(&text).lines().next());
            panic!("{}: {line:?} reads differently at {:?}", path.display(), span.text(&text));
        }
        assert_eq!(quick.rows.len(), grammar.rows.len(), "{}", path.display());
    }
    read
}
