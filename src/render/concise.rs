//! One line a finding, for `grep` and for editors that jump to `path:line:column`.

use std::io::{self, Write};

use super::{Checked, Palette, rule_name};
use crate::fix::is_wanted;

pub fn write(files: &[Checked], palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let quiet = palette.quiet;
    for Checked { source, report } in files {
        for diagnostic in &report.diagnostics {
            let place = source.place(diagnostic.span.start);
            write!(out, "{quiet}{}:{}:{}:{quiet:#} ", source.shown(), place.line, place.column)?;
            let style = palette.severity(diagnostic.severity);
            let (severity, rule) = (diagnostic.severity.name(), rule_name(diagnostic.rule, palette));
            write!(out, "{style}{severity}[{rule}]{style:#} {}", diagnostic.message)?;
            let is_fixable = diagnostic.fix.as_ref().is_some_and(|fix| is_wanted(fix, false));
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
    fn one_line_a_finding() {
        let mut out = Vec::new();
        write(&[sample::story(), sample::elsewhere()], &Palette::default(), &mut out).unwrap();
        let expected = "src/a.py:3:17: error[reuse-exhausted] `gen` has nothing left [*]\n\
                        src/b.py:2:7: info[some-rule] this cannot be awaited\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
