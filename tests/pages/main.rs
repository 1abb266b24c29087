//! Every page in `rules/` does what it says: in the library, in the program, and in CPython.
//!
//! A page (`reader.rs` reads it into `page.rs`) is asked one question after the other, each a test of its own:
//!
//! | test | question | file |
//! |---|---|---|
//! | `x::page` | is it a page? | `markdown.rs`, `reader.rs`, `expect.rs` |
//! | `x::logic` | is there a rule of that name, and does it read its page alike? | `logic.rs` |
//! | `x::finds`, `x::good`, `x::promises` | what is found, line by line, and what not | `findings.rs` |
//! | `x::fixes` | what do the fixes leave behind? | `fixes.rs` |
//! | `x::terminal` | what does a person see? | `terminal.rs` |
//! | `x::program` | does the built program agree? | `program.rs` |
//! | `x::server` | does the language server agree? | `server.rs` |
//! | `x::python`, `x::proof` | does CPython agree? | `proofs.rs`, `python.rs` |
//!
//! Another shell round the library is one more line in `of_rule` and a file like `program.rs`.
//!
//! `cargo test --test pages x` asks one page. `BLESS=1 cargo test` writes what is derived: the list in `src/rules.rs`
//! and what the terminal shows. `docs/writing-a-rule.md` tells how to write a page.

#[path = "../server/editor.rs"]
mod editor;
mod expect;
mod findings;
mod fixes;
mod itself;
mod linter;
mod logic;
mod markdown;
mod outcome;
mod page;
mod program;
mod proofs;
mod python;
mod reader;
mod server;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::{fs, io};

use aiterlint::rule::Rule;
use aiterlint::rules::{self, RULES};
use libtest_mimic::{Arguments, Trial};

use crate::linter::{Library, Linter};
use crate::outcome::{Outcome, all_right, for_libtest};
use crate::page::Page;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let bless = std::env::var_os("BLESS").is_some_and(|value| !value.is_empty() && value != "0");
    if bless && !arguments.list {
        match bless_list() {
            Ok(false) => {}
            Ok(true) => return build_and_run_again(),
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::FAILURE;
            }
        }
    }
    let pages = names_in("rules", "md").expect("rules/ can be read");
    let mut trials = itself::trials();
    trials.push(trial("src/rules.rs is complete and sorted".into(), list_is_complete));
    let names = pages.clone();
    trials.push(trial("every rule has a page".into(), move || {
        logic::have_pages(&RULES.iter().map(|rule| rule.name).collect::<Vec<_>>(), &names)
    }));
    for name in &pages {
        trials.extend(of_page(name, bless));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: String, test: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || for_libtest(test()))
}

/// The questions to a page. Without its logic it can still be read, and CPython can judge it.
fn of_page(name: &str, bless: bool) -> Vec<Trial> {
    let path = root().join("rules").join(format!("{name}.md"));
    let text = fs::read_to_string(&path).expect("a page is UTF-8");
    let page = match reader::read(name, &text) {
        Ok(page) => Arc::new(page),
        Err(problems) => {
            let said = problems.iter().map(|problem| format!("rules/{name}.md:{}: {}", problem.line, problem.message));
            let said = said.collect();
            return vec![trial(format!("{name}::page"), || all_right(said))];
        }
    };
    let mut trials = vec![trial(format!("{name}::page"), || Ok(()))];
    let asked = page.clone();
    trials.push(trial(format!("{name}::python"), move || proofs::blocks_are_python(&asked)));
    for at in 0..page.proofs.len() {
        let about = page.proofs[at].name.as_ref().map_or(String::new(), |name| format!(": {name}"));
        let asked = page.clone();
        trials.push(trial(format!("{name}::proof{about}"), move || proofs::holds(&asked, &asked.proofs[at])));
    }
    match rules::by_name(name) {
        Some(rule) => trials.extend(of_rule(&page, rule, bless.then_some((path, text)))),
        None => {
            let has_file = root().join("src/rules").join(format!("{}.rs", name.replace('-', "_"))).exists();
            let message = logic::is_missing(name, has_file);
            trials.push(trial(format!("{name}::logic"), || Err(message.into())));
        }
    }
    trials
}

/// The questions to a page with its rule; `bless` holds the page's file and text when it is to be written.
fn of_rule(page: &Arc<Page>, rule: &'static Rule, bless: Option<(PathBuf, String)>) -> Vec<Trial> {
    type Question = fn(&Page, &dyn Linter) -> Outcome;
    let mut questions: Vec<(&str, Question)> = vec![
        ("finds", findings::expected),
        ("promises", findings::as_promised),
        ("fixes", fixes::fixed),
        ("program", program::agrees),
        ("server", server::agrees),
    ];
    if page.cases.iter().any(|case| case.is_good) {
        questions.push(("good", findings::good));
    }
    let ask = |(what, question): (&str, Question)| {
        let page = page.clone();
        trial(format!("{}::{what}", page.name), move || question(&page, &Library))
    };
    let mut trials: Vec<Trial> = questions.into_iter().map(ask).collect();
    let asked = page.clone();
    trials.push(trial(format!("{}::logic", page.name), move || logic::is_there(&asked, rule)));
    let asked = page.clone();
    trials.push(trial(format!("{}::terminal", page.name), move || match bless {
        Some((path, text)) => bless_page(&asked, &path, &text),
        None => terminal::shown(&asked, &Library),
    }));
    trials
}

fn bless_page(page: &Page, path: &Path, text: &str) -> Outcome {
    if let Some(new) = terminal::blessed(page, text, &Library) {
        fs::write(path, &new).map_err(|error| error.to_string())?;
        // In one piece, because other tests write at the same time.
        let said = format!("rules/{}.md is written:\n{}\n", page.name, logic::difference(text, &new));
        eprint!("{said}");
    }
    Ok(())
}

fn list_is_complete() -> Outcome {
    let (old, new) = list()?;
    if old == new {
        return Ok(());
    }
    let difference = logic::difference(&old, &new);
    Err(format!("src/rules.rs is not the list of src/rules/*.rs: run `BLESS=1 cargo test`\n{difference}").into())
}

/// True when the list has changed.
fn bless_list() -> Result<bool, String> {
    let (old, new) = list()?;
    if old != new {
        fs::write(root().join("src/rules.rs"), &new).map_err(|error| error.to_string())?;
        eprintln!("src/rules.rs is written:\n{}", logic::difference(&old, &new));
    }
    Ok(old != new)
}

/// `src/rules.rs` as it is and as it should be.
fn list() -> Result<(String, String), String> {
    let old = fs::read_to_string(root().join("src/rules.rs")).map_err(|error| format!("src/rules.rs: {error}"))?;
    let modules = names_in("src/rules", "rs").map_err(|error| format!("src/rules: {error}"))?;
    let new = logic::listed(&old, &modules)?;
    Ok((old, new))
}

/// This program was built without the rules that the list has now.
fn build_and_run_again() -> ExitCode {
    let Some(cargo) = std::env::var_os("CARGO") else {
        eprintln!("run it again: the program is built without the new rules");
        return ExitCode::FAILURE;
    };
    let mut command = Command::new(cargo);
    command.args(["test", "--test", "pages", "--"]).args(std::env::args_os().skip(1)).current_dir(root());
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of a folder's files with that ending, sorted; none when there is no such folder.
fn names_in(folder: &str, ending: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(root().join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    let named = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == ending));
    let mut names: Vec<String> = named.filter_map(|path| Some(path.file_stem()?.to_str()?.to_string())).collect();
    names.sort();
    Ok(names)
}
