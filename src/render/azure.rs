//! Commands to an Azure Pipelines job, which lists the findings under its errors and warnings.

use std::io::{self, Write};

use super::{Checked, repository, story};
use crate::diagnostic::Severity;

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    for Checked { source, report } in files {
        let path = value(&repository::path(&source.path));
        for found in &report.diagnostics {
            // There are no other kinds.
            let kind = if found.severity == Severity::Error { "error" } else { "warning" };
            let place = source.place(found.span.start);
            write!(out, "##vso[task.logissue type={kind};sourcepath={path};linenumber={};", place.line)?;
            let message = text(&story(source, found));
            writeln!(out, "columnnumber={};code={};]{message}", place.column, value(found.rule))?;
        }
    }
    Ok(())
}

fn text(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn value(value: &str) -> String {
    text(value).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn one_command_a_finding() {
        let mut out = Vec::new();
        write(&[sample::elsewhere()], &mut out).unwrap();
        let expected = "##vso[task.logissue type=warning;sourcepath=src/b.py;linenumber=2;columnnumber=7;\
                        code=some-rule;]this cannot be awaited%0Asrc/feed.py:2: an async generator function\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(value("a;b]%"), "a%3Bb%5D%AZP25");
    }
}
