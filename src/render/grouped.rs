//! The findings of each file under its name.

use std::io::{self, Write};

use super::{Checked, Palette, rule_name};
use crate::fix::is_wanted;

pub fn write(files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let (strong, quiet) = (palette.strong, palette.quiet);
    let spoken = files.iter().filter(|file| !file.report.diagnostics.is_empty());
    for (number, Checked { source, report }) in spoken.enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{strong}{}{strong:#}", source.shown())?;
        let place = |start| {
            let place = source.place(start);
            format!("{}:{}", place.line, place.column)
        };
        let places: Vec<String> = report.diagnostics.iter().map(|found| place(found.span.start)).collect();
        let width = places.iter().map(String::len).max().unwrap_or(0);
        for (found, place) in report.diagnostics.iter().zip(places) {
            let style = palette.severity(found.severity);
            write!(out, "  {quiet}{place:width$}{quiet:#}  ")?;
            write!(out, "{style}{}[{}]{style:#} {}", found.severity.name(), rule_name(found.rule, palette), {
                &found.message
            })?;
            let is_fixable = found.fix.as_ref().is_some_and(|fix| is_wanted(fix, false));
            writeln!(out, "{}", if is_fixable { " [*]" } else { "" })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn each_file_has_a_headline() {
        let mut out = Vec::new();
        write(&[sample::story(), sample::silent(), sample::elsewhere()], &Palette::default(), &mut out).unwrap();
        let expected = "src/a.py\n  3:17  error[reuse-exhausted] `gen` has nothing left [*]\n\n\
                        src/b.py\n  2:7  info[some-rule] this cannot be awaited\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
