//! The same answer, always: over real code with mistakes in it, whatever way there is to ask for it.
//!
//! A sample of the standard library, not all of it: what is compared does not depend on how much there is.

use aiterlint::check::check;
use aiterlint::config::Config;
use aiterlint::diagnostic::Diagnostic;
use aiterlint::notebook::Notebook;
use aiterlint::project::Project as Alone;
use aiterlint::text::{Source, Span};
use serde_json::json;

use super::project::Project;
use crate::code::{spoilt, texts, turned_async};

/// A folder of them; files of one package import from each other what they can.
fn folder() -> Option<Project> {
    let project = Project::new(&[("pkg/__init__.py", "")]);
    for (number, text) in texts(150)?.iter().enumerate() {
        let text = if number % 2 == 0 { spoilt(text) } else { turned_async(text) };
        project.write(&format!("pkg/m{number:03}.py"), text.as_bytes());
    }
    Some(project)
}

fn said(project: &Project, flags: &str) -> String {
    let lint = format!("lint --isolated --extend-select all --output-format json {flags}");
    String::from_utf8(project.run(&lint).code(1).get_output().stdout.clone()).expect("text")
}

#[test]
fn with_one_thread_and_with_eight() {
    let Some(project) = folder() else { return };
    let one = said(&project, "--no-cache --threads 1");
    assert!(one.matches("\"rule\"").count() > 100, "{one}");
    for _ in 0..2 {
        assert!(said(&project, "--no-cache --threads 8") == one, "eight threads find something else");
    }
}

#[test]
fn without_a_cache_with_a_new_one_and_with_an_old_one() {
    let Some(project) = folder() else { return };
    let none = said(&project, "--no-cache");
    for age in ["new", "old", "older"] {
        assert!(said(&project, "--cache-dir cache") == none, "with a cache that is {age}");
    }
    // What one run has kept does not show in another that is about a part of it, or about more.
    let part = said(&project, "--no-cache pkg/m000.py pkg/m001.py");
    assert!(said(&project, "--cache-dir cache pkg/m000.py pkg/m001.py") == part, "of a part");
    assert!(said(&project, "--cache-dir cache") == none, "after a part");
}

#[test]
fn as_a_file_and_as_the_cell_of_a_notebook() {
    let Some(texts) = texts(150) else { return };
    let every = Config { extend_select: vec!["all".to_string()], ..Config::default() };
    let mut compared = 0;
    for text in texts.iter().map(|text| turned_async(text)) {
        let cell = json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": text});
        let notebook = json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string();
        let notebook = Notebook::read(&notebook).expect("it is a notebook");
        let module = Source::new("same.ipynb", notebook.cells().module());
        // What stands at the top of a cell may wait.
        let is_of_modules = |found: &Diagnostic| found.message.contains("outside");
        let project = Alone::alone();
        let found = |source: &Source| {
            let report = check(source, &project, &every);
            report.diagnostics.into_iter().filter(|found| !is_of_modules(found)).collect::<Vec<_>>()
        };
        let in_cell = |span: Span| notebook.cells().place(span).map(|(_, span)| span);
        let of_file: Vec<_> = found(&Source::new("same.py", text.as_str()))
            .into_iter()
            .map(|found| (Some(found.span), found.rule, found.message))
            .collect();
        let of_cell: Vec<_> =
            found(&module).into_iter().map(|found| (in_cell(found.span), found.rule, found.message)).collect();
        assert_eq!(of_cell, of_file, "in\n{text}");
        compared += of_file.len();
    }
    assert!(compared > 100, "{compared} findings are too few to compare");
}
