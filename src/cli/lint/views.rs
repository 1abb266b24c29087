//! What was found in notebooks, as people and as services look at it: in the cells, or in the file itself.

use std::sync::Arc;

use crate::check::Report;
use crate::diagnostic::{Diagnostic, Edit, Fix, Note};
use crate::notebook::Notebook;
use crate::render::{Checked, Format};
use crate::suppress::Silenced;
use crate::text::{Source, Span};

/// The same findings, once with the cells of notebooks and once with their files.
pub struct Views {
    cells: Vec<Checked>,
    /// None when there is no notebook.
    files: Option<Vec<Checked>>,
}

impl Views {
    pub fn new(found: Vec<(Checked, Option<Arc<Notebook>>)>) -> Views {
        let has_notebook = found.iter().any(|(_, notebook)| notebook.is_some());
        let files = has_notebook.then(|| {
            let file = |(checked, notebook): &(Checked, Option<Arc<Notebook>>)| match notebook {
                Some(notebook) => in_file(checked, notebook),
                None => checked.clone(),
            };
            found.iter().map(file).collect()
        });
        let cells = found.into_iter().flat_map(|(checked, notebook)| match notebook {
            Some(notebook) => by_cell(&checked, &notebook),
            None => vec![checked],
        });
        Views { cells: cells.collect(), files }
    }

    /// What a format is to write.
    pub fn of(&self, format: Format) -> &[Checked] {
        match &self.files {
            Some(files) if !format.knows_cells() => files,
            _ => &self.cells,
        }
    }
}

/// Each cell as a file of its own.
fn by_cell(checked: &Checked, notebook: &Notebook) -> Vec<Checked> {
    let path = &checked.source.path;
    let cells = notebook.cells();
    let source = |index| {
        let (code, number) = cells.cell(index);
        Source::of_cell(Arc::clone(path), code, number)
    };
    let mut found: Vec<(usize, Checked)> = Vec::new();
    let mut add = |diagnostic: &Diagnostic, add: &dyn Fn(&mut Report, Diagnostic)| {
        let Some((index, span)) = cells.place(diagnostic.span) else { return };
        let note = |note: &Note| {
            let Some((there, span)) = cells.place(note.span).filter(|_| note.file.is_none()) else {
                return note.clone();
            };
            // What stands in another cell stands in another file.
            Note { span, message: note.message.clone(), file: (there != index).then(|| Arc::new(source(there))) }
        };
        let edit = |edit: &Edit| {
            let (there, span) = cells.place(edit.span)?;
            (there == index).then(|| Edit { span, text: edit.text.clone() })
        };
        let fix = diagnostic.fix.as_ref().map(|fix| {
            let edits: Option<Vec<Edit>> = fix.edits.iter().map(edit).collect();
            Fix { edits: edits.unwrap_or_default(), ..fix.clone() }
        });
        let notes = diagnostic.notes.iter().map(note).collect();
        let moved = Diagnostic { span, notes, fix, ..diagnostic.clone() };
        let at = found.iter().position(|(known, _)| *known == index).unwrap_or_else(|| {
            found.push((index, Checked { source: source(index), report: Report::default() }));
            found.len() - 1
        });
        add(&mut found[at].1.report, moved);
    };
    checked.report.diagnostics.iter().for_each(|one| add(one, &|report, moved| report.diagnostics.push(moved)));
    for silenced in &checked.report.suppressed {
        let by = &silenced.by;
        add(&silenced.diagnostic, &|report, diagnostic| {
            report.suppressed.push(Silenced { diagnostic, by: by.clone() });
        });
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, checked)| checked).collect()
}

/// The findings where they stand in the JSON.
fn in_file(checked: &Checked, notebook: &Notebook) -> Checked {
    let place = |span: Span| notebook.cells().place(span).map(|(cell, span)| notebook.in_file(cell, span));
    let moved = |diagnostic: &Diagnostic| {
        let note = |note: &Note| match place(note.span).filter(|_| note.file.is_none()) {
            Some(span) => Note { span, ..note.clone() },
            None => note.clone(),
        };
        let edit = |edit: &Edit| {
            let text = serde_json::Value::from(edit.text.as_str()).to_string();
            // Lines are texts of their own there, and no edit can make one.
            let is_simple = !edit.text.contains(['\n', '\r']);
            let span = place(edit.span).filter(|_| is_simple)?;
            (!span.text(notebook.text()).contains('\n'))
                .then(|| Edit { span, text: text[1..text.len() - 1].to_string() })
        };
        let fix = diagnostic.fix.as_ref().map(|fix| {
            let edits: Option<Vec<Edit>> = fix.edits.iter().map(edit).collect();
            Fix { edits: edits.unwrap_or_default(), ..fix.clone() }
        });
        let notes = diagnostic.notes.iter().map(note).collect();
        Some(Diagnostic { span: place(diagnostic.span)?, notes, fix, ..diagnostic.clone() })
    };
    let report = Report {
        diagnostics: checked.report.diagnostics.iter().filter_map(moved).collect(),
        suppressed: (checked.report.suppressed.iter())
            .filter_map(|silenced| Some(Silenced { diagnostic: moved(&silenced.diagnostic)?, by: silenced.by.clone() }))
            .collect(),
    };
    Checked { source: Source::new(Arc::clone(&checked.source.path), notebook.text()), report }
}
