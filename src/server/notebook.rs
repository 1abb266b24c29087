//! Open notebooks: cells that are texts of their own for the client, and one module for a check.
//!
//! What is found in the module is told in the cells, so everything else in the server works on a cell as on any text.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use tower_lsp::lsp_types::{
    TextDocumentContentChangeEvent, TextDocumentIdentifier, TextDocumentItem, Url, VersionedTextDocumentIdentifier,
};

use super::document::Checked;
use super::worker::name_of;
use crate::about::{About, Origin};
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Edit, Fix, Note};
use crate::notebook::Cells;
use crate::text::{Source, Span};

/// What the protocol says about notebooks; its types here know nothing of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidOpen {
    pub notebook_document: NotebookItem,
    pub cell_text_documents: Vec<TextDocumentItem>,
}

#[derive(Deserialize)]
pub struct NotebookItem {
    pub uri: Url,
    pub cells: Vec<CellItem>,
}

#[derive(Deserialize)]
pub struct CellItem {
    pub document: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidChange {
    pub notebook_document: TextDocumentIdentifier,
    pub change: Change,
}

#[derive(Deserialize)]
pub struct Change {
    pub cells: Option<CellsChange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CellsChange {
    pub structure: Option<Structure>,
    #[serde(default, deserialize_with = "list")]
    pub text_content: Vec<CellChange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Structure {
    pub array: ArrayChange,
    #[serde(default, deserialize_with = "list")]
    pub did_open: Vec<TextDocumentItem>,
    #[serde(default, deserialize_with = "list")]
    pub did_close: Vec<TextDocumentIdentifier>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArrayChange {
    pub start: usize,
    pub delete_count: usize,
    #[serde(default, deserialize_with = "list")]
    pub cells: Vec<CellItem>,
}

#[derive(Deserialize)]
pub struct CellChange {
    pub document: VersionedTextDocumentIdentifier,
    pub changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidClose {
    pub notebook_document: TextDocumentIdentifier,
}

/// A list of nothing may be null.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// One open notebook.
pub struct Notebook {
    pub uri: Url,
    /// How the rest of the program calls its module.
    pub name: Arc<str>,
    /// Its cells in order, also those that are not Python.
    pub cells: Vec<Url>,
    pub checked: Option<Arc<Module>>,
}

/// The module of a notebook as it was checked.
pub struct Module {
    pub source: Arc<Source>,
    pub cells: Cells,
    /// The cells in the module as the client has them.
    pub texts: Vec<CellText>,
    report: Report,
}

/// A cell as the client has it.
pub struct CellText {
    /// As people count the cells of the notebook.
    pub number: u32,
    pub uri: Url,
    pub version: i32,
    pub source: Arc<Source>,
}

impl Notebook {
    /// One of its cells goes by this name.
    pub fn has_cell(&self, name: &str) -> bool {
        self.cells.iter().any(|cell| *name_of(cell) == *name)
    }

    pub fn change(&mut self, change: ArrayChange) {
        let start = change.start.min(self.cells.len());
        let end = start.saturating_add(change.delete_count).min(self.cells.len());
        self.cells.splice(start..end, change.cells.into_iter().map(|cell| cell.document));
        self.checked = None;
    }
}

impl Module {
    /// Puts cells together.
    pub fn new(name: &Arc<str>, texts: Vec<CellText>) -> Module {
        let cells = Cells::new(texts.iter().map(|cell| (cell.number, cell.source.text.to_string())).collect());
        let source = Arc::new(Source::new(name.clone(), cells.module()));
        Module { source, cells, texts, report: Report::default() }
    }

    pub fn with(self, report: Report) -> Module {
        Module { report, ..self }
    }

    /// What was found in all of its cells.
    pub fn found(&self) -> &[Diagnostic] {
        &self.report.diagnostics
    }

    /// What was found in one of its cells.
    pub fn in_cell(&self, index: usize) -> Checked {
        let found = self.report.diagnostics.iter().filter_map(|found| self.moved(found, index));
        let report = Report { diagnostics: found.collect(), suppressed: Vec::new() };
        Checked { source: self.texts[index].source.clone(), report: Arc::new(report) }
    }

    fn moved(&self, found: &Diagnostic, index: usize) -> Option<Diagnostic> {
        let span = self.span(found.span, index)?;
        let note = |note: &Note| match self.cells.place(note.span).filter(|_| note.file.is_none()) {
            Some((there, span)) => Note { span, message: note.message.clone(), file: self.file(there, index) },
            None => note.clone(),
        };
        let notes = found.notes.iter().map(note).collect();
        // A fix that needs more than this cell is not offered.
        let fix = found.fix.as_ref().and_then(|fix| {
            let edits: Option<Vec<Edit>> = fix.edits.iter().map(|edit| self.edit(edit, index)).collect();
            Some(Fix { edits: edits?, ..fix.clone() })
        });
        Some(Diagnostic { span, notes, fix, ..found.clone() })
    }

    /// A part of the module in one of the cells.
    fn span(&self, span: Span, index: usize) -> Option<Span> {
        self.cells.place(span).filter(|(there, _)| *there == index).map(|(_, span)| span)
    }

    fn edit(&self, edit: &Edit, index: usize) -> Option<Edit> {
        let span = self.span(edit.span, index)?;
        // Lines that are not Python read otherwise in the module.
        let is_same = span.text(&self.texts[index].source.text) == edit.span.text(&self.source.text);
        is_same.then(|| Edit::replace(span, edit.text.clone()))
    }

    /// The file of a place that is in another cell.
    fn file(&self, there: usize, index: usize) -> Option<Arc<Source>> {
        (there != index).then(|| self.texts[there].source.clone())
    }

    /// What there is to say about an expression, told in one of the cells.
    pub fn about(&self, about: About, index: usize) -> Option<About> {
        let origin = |origin: Origin| match self.cells.place(origin.span).filter(|_| origin.file.is_none()) {
            Some((there, span)) => Origin { span, file: self.file(there, index), ..origin },
            None => origin,
        };
        Some(About {
            span: self.span(about.span, index)?,
            from: about.from.into_iter().map(origin).collect(),
            used_up: about.used_up.and_then(|span| self.span(span, index)),
            ..about
        })
    }

    /// A place of a cell in the module.
    pub fn offset(&self, index: usize, at: u32) -> Option<u32> {
        self.cells.offset(index, at)
    }
}
