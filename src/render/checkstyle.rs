//! Checkstyle's XML, which most build servers read.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesDecl;

use super::{Checked, repository, story};

pub fn write(files: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(quick_xml::events::Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("checkstyle").with_attribute(("version", "4.3")).write_inner_content(|xml| {
        files.iter().filter(|file| !file.report.diagnostics.is_empty()).try_for_each(|file| write_file(file, xml))
    })?;
    out.write_all(&xml.into_inner())?;
    out.write_all(b"\n")
}

fn write_file(Checked { source, report }: &Checked, xml: &mut Writer<Vec<u8>>) -> io::Result<()> {
    let path = legal(&repository::path(&source.path));
    xml.create_element("file").with_attribute(("name", path.as_str())).write_inner_content(|xml| {
        for found in &report.diagnostics {
            let place = source.place(found.span.start);
            let attributes = [
                ("line", place.line.to_string()),
                ("column", place.column.to_string()),
                ("severity", found.severity.name().to_string()),
                ("message", legal(&story(source, found))),
                ("source", format!("aiterlint.{}", found.rule)),
            ];
            let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
            xml.create_element("error").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Most control characters cannot stand in XML in any way.
fn legal(text: &str) -> String {
    let is_legal = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_legal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn each_file_is_an_element() {
        let mut file = sample::story();
        file.report.diagnostics[0].notes.clear();
        file.report.diagnostics[0].help = None;
        file.report.diagnostics[0].message = "`a < \"b\"` & \u{1b}more".to_string();
        let mut out = Vec::new();
        write(&[file, sample::silent()], &mut out).unwrap();
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="src/a.py">
    <error line="3" column="17" severity="error" message="`a &lt; &quot;b&quot;` &amp; more" source="aiterlint.reuse-exhausted"/>
  </file>
</checkstyle>
"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn no_findings_are_an_empty_report() {
        let mut out = Vec::new();
        write(&[], &mut out).unwrap();
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n</checkstyle>\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
