//! The built program finds what the library finds: same places, same words, same order.
//!
//! Each case is a folder of its own with its settings in a `pyproject.toml`, and one run reads them all. The example
//! goes through standard input as well. The expected JSON is written here by hand and not by `aiterlint::render`,
//! because what is compared with itself is always right.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use aiterlint::diagnostic::Diagnostic;
use aiterlint::text::{Source, Span};
use serde_json::{Value, json};

use crate::findings;
use crate::linter::Linter;
use crate::outcome::{Outcome, all_right};
use crate::page::{Case, MAIN, Page, Settings};

pub fn agrees(page: &Page, linter: &dyn Linter) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut said = from_folders(page, linter, folder.path()).map_err(|error| error.to_string())?;
    said.extend(from_stdin(page, linter, folder.path()).map_err(|error| error.to_string())?);
    all_right(said)
}

fn from_folders(page: &Page, linter: &dyn Linter, root: &Path) -> std::io::Result<Vec<String>> {
    let mut expected = Vec::new();
    let mut folders = Vec::new();
    for (at, case) in page.cases.iter().enumerate() {
        let folder = format!("case-{at:03}");
        write_case(page, case, &root.join(&folder))?;
        let found = findings::of_case(page, case, linter);
        let mut files: Vec<_> = case.modules.iter().zip(found).collect();
        files.sort_by(|a, b| a.0.file.cmp(&b.0.file));
        for (module, found) in files {
            let label = format!("{folder}/{}", module.file);
            let source = Source::new(label, module.text.as_str());
            expected.extend(found.iter().map(|one| (case.heading.clone(), json_of(page, &source, one))));
        }
        folders.push(folder);
    }
    let mut command = program();
    command.args(["lint", "--no-cache", "--output-format", "json-lines"]).args(folders).current_dir(root);
    let output = command.output()?;
    Ok(differences(page, "the program over folders", &expected, &output))
}

/// A pipe has no settings beside it, so this is about an example that needs none.
fn from_stdin(page: &Page, linter: &dyn Linter, root: &Path) -> std::io::Result<Vec<String>> {
    let case = page.example();
    let Some(module) = case.modules.iter().find(|module| module.file == MAIN) else { return Ok(Vec::new()) };
    if case.modules.len() > 1 || has_settings(&case.settings) {
        return Ok(Vec::new());
    }
    let source = Source::new(MAIN, module.text.as_str());
    let found = linter.check(&source, &case.sources(), &case.config(page));
    let expected: Vec<_> = found.iter().map(|one| (case.heading.clone(), json_of(page, &source, one))).collect();
    let mut command = program();
    command.args(["lint", "--no-cache", "--isolated", "--output-format", "json-lines"]);
    command.args(["--extend-select", &page.name, "--stdin-filename", MAIN, "-"]).current_dir(root);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that stops before it has read everything says why on standard error.
        let written = stdin.write_all(module.text.as_bytes());
        written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })?;
    }
    Ok(differences(page, "the program on standard input", &expected, &child.wait_with_output()?))
}

/// The program as on a machine where nobody has set anything.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aiterlint"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AITERLINT_") {
            command.env_remove(name);
        }
    }
    command.env("AITERLINT_NO_CACHE", "1");
    command
}

fn has_settings(settings: &Settings) -> bool {
    let Settings { target_version, select, extend_select, ignore } = settings;
    target_version.is_some() || select.is_some() || !extend_select.is_empty() || !ignore.is_empty()
}

pub fn write_case(page: &Page, case: &Case, folder: &Path) -> std::io::Result<()> {
    for module in &case.modules {
        let path = folder.join(&module.file);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, &module.text)?;
    }
    fs::write(folder.join("pyproject.toml"), settings_of(page, case))
}

fn settings_of(page: &Page, case: &Case) -> String {
    let config = case.config(page);
    let mut table = toml::Table::new();
    table.insert("extend-select".into(), config.extend_select.into());
    if let Some(select) = config.select {
        table.insert("select".into(), select.into());
    }
    if !config.ignore.is_empty() {
        table.insert("ignore".into(), config.ignore.into());
    }
    if let Some(version) = config.target_version {
        table.insert("target-version".into(), version.to_string().into());
    }
    format!("[tool.aiterlint]\n{table}")
}

/// A finding as `json-lines` says it.
fn json_of(page: &Page, source: &Source, found: &Diagnostic) -> Value {
    let place = |source: &Source, offset: u32| {
        let place = source.place(offset);
        json!({"line": place.line, "column": place.column})
    };
    // Notes have no path of their own: one in another file says it in its message. The files of a case lie together.
    let folder = source.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let notes = found.notes.iter().map(|note| match &note.file {
        Some(other) => json!({
            "message": format!("{} ({folder}{}:{})", note.message, other.path, other.place(note.span.start).line),
            "start": place(source, found.span.start),
            "end": place(source, found.span.end),
        }),
        None => json!({
            "message": note.message,
            "start": place(source, note.span.start),
            "end": place(source, note.span.end),
        }),
    });
    let fix = found.fix.as_ref().map(|fix| {
        let edit = |span: Span, text: &str| {
            json!({"start": place(source, span.start), "end": place(source, span.end), "text": text})
        };
        let edits: Vec<Value> = fix.edits.iter().map(|one| edit(one.span, &one.text)).collect();
        json!({"title": fix.title, "safety": fix.safety.name(), "edits": edits})
    });
    let url = if found.rule == page.name {
        page.meta.docs.as_deref()
    } else {
        aiterlint::rules::by_name(found.rule).map(|rule| rule.meta().docs).filter(|docs| !docs.is_empty())
    };
    json!({
        "rule": found.rule,
        "severity": found.severity.name(),
        "message": found.message,
        "path": &*source.path,
        "start": place(source, found.span.start),
        "end": place(source, found.span.end),
        "notes": notes.collect::<Vec<Value>>(),
        "fix": fix,
        "url": url,
    })
}

fn differences(page: &Page, who: &str, expected: &[(String, Value)], output: &Output) -> Vec<String> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let status = output.status.code();
    compare(who, expected, status, &stdout, &stderr).into_iter().map(|message| page.at(1, message)).collect()
}

/// `expected` holds each finding with the heading it comes from.
fn compare(who: &str, expected: &[(String, Value)], status: Option<i32>, stdout: &str, stderr: &str) -> Vec<String> {
    let mut said = Vec::new();
    let right = i32::from(!expected.is_empty());
    if status != Some(right) {
        let status = status.map_or("a signal".into(), |status| status.to_string());
        said.push(format!("{who} ends with {status} instead of {right}; on standard error it says: {stderr}"));
    }
    let mut lines = stdout.lines();
    for (heading, value) in expected {
        match lines.next().map(serde_json::from_str::<Value>) {
            Some(Ok(found)) if found == *value => {}
            Some(Ok(found)) => {
                said.push(format!(
                    "{who} differs from the library in \"{heading}\"\nlibrary: {value}\nprogram: {found}"
                ));
                break;
            }
            Some(Err(error)) => {
                said.push(format!("{who} prints a line that is not JSON: {error}"));
                break;
            }
            None => {
                said.push(format!("{who} does not find what the library finds in \"{heading}\": {value}"));
                break;
            }
        }
    }
    if said.is_empty()
        && let Some(more) = lines.next()
    {
        said.push(format!("{who} finds what the library does not: {more}"));
    }
    said
}

/// The harness's own tests.
pub mod itself {
    use super::*;

    fn check(status: i32, stdout: &str, says: &str) {
        let expected = [("Example".to_string(), json!({"rule": "a"})), ("Other".to_string(), json!({"rule": "b"}))];
        let said = compare("the program", &expected, Some(status), stdout, "").join("\n");
        assert!(if says.is_empty() { said.is_empty() } else { said.contains(says) }, "{said}");
    }

    pub fn a_program_that_finds_something_else_fails() {
        check(1, "{\"rule\": \"a\"}\n{\"rule\": \"b\"}\n", "");
        check(0, "{\"rule\": \"a\"}\n{\"rule\": \"b\"}\n", "ends with 0 instead of 1");
        check(1, "{\"rule\": \"a\"}\n{\"rule\": \"c\"}\n", "differs from the library in \"Other\"");
        check(1, "{\"rule\": \"a\"}\n", "does not find what the library finds in \"Other\"");
        check(1, "{\"rule\": \"a\"}\n{\"rule\": \"b\"}\n{\"rule\": \"b\"}\n", "finds what the library does not");
        check(1, "warning\n", "not JSON");
    }
}
