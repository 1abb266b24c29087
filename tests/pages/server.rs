//! The language server tells what the library finds: same places, same words, same order.
//!
//! Each case is a folder of its own with its settings in a `pyproject.toml`, and all its files are open. The expected
//! findings are written here by hand, because what is compared with itself is always right.

use std::path::Path;

use aiterlint::config::Level;
use aiterlint::diagnostic::{Diagnostic, Severity};
use aiterlint::rules::by_name;
use aiterlint::text::{Source, Span};
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::findings;
use crate::linter::Linter;
use crate::outcome::{Outcome, all_right};
use crate::page::Page;
use crate::program::write_case;

pub fn agrees(page: &Page, linter: &dyn Linter) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let root = tempfile::tempdir().map_err(|error| error.to_string())?;
    let said = runtime.block_on(differences(page, linter, root.path())).map_err(|error| error.to_string())?;
    all_right(said)
}

async fn differences(page: &Page, linter: &dyn Linter, root: &Path) -> std::io::Result<Vec<String>> {
    let mut editor = Editor::start(aiterlint::server::Check::OURS, abilities(&uri(root))).await;
    let mut said = Vec::new();
    for (at, case) in page.cases.iter().enumerate() {
        let folder = root.join(format!("case-{at:03}"));
        write_case(page, case, &folder)?;
        let sources = case.sources();
        for source in &sources {
            editor.open(&uri(&folder.join(&*source.path)), 1, &source.text).await;
        }
        for (source, found) in sources.iter().zip(findings::of_case(page, case, linter)) {
            let expected: Vec<Value> = found.iter().map(|one| expected(&folder, source, one)).collect();
            let mut told = editor.pull(&uri(&folder.join(&*source.path)), None).await.unwrap_or_else(|error| error);
            let told = told["items"].take();
            if told != json!(expected) {
                let (heading, path, expected) = (&case.heading, &source.path, json!(expected));
                let what = format!("in {path} of \"{heading}\"\nlibrary: {expected}\nserver: {told}");
                said.push(page.at(1, format!("the server differs from the library {what}")));
            }
        }
    }
    editor.leave().await;
    Ok(said)
}

fn abilities(root: &str) -> Value {
    json!({"rootUri": root, "workspaceFolders": [{"uri": root, "name": "pages"}], "capabilities": {
        "general": {"positionEncodings": ["utf-32"]},
        "textDocument": {
            "diagnostic": {},
            "publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true,
                                   "tagSupport": {"valueSet": [1, 2]}},
        },
    }})
}

fn uri(path: &Path) -> String {
    tower_lsp::lsp_types::Url::from_file_path(path).map(String::from).unwrap_or_default()
}

/// A finding as the protocol says it.
fn expected(folder: &Path, source: &Source, found: &Diagnostic) -> Value {
    let rule = by_name(found.rule).expect("findings are a rule's");
    let severity = match found.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info if rule.meta().level == Level::Off => 4,
        Severity::Info => 3,
    };
    let help = found.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
    let mut value = json!({
        "range": range(source, found.span),
        "severity": severity,
        "code": found.rule,
        "source": "aiterlint",
        "message": format!("{}{help}", found.message),
    });
    if !rule.meta().docs.is_empty() {
        value["codeDescription"] = json!({"href": rule.meta().docs});
    }
    let notes = found.notes.iter().map(|note| {
        let source = note.file.as_deref().unwrap_or(source);
        let location = json!({"uri": uri(&folder.join(&*source.path)), "range": range(source, note.span)});
        json!({"location": location, "message": note.message})
    });
    let notes: Vec<Value> = notes.collect();
    if !notes.is_empty() {
        value["relatedInformation"] = json!(notes);
    }
    if found.rule == "unused-ignore" {
        value["tags"] = json!([1]);
    }
    value
}

fn range(source: &Source, span: Span) -> Value {
    let position = |offset: u32| {
        let line = source.lines().line(offset);
        let before = Span::new(source.lines().start(line), offset);
        json!({"line": line - 1, "character": source.slice(before).chars().count()})
    };
    json!({"start": position(span.start), "end": position(span.end)})
}
