//! Python itself says whether a page is right: every block is Python, and every run under Proof ends as claimed.

use std::fs;

use crate::outcome::{Outcome, Stop, all_right};
use crate::page::{Case, MAIN, Page, Proof};
use crate::python::{Ended, Judge, PATIENCE, Python};

/// Blocks parse, and where a page expects `syntax-error`, CPython refuses the module as well.
pub fn blocks_are_python(page: &Page) -> Outcome {
    let Some(judge) = Judge::of_this_machine()? else { return Err(no_python()) };
    let mut said = Vec::new();
    for case in page.cases.iter().filter(|case| judge.reads(case.settings.target_version)) {
        for module in &case.modules {
            let verdict = judge.verdict(&module.text);
            let is_broken = module.expected.iter().find(|expected| expected.rule == "syntax-error");
            match (is_broken, verdict.syntax) {
                (Some(expected), None) if verdict.compile.is_none() => {
                    let line = module.page_line(expected.line);
                    said.push(page.at(line, "a `syntax-error` is expected and Python accepts this module"));
                }
                (None, Some(mistake)) => {
                    let line = module.page_line(mistake.line);
                    said.push(page.at(line, format!("this is not Python: {}", mistake.message)));
                }
                _ => {}
            }
        }
    }
    all_right(said)
}

pub fn holds(page: &Page, proof: &Proof) -> Outcome {
    let Some(python) = Python::of_this_machine()? else { return Err(no_python()) };
    if let Some(versions) = proof.claim.proof_python.as_ref().filter(|range| !range.contains(&python.version)) {
        return Err(Stop::Skipped(format!("Python {} is not {versions}, which this proof is about", python.version)));
    }
    let run = proof.run.text();
    let line = proof.run.line(1);
    let differs = |what: &str, why: String| {
        let head = format!("Python {} contradicts the page's {what}", python.version);
        Err(Stop::Failed(page.at(line, format!("{head}: {why}"))))
    };
    let example = page.example();
    let before = if proof.is_alone() { String::new() } else { main_of(example, false) };
    let ended = run_beside(example, &format!("{before}{run}"), python)?;
    if let Some(line) = &proof.claim.python
        && let Some(why) = not_raised(line, &ended)
    {
        return differs("`python`", why);
    }
    if let Some(text) = &proof.claim.prints
        && let Some(why) = not_printed(text, &ended)
    {
        return differs("`prints`", why);
    }
    if let Some(text) = &proof.claim.fixed_prints {
        let ended = run_beside(example, &format!("{}{run}", main_of(example, true)), python)?;
        if let Some(why) = not_printed(text, &ended) {
            return differs("`fixed-prints`", why);
        }
    }
    Ok(())
}

fn no_python() -> Stop {
    Stop::Skipped("there is no `python3` on this machine".into())
}

fn main_of(example: &Case, fixed: bool) -> String {
    let main = example.modules.iter().find(|module| module.file == MAIN);
    let fixed_text = main.filter(|_| fixed).and_then(|module| module.fixed.as_ref()).map(|block| block.text());
    fixed_text.unwrap_or_else(|| main.map_or(String::new(), |module| module.text.clone()))
}

/// Runs a text as `main.py`, with the example's other files beside it.
fn run_beside(example: &Case, main: &str, python: &Python) -> Result<Ended, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let others = example.modules.iter().filter(|module| module.file != MAIN);
    for (file, text) in others.map(|module| (module.file.as_str(), module.text.as_str())).chain([(MAIN, main)]) {
        let path = folder.path().join(file);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    python.run(folder.path(), PATIENCE)
}

fn not_raised(expected: &str, ended: &Ended) -> Option<String> {
    let last = ended.stderr.trim_end().lines().last().unwrap_or_default();
    match ended.success {
        None => Some(format!("it should end with `{expected}` and does not end\n{}", ended.stderr)),
        Some(true) => Some(format!("it should end with `{expected}` and nothing is raised\n{}", ended.stdout)),
        Some(false) if last != expected => {
            Some(format!("it should end with `{expected}` and ends with `{last}`\n{}", ended.stderr))
        }
        Some(false) => None,
    }
}

fn not_printed(expected: &str, ended: &Ended) -> Option<String> {
    let printed = ended.stdout.trim();
    match ended.success {
        None => Some(format!("it should print `{expected}` and does not end\n{}", ended.stderr)),
        Some(false) => Some(format!("it should print `{expected}` and fails\n{}", ended.stderr)),
        Some(true) if printed != expected.trim() => {
            Some(format!("it should print `{expected}` and prints `{printed}`"))
        }
        Some(true) => None,
    }
}
