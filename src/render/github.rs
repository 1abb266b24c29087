//! Commands to a GitHub Actions job, which shows the findings beside the changed code.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Checked, repository, story};
use crate::diagnostic::Severity;

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    for Checked { source, report } in files {
        let path = repository::path(&source.path);
        for found in &report.diagnostics {
            let command = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            let (start, end) = (source.place(found.span.start), source.place(found.span.end));
            let mut place = format!("file={},line={},endLine={}", value(&path), start.line, end.line);
            if start.line == end.line {
                // Of a finding over several lines GitHub wants to know no columns.
                // Writing to a String cannot fail.
                let _ = write!(place, ",col={},endColumn={}", start.column, end.column);
            }
            // The job's log shows the message alone, so it says once more where.
            let said = format!("{path}:{}:{}: {}[{}] ", start.line, start.column, found.severity.name(), found.rule);
            let message = text(&(said + &story(source, found)));
            writeln!(out, "::{command} title=aiterlint {},{place}::{message}", value(found.rule))?;
        }
    }
    Ok(())
}

fn text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn value(value: &str) -> String {
    text(value).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn one_command_a_finding() {
        let mut out = Vec::new();
        write(&[sample::story(), sample::elsewhere()], &mut out).unwrap();
        let expected = "::error title=aiterlint reuse-exhausted,file=src/a.py,line=3,endLine=3,col=17,endColumn=20::\
                        src/a.py:3:17: error[reuse-exhausted] `gen` has nothing left%0Aline 1: made here%0Aline 2: \
                        used up here%0Aused again here%0Ahelp: an async generator gives its items once\n\
                        ::notice title=aiterlint some-rule,file=src/b.py,line=2,endLine=2,col=7,endColumn=13::\
                        src/b.py:2:7: info[some-rule] this cannot be awaited%0Asrc/feed.py:2: an async generator \
                        function\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn signs_of_the_command_are_spelt_out() {
        assert_eq!(text("50%\r\n::x"), "50%25%0D%0A::x");
        assert_eq!(value("a:b,c"), "a%3Ab%2Cc");
    }
}
