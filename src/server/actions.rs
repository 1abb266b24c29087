//! What can be done about findings: mend them, silence them, read about them.
//!
//! Everything is made from the worker's own report, never from what the client sends back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use similar::TextDiff;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, Command, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use super::client::Client;
use super::convert::text_edit;
use super::document::Checked;
use super::notebook::Module;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::facts::Facts;
use crate::fix::fix;
use crate::project::Project;
use crate::suppress::{ignore_in_file, ignore_on_line};
use crate::text::{Source, Span};

pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.aiterlint");
/// What VS Code asks of the first cell of a notebook, for the edits that are to be made in all of them.
pub const FIX_ALL_CELLS: CodeActionKind = CodeActionKind::new("notebook.source.fixAll.aiterlint");
const IGNORE: CodeActionKind = CodeActionKind::new("quickfix.ignore.aiterlint");
const EXPLAIN: CodeActionKind = CodeActionKind::new("quickfix.explain.aiterlint");

/// The command behind "explain".
pub const EXPLAIN_COMMAND: &str = "aiterlint.explain";

/// What an action says about itself when it is to be resolved.
#[derive(Serialize, Deserialize)]
pub struct Unresolved {
    pub uri: Url,
    pub version: i32,
    pub reach: Reach,
}

/// How far an action goes.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    Text,
    /// All cells of the notebook that the text is a cell of.
    Notebook,
}

/// Edits to one text.
struct Edited<'a> {
    uri: &'a Url,
    version: i32,
    source: &'a Source,
    edits: Vec<Edit>,
}

/// A text, what was found in it, and everything it takes to check it again.
pub struct Desk<'a> {
    pub client: &'a Client,
    pub uri: &'a Url,
    pub version: i32,
    pub checked: &'a Checked,
    /// The module that the text is a cell of, and which of its cells.
    pub module: Option<(Arc<Module>, usize)>,
    pub project: &'a Project,
    pub config: &'a Config,
    pub uri_of: &'a dyn Fn(&str) -> Option<Url>,
}

impl Desk<'_> {
    /// What can be done about the findings that touch the range.
    pub fn actions(&self, place: Span, context: &CodeActionContext) -> Vec<CodeAction> {
        let is_wanted = |kind: &CodeActionKind| {
            let is_part = |whole: &CodeActionKind| {
                let rest = kind.as_str().strip_prefix(whole.as_str());
                // The empty kind is that of everything.
                whole == &CodeActionKind::EMPTY || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            context.only.as_ref().is_none_or(|only| only.iter().any(is_part))
        };
        let touches = |found: &&Diagnostic| found.span.start <= place.end && place.start <= found.span.end;
        let found: Vec<&Diagnostic> = self.checked.report.diagnostics.iter().filter(touches).collect();
        let mut actions = Vec::new();
        if is_wanted(&CodeActionKind::QUICKFIX) {
            actions.extend(found.iter().filter_map(|found| self.mend(found)));
        }
        if is_wanted(&IGNORE) && !found.is_empty() {
            let facts = Facts::new(self.checked.source.clone());
            actions.extend(found.iter().filter_map(|found| self.ignore_here(found, &facts)));
            // The first line of a cell may belong to IPython.
            let is_magic = self.module.is_some() && self.checked.source.text.trim_start().starts_with("%%");
            let everywhere = found.iter().filter(|_| !is_magic);
            actions.extend(everywhere.map(|found| self.ignore_everywhere(found, &facts)));
        }
        if is_wanted(&EXPLAIN) {
            actions.extend(found.iter().map(|found| self.explain(found)));
        }
        // Two findings of one rule are silenced and explained as one.
        let mut seen = Vec::new();
        actions.retain(|action| {
            let is_new = action.kind == Some(CodeActionKind::QUICKFIX) || !seen.contains(&action.title);
            seen.push(action.title.clone());
            is_new
        });
        if is_wanted(&FIX_ALL) {
            actions.extend(self.mend_all(Reach::Text));
        }
        // In a list of all there is to do it would be there twice.
        if context.only.is_some() && is_wanted(&FIX_ALL_CELLS) && self.module.is_some() {
            actions.extend(self.mend_all(Reach::Notebook));
        }
        actions
    }

    /// Does what the finding's fix says.
    fn mend(&self, found: &Diagnostic) -> Option<CodeAction> {
        let fix = found.fix.as_ref().filter(|fix| !fix.edits.is_empty())?;
        let is_safe = fix.safety == Safety::Safe;
        let rule = found.rule;
        let title = match fix.safety {
            Safety::Safe => format!("{} ({rule})", capitalised(&fix.title)),
            Safety::Unsafe => format!("{} ({rule}, unsafe)", capitalised(&fix.title)),
            Safety::Shown => return None,
        };
        Some(CodeAction {
            is_preferred: Some(is_safe),
            edit: Some(self.edit(&fix.edits)),
            ..self.about(found, title, CodeActionKind::QUICKFIX)
        })
    }

    fn ignore_here(&self, found: &Diagnostic, facts: &Facts) -> Option<CodeAction> {
        let edits = ignore_on_line(facts, found.span.start, &[found.rule], None);
        let title = format!("Ignore `{}` on this line", found.rule);
        (!edits.is_empty()).then(|| self.silence(found, title, &edits))
    }

    fn ignore_everywhere(&self, found: &Diagnostic, facts: &Facts) -> CodeAction {
        let edit = ignore_in_file(facts, found.rule);
        self.silence(found, format!("Ignore `{}` in this file", found.rule), &[edit])
    }

    fn silence(&self, found: &Diagnostic, title: String, comments: &[Edit]) -> CodeAction {
        CodeAction { edit: Some(self.edit(comments)), ..self.about(found, title, IGNORE) }
    }

    fn explain(&self, found: &Diagnostic) -> CodeAction {
        let title = format!("Explain `{}`", found.rule);
        let arguments = Some(vec![json!(found.rule)]);
        let command = Command { title: title.clone(), command: EXPLAIN_COMMAND.to_string(), arguments };
        CodeAction { command: Some(command), ..self.about(found, title, EXPLAIN) }
    }

    /// Applies every safe fix. It is only worked out when somebody wants it.
    fn mend_all(&self, reach: Reach) -> Option<CodeAction> {
        let (title, kind, found) = match &self.module {
            Some((module, _)) if reach == Reach::Notebook => {
                ("Apply all safe fixes of aiterlint in this notebook", FIX_ALL_CELLS, module.found())
            }
            _ => ("Apply all safe fixes of aiterlint", FIX_ALL, &*self.checked.report.diagnostics),
        };
        let is_safe = |found: &Diagnostic| found.fix.as_ref().is_some_and(|fix| crate::fix::is_wanted(fix, false));
        if !found.iter().any(is_safe) {
            return None;
        }
        let action = CodeAction { title: title.to_string(), kind: Some(kind), ..CodeAction::default() };
        if self.client.resolves_actions {
            let unresolved = Unresolved { uri: self.uri.clone(), version: self.version, reach };
            return Some(CodeAction { data: Some(serde_json::to_value(unresolved).ok()?), ..action });
        }
        Some(CodeAction { edit: Some(self.all_mended(reach)), ..action })
    }

    /// The edit that applies every safe fix.
    pub fn all_mended(&self, reach: Reach) -> WorkspaceEdit {
        let Some((module, index)) = &self.module else {
            let source = &self.checked.source;
            let fixed = fix(source, self.project, self.config, false).source;
            return self.edit(&between(&source.text, &fixed.text));
        };
        let fixed = fix(&module.source, self.project, self.config, false);
        // A fix that touches what is not Python is not applied.
        let codes = module.cells.split(&fixed.source.text).unwrap_or_default();
        let cells = module.texts.iter().zip(codes).enumerate();
        let meant = cells.filter(|(at, _)| reach == Reach::Notebook || at == index).map(|(_, cell)| cell);
        let edited = meant.map(|(cell, code)| {
            let edits = between(&cell.source.text, &code);
            Edited { uri: &cell.uri, version: cell.version, source: &cell.source, edits }
        });
        self.edit_of(edited.filter(|edited| !edited.edits.is_empty()))
    }

    fn about(&self, found: &Diagnostic, title: String, kind: CodeActionKind) -> CodeAction {
        let told = self.client.manner.tell(&self.checked.source, self.uri, found, self.uri_of);
        CodeAction { title, kind: Some(kind), diagnostics: Some(vec![told]), ..CodeAction::default() }
    }

    fn edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let (uri, source, edits) = (self.uri, &self.checked.source, edits.to_vec());
        self.edit_of(std::iter::once(Edited { uri, version: self.version, source, edits }))
    }

    fn edit_of<'a>(&self, all: impl Iterator<Item = Edited<'a>>) -> WorkspaceEdit {
        let encoding = self.client.manner.encoding;
        let told = |edited: &Edited| -> Vec<TextEdit> {
            edited.edits.iter().map(|edit| text_edit(encoding, edited.source, edit)).collect()
        };
        if !self.client.versioned_edits {
            return WorkspaceEdit::new(all.map(|edited| (edited.uri.clone(), told(&edited))).collect());
        }
        let edits = all.map(|edited| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: edited.uri.clone(),
                version: Some(edited.version),
            },
            edits: told(&edited).into_iter().map(OneOf::Left).collect(),
        });
        let changes = DocumentChanges::Edits(edits.collect());
        WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}

/// What makes the one text of the other, in whole lines, so that a cursor elsewhere stays where it is.
fn between(old: &str, new: &str) -> Vec<Edit> {
    let diff = TextDiff::from_lines(old, new);
    let (old_ends, new_ends) = (ends(diff.iter_old_slices()), ends(diff.iter_new_slices()));
    let changed = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    let edits = changed.map(|op| {
        let (from, to) = (op.old_range(), op.new_range());
        let span = Span::new(old_ends[from.start] as u32, old_ends[from.end] as u32);
        Edit::replace(span, &new[new_ends[to.start]..new_ends[to.end]])
    });
    edits.collect()
}

/// Where each line ends, in bytes, and before them the start of the first.
fn ends<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let ends = lines.scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Fix;
    use crate::fix::apply;

    #[test]
    fn the_difference_makes_one_text_of_the_other() {
        for (old, new) in [("", "a"), ("a\nb\nc\n", "a\nB\nc"), ("a\r\nb\r\n", "x\r\nb\r\ny"), ("a\rb\r", "a\rc\rb\r")]
        {
            let fix = Fix { title: String::new(), safety: Safety::Safe, edits: between(old, new) };
            assert_eq!(apply(old, &[&fix]), new);
        }
        assert_eq!(between("a\nb\nc\nd\n", "a\nB\nc\nD\n").len(), 2);
    }
}
