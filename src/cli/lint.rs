//! `lint`: finds the files, checks them in parallel, and tells in the order of their paths.

mod one;
mod outputs;
mod summary;

use std::sync::Arc;

use rayon::prelude::*;

use super::Status;
use super::args::LintArguments;
use super::terminal::Terminal;
use crate::files::{self, Found, Input, LeaveOut, Modules};
use crate::project::Project;
use crate::render::{Checked, Palette};
use one::{Done, Task, Work};
use outputs::Outputs;
use summary::Summary;

/// Room for deeply nested code; it costs nothing until it is used.
const STACK: usize = 32 << 20;

pub fn run(arguments: &LintArguments, terminal: &Terminal) -> Status {
    if arguments.stdin_filename.is_some() && !arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        terminal.error("--stdin-filename names what is read from `-`, and `-` is not among the paths");
        return Status::Trouble;
    }
    let outputs = match Outputs::new(&arguments.output_format, arguments.output_file.as_deref()) {
        Ok(outputs) => outputs,
        Err(sentence) => {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    };
    let threads = match arguments.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let resolver = Arc::new(arguments.settings.resolver());
    let settings = Arc::clone(&resolver);
    let leave_out: Arc<LeaveOut> = Arc::new(move |path, is_folder| settings.leave_out(path, is_folder));
    let found = files::find(&arguments.paths, arguments.stdin_filename.as_deref(), &leave_out, threads);

    let work = match (arguments.diff, arguments.fix) {
        (true, _) => Work::Diff,
        (false, true) => Work::Fix,
        (false, false) => Work::Check,
    };
    let palette = *terminal.palette();
    let task = Task {
        work,
        with_unsafe: arguments.unsafe_fixes,
        project: Project::new(Modules::new(arguments.settings.python.clone())),
        resolver,
        palette,
    };
    let done = match check_all(&found.inputs, &task, threads) {
        Ok(done) => done,
        Err(sentence) => {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    };
    report(arguments, terminal, &outputs, &task, found, done)
}

/// What became of each input, in their order.
fn check_all(inputs: &[Input], task: &Task, threads: usize) -> Result<Vec<Done>, String> {
    let threads = threads.min(inputs.len()).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
    let pool = pool.map_err(|error| format!("{threads} threads cannot be started: {error}; try --threads 1"))?;
    Ok(pool.install(|| inputs.par_iter().map(|input| task.run(input)).collect()))
}

fn report(
    arguments: &LintArguments,
    terminal: &Terminal,
    outputs: &Outputs,
    task: &Task,
    found: Found,
    done: Vec<Done>,
) -> Status {
    let mut summary = Summary::new(task.work, arguments.unsafe_fixes);
    let mut files: Vec<Checked> = Vec::new();
    let mut texts = Vec::new();
    let mut errors: Vec<String> = task.resolver.mistakes().iter().map(ToString::to_string).collect();
    let mut warnings: Vec<String> = Vec::new();
    errors.extend(found.troubles.iter().map(ToString::to_string));
    for done in done {
        summary.add(&done);
        errors.extend(done.error.map(|error| error.to_string()));
        warnings.extend(done.warning.map(|warning| warning.to_string()));
        texts.extend(done.text);
        files.extend(done.found);
    }
    warnings.extend(found.empty.iter().map(|folder| format!("{folder}: there is no Python file to check in it")));

    let mut status = match task.work {
        Work::Diff => terminal.write(|out| texts.iter().try_for_each(|text| out.write_all(text.as_bytes()))),
        // Standard input has its fixed text on standard output, so the findings stand aside.
        Work::Fix if !texts.is_empty() => {
            let written = terminal.write(|out| texts.iter().try_for_each(|text| out.write_all(text.as_bytes())));
            written.max(terminal.write_aside(|out, palette: &Palette| outputs.show(&files, palette, out)))
        }
        Work::Check | Work::Fix => terminal.write(|out| outputs.show(&files, terminal.palette(), out)),
    };
    errors.extend(outputs.save(&files).into_iter().map(|trouble| trouble.to_string()));
    warnings.iter().for_each(|warning| terminal.warning(warning));
    errors.iter().for_each(|error| terminal.error(error));
    if !errors.is_empty() {
        status = Status::Trouble;
    }
    if !arguments.quiet && (outputs.are_for_people() || task.work != Work::Check) {
        summary.lines().iter().for_each(|line| terminal.note(line));
    }
    if summary.has_findings() && !arguments.exit_zero {
        status = status.max(Status::Findings);
    }
    status
}
