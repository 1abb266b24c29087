//! The commands: what a user asks for, what comes out, and how it ended.
//!
//! Findings and whatever else was asked for go to standard output, everything about the run to standard error.
//! Nothing here knows Python. A failure anywhere ends in a sentence and a status, never in a panic.

mod args;
mod config;
mod lint;
mod manual;
mod terminal;

use std::ffi::OsString;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::read::no_such_rule;
use crate::explain;
use crate::panics;
use crate::rules::by_name;
use args::{Arguments, Command, ConfigCommand, ExplainFormat, ListFormat};
use terminal::Terminal;

/// How a run ended, from best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// Nothing to say.
    Clean,
    /// There are findings, or `--diff` would change something.
    Findings,
    /// Wrong use, wrong settings, or something that could not be read or written.
    Trouble,
}

impl Status {
    pub fn code(self) -> u8 {
        match self {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Trouble => 2,
        }
    }
}

/// What came of the arguments. The two shells do not know each other, so the caller starts the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Ended(Status),
    Serve,
}

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    terminal::prepare();
    panics::guarded(|| dispatch(&arguments)).unwrap_or_else(|panic| {
        Terminal::new(None).error(&format!("aiterlint itself failed ({panic}); please report this"));
        Outcome::Ended(Status::Trouble)
    })
}

fn dispatch(arguments: &[OsString]) -> Outcome {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return Outcome::Ended(refuse(&error)),
    };
    let terminal = Terminal::new(Some(arguments.color));
    Outcome::Ended(match arguments.command {
        Command::Lint(arguments) => lint::run(&arguments, &terminal),
        Command::Explain { rule, output_format } => explain(&rule, output_format, &terminal),
        Command::Rules { output_format } => rules(output_format, &terminal),
        Command::Config { command: ConfigCommand::Show(arguments) } => config::show(&arguments, &terminal),
        Command::Config { command: ConfigCommand::Schema } => config::schema(&terminal),
        Command::Clean { cache_dir } => lint::clean(cache_dir.as_deref(), &terminal),
        Command::Completions { shell } => manual::completions(shell, &terminal),
        Command::Man { folder } => manual::pages(&folder, &terminal),
        Command::Server(_) => return Outcome::Serve,
    })
}

/// Help and version are asked for; everything else clap returns is wrong use.
fn refuse(error: &clap::Error) -> Status {
    if !error.use_stderr() {
        // A reader who has seen enough closes the pipe: no reason to complain.
        let _ = error.print();
        return Status::Clean;
    }
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name))) if std::path::Path::new(name).exists() => {
            let sentence = format!("`{name}` is not a command; to check it, write `aiterlint lint {name}`");
            Terminal::new(None).error(&sentence);
        }
        _ => {
            let _ = error.print();
        }
    }
    Status::Trouble
}

fn explain(name: &str, format: ExplainFormat, terminal: &Terminal) -> Status {
    let Some(rule) = by_name(name) else {
        terminal.error(&no_such_rule(name));
        return Status::Trouble;
    };
    match format {
        ExplainFormat::Text => terminal.print(&explain::text(rule, terminal.width(), terminal.palette())),
        ExplainFormat::Markdown => terminal.print(&rule.markdown()),
        ExplainFormat::Json => terminal.print_json(explain::json(rule)),
    }
}

fn rules(format: ListFormat, terminal: &Terminal) -> Status {
    match format {
        ListFormat::Text => terminal.print(&explain::list(terminal.palette())),
        ListFormat::Json => terminal.print_json(explain::list_json()),
    }
}
