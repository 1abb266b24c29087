//! How often each rule speaks: for a first look at old code.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, Format, Palette, rule_name};
use crate::fix::is_wanted;
use crate::rules::by_name;

#[derive(Serialize)]
struct Count {
    rule: &'static str,
    count: usize,
    /// How many of them `--fix` mends.
    fixable: usize,
    summary: String,
}

/// Whether a format has a way to say it.
pub fn has_form(format: Format) -> bool {
    format.is_for_people() || matches!(format, Format::Json | Format::JsonLines)
}

pub fn write(format: Format, files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let counts = counts(files);
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &counts)?;
            writeln!(out)
        }
        Format::JsonLines => counts.iter().try_for_each(|count| {
            serde_json::to_writer(&mut *out, count)?;
            writeln!(out)
        }),
        _ => table(&counts, palette, out),
    }
}

/// The most frequent first.
fn counts(files: &[Checked]) -> Vec<Count> {
    let mut counts: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    for found in files.iter().flat_map(|file| &file.report.diagnostics) {
        let (count, fixable) = counts.entry(found.rule).or_default();
        *count += 1;
        *fixable += usize::from(found.fix.as_ref().is_some_and(|fix| is_wanted(fix, false)));
    }
    let summary = |rule| by_name(rule).map(|rule| rule.summary_line()).unwrap_or_default();
    let count = |(rule, (count, fixable))| Count { rule, count, fixable, summary: summary(rule) };
    let mut counts: Vec<Count> = counts.into_iter().map(count).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

fn table(counts: &[Count], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let numbers = counts.iter().map(|count| count.count.to_string().len()).max().unwrap_or(0);
    let names = counts.iter().map(|count| count.rule.len()).max().unwrap_or(0);
    let strong = palette.strong;
    for Count { rule, count, fixable, summary } in counts {
        let mark = if fixable > &0 { "[*]" } else { "   " };
        let (name, gap) = (rule_name(rule, palette), names - rule.len());
        writeln!(out, "{count:numbers$}  {strong}{name}{strong:#}{:gap$}  {mark}  {summary}", "")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_most_frequent_rule_comes_first() {
        let files = [sample::elsewhere(), sample::story(), sample::story(), sample::silent()];
        let mut out = Vec::new();
        write(Format::Full, &files, &Palette::default(), &mut out).unwrap();
        let table = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].starts_with("2  reuse-exhausted  [*]  "), "{table}");
        assert!(lines[1].starts_with("1  some-rule             "), "{table}");
    }
}
