//! Notebooks (`.ipynb`): their code cells as one module, and a changed module back into them.
//!
//! A notebook is JSON. Of that only the `source` of code cells is looked at and ever replaced: every other byte, and
//! every line of a cell that stays, remains as it is, however the notebook is formatted. `cells` knows how cells become
//! a module and what a module says about cells; the editor, which has cells and no JSON, needs only that.

mod cells;

pub use cells::Cells;

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::text::Span;

#[derive(Debug)]
pub struct Notebook {
    text: String,
    cells: Cells,
    /// Where the JSON of each code cell's source is, in the order of the cells.
    sources: Vec<Range<usize>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    cells: Vec<Cell<'a>>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Cell<'a> {
    cell_type: String,
    #[serde(borrow)]
    source: &'a RawValue,
    #[serde(default)]
    metadata: CellMetadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    kernelspec: Language,
    language_info: Language,
}

/// A cell may be in another language than its notebook.
#[derive(Deserialize, Default)]
#[serde(default)]
struct CellMetadata {
    vscode: VsCode,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct VsCode {
    language_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Language {
    language: Option<String>,
    name: Option<String>,
}

impl Notebook {
    /// Reads a notebook. The error is the end of a sentence that begins with the file.
    pub fn read(text: &str) -> Result<Notebook, String> {
        let file: File = serde_json::from_str(text)
            .map_err(|error| format!("is no notebook: line {}, column {}", error.line(), error.column()))?;
        let is_python = |language: &Option<String>| language.as_deref().is_none_or(|name| name == "python");
        let Metadata { kernelspec, language_info } = &file.metadata;
        let mut codes = Vec::new();
        let mut sources = Vec::new();
        // A notebook in another language has no cells for us.
        if is_python(&kernelspec.language) && is_python(&language_info.name) {
            for (cell, number) in file.cells.iter().zip(1..) {
                if cell.cell_type != "code" || !is_python(&cell.metadata.vscode.language_id) {
                    continue;
                }
                let raw = cell.source.get();
                let code = match serde_json::from_str::<Lines>(raw) {
                    Ok(Lines::One(code)) => code,
                    Ok(Lines::Many(lines)) => lines.concat(),
                    Err(_) => return Err(format!("is no notebook: the source of cell {number} is no text")),
                };
                // It is a part of the text, which has not been copied.
                let start = raw.as_ptr() as usize - text.as_ptr() as usize;
                sources.push(start..start + raw.len());
                codes.push((number, code));
            }
        }
        Ok(Notebook { text: text.to_string(), cells: Cells::new(codes), sources })
    }

    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The notebook's own text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The notebook with another module in its cells. The error is the end of a sentence that begins with the file.
    pub fn with_module(&self, module: &str) -> Result<String, String> {
        let mut out = String::with_capacity(self.text.len() + 256);
        let mut at = 0;
        let codes = self.cells.split(module)?;
        for ((range, new), old) in self.sources.iter().zip(&codes).zip(self.cells.codes()) {
            out.push_str(&self.text[at..range.start]);
            let raw = &self.text[range.clone()];
            out.push_str(&if new == old { raw.to_string() } else { rewritten(raw, new) });
            at = range.end;
        }
        out.push_str(&self.text[at..]);
        Ok(out)
    }

    /// Where a part of a cell's code stands in the notebook's own text.
    pub fn in_file(&self, cell: usize, span: Span) -> Span {
        let range = &self.sources[cell];
        let places = offsets(&self.text[range.clone()]);
        let place = |at: u32| {
            let known = places.get(at as usize).or(places.last()).copied().unwrap_or(0);
            (range.start + known) as u32
        };
        let start = place(span.start);
        // The last character's end, and not the quotation mark and line break that follow it.
        let end = if span.is_empty() { start } else { place(span.end - 1) + 1 };
        Span::new(start, end.max(start))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    One(String),
    Many(Vec<String>),
}

/// The JSON of a source with other code in it, as the notebook writes such things: lines that stay are the same bytes.
fn rewritten(raw: &str, code: &str) -> String {
    let is_escaped = raw.is_ascii() && raw.contains("\\u");
    if !raw.starts_with('[') {
        return quoted(code, is_escaped);
    }
    let elements = elements(raw);
    let old: Vec<&str> = elements.iter().map(|range| &raw[range.clone()]).collect();
    let before = elements.first().map_or("[", |first| &raw[..first.start]);
    let after = elements.last().map_or("]", |last| &raw[last.end..]);
    let between = match elements.as_slice() {
        [first, second, ..] => raw[first.end..second.start].to_string(),
        _ => format!(",{}", &before[1..]),
    };
    let written = code.split_inclusive('\n').map(|line| {
        let same = old.iter().find(|old| serde_json::from_str::<String>(old).is_ok_and(|old| old == line));
        same.map_or_else(|| quoted(line, is_escaped), |same| same.to_string())
    });
    let written: Vec<String> = written.collect();
    format!("{before}{}{after}", written.join(&between))
}

/// A text in quotation marks, all in ASCII where the notebook is.
fn quoted(text: &str, is_escaped: bool) -> String {
    let plain = serde_json::Value::from(text).to_string();
    if !is_escaped {
        return plain;
    }
    let mut out = String::new();
    for c in plain.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

/// The texts in a list of texts, with their quotation marks.
fn elements(raw: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut is_escaped = false;
    for (at, byte) in raw.bytes().enumerate() {
        match (start, byte) {
            _ if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(begin), b'"') => {
                found.push(begin..at + 1);
                start = None;
            }
            (None, b'"') => start = Some(at),
            _ => {}
        }
    }
    found
}

/// For each byte of the code that JSON holds, where it stands in the JSON; and where the last one ends.
fn offsets(raw: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut end = 0;
    for element in elements(raw) {
        let mut at = element.start + 1;
        while at < element.end - 1 {
            let rest = &raw[at..element.end - 1];
            let length = match rest.as_bytes() {
                [b'\\', b'u', ..] => {
                    let is_high = |text: &str| {
                        let unit = text.get(2..6).and_then(|digits| u16::from_str_radix(digits, 16).ok());
                        unit.is_some_and(|unit| (0xd800..0xdc00).contains(&unit))
                    };
                    if is_high(rest) { 12.min(rest.len()) } else { 6.min(rest.len()) }
                }
                [b'\\', ..] => 2.min(rest.len()),
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            let text: String = serde_json::from_str(&format!("\"{}\"", &rest[..length])).unwrap_or_default();
            let is_plain = text.len() == length;
            found.extend((0..text.len()).map(|byte| at + if is_plain { byte } else { 0 }));
            at += length;
        }
        end = at;
    }
    found.push(end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources of the code cells, as their JSON is written.
    fn notebook(sources: &[&str]) -> String {
        let cells: Vec<String> = sources
            .iter()
            .map(|source| {
                format!(
                    "  {{\n   \"cell_type\": \"code\",\n   \"outputs\": [{{\"data\": 1.0}}],\n   \"source\": {source}\n  }}"
                )
            })
            .collect();
        format!("{{\n \"cells\": [\n{}\n ],\n \"nbformat\": 4\n}}\n", cells.join(",\n"))
    }

    /// The module changes as it says, and then the sources are these.
    fn check(sources: &[&str], from: &str, to: &str, expected: &[&str]) {
        let text = notebook(sources);
        let read = Notebook::read(&text).unwrap();
        assert!(read.cells().module().contains(from), "{}", read.cells().module());
        let module = read.cells().module().replace(from, to);
        assert_eq!(read.with_module(&module).unwrap(), notebook(expected));
        assert_eq!(read.with_module(read.cells().module()).unwrap(), text);
    }

    #[test]
    fn only_what_changes_is_written() {
        check(
            &["[\n    \"a = 1\\n\",\n    \"b = \\u00e9\"\n   ]", "[]", "\"c = 1\""],
            "b = é",
            "b = é\nd = ü",
            &["[\n    \"a = 1\\n\",\n    \"b = \\u00e9\\n\",\n    \"d = \\u00fc\"\n   ]", "[]", "\"c = 1\""],
        );
        check(&["[\"a\\n\", \"b\"]"], "a\nb", "a", &["[\"a\"]"]);
        check(&["[\n  \"é\"\n ]"], "é", "é\n𝄞", &["[\n  \"é\\n\",\n  \"𝄞\"\n ]"]);
        check(&["\"a\\nz\""], "z", "c", &["\"a\\nc\""]);
        check(&["[\"\\ud834\\udd1e\"]"], "𝄞", "\u{1d11f}", &["[\"\\ud834\\udd1f\"]"]);
    }

    #[test]
    fn places_lead_to_the_file() {
        let text = notebook(&["[\"x = \\\"\\u00e9\\\"\\n\", \"await y\"]"]);
        let read = Notebook::read(&text).unwrap();
        let code = read.cells().codes().next().unwrap();
        let of = |part: &str| {
            let at = code.find(part).unwrap() as u32;
            read.in_file(0, Span::new(at, at + part.len() as u32)).text(&text).to_string()
        };
        assert_eq!((of("x ="), of("await"), of("y")), ("x =".into(), "await".into(), "y".into()));
    }

    #[test]
    fn other_languages_have_no_code() {
        let text = notebook(&["\"x <- 1\""])
            .replace("\"nbformat\"", "\"metadata\": {\"kernelspec\": {\"language\": \"R\"}}, \"nbformat\"");
        assert_eq!(Notebook::read(&text).unwrap().cells().module(), "");
        let text = notebook(&["\"select 1\""])
            .replace("\"outputs\"", "\"metadata\": {\"vscode\": {\"languageId\": \"sql\"}}, \"outputs\"");
        assert_eq!(Notebook::read(&text).unwrap().cells().module(), "");
    }

    #[test]
    fn what_is_no_notebook_is_refused() {
        let refused = |text: &str| Notebook::read(text).unwrap_err();
        assert_eq!(refused("{\n\"cells\": 1}"), "is no notebook: line 2, column 10");
        assert_eq!(refused("x"), "is no notebook: line 1, column 1");
        assert_eq!(refused(&notebook(&["1"])), "is no notebook: the source of cell 1 is no text");
    }
}
