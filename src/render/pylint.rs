//! A line a finding in pylint's old form, which many viewers of build logs read.

use std::io::{self, Write};

use super::{Checked, repository};

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    for Checked { source, report } in files {
        let path = repository::path(&source.path);
        for found in &report.diagnostics {
            writeln!(out, "{path}:{}: [{}] {}", source.place(found.span.start).line, found.rule, found.message)?;
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
        write(&[sample::story()], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "src/a.py:3: [reuse-exhausted] `gen` has nothing left\n");
    }
}
