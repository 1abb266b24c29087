//! `lint`: finds the files, checks them in parallel, and tells in the order of their paths.

mod baseline;
mod cache;
mod one;
mod outputs;
mod progress;
mod summary;
mod verbose;
mod views;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use super::args::LintArguments;
use super::terminal::Terminal;
use super::{Status, config};
use crate::config::read::Resolver;
use crate::files::{self, Changes, Choice, Found, Input, Modules, Traced, reason, shown};
use crate::project::Project;
use crate::render::Palette;
use baseline::{Baseline, Verdict};
use cache::Cache;
use one::{Done, Means, Task, Work};
use outputs::Outputs;
use summary::Summary;
use views::Views;
use watch::Watch;

/// Room for deeply nested code; it costs nothing until it is used.
const STACK: usize = 32 << 20;

pub fn run(arguments: &LintArguments, terminal: &Terminal) -> Status {
    if !arguments.watch {
        return once(arguments, terminal);
    }
    let watch = match Watch::new(arguments) {
        Ok(watch) => watch,
        Err(sentence) => {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    };
    loop {
        terminal.clear();
        once(arguments, terminal);
        if !arguments.quiet {
            terminal.note("Watching for changes; Ctrl-C ends it.");
        }
        if let Err(sentence) = watch.wait() {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    }
}

fn once(arguments: &LintArguments, terminal: &Terminal) -> Status {
    match prepare(arguments) {
        Ok((outputs, resolver)) if arguments.show_settings => {
            drop(outputs);
            config::show_each(&arguments.paths, &resolver, terminal)
        }
        Ok((outputs, resolver)) => lint(arguments, &outputs, resolver, terminal),
        Err(sentence) => {
            terminal.error(&sentence);
            Status::Trouble
        }
    }
}

/// What was asked for; the error says what does not go together.
fn prepare(arguments: &LintArguments) -> Result<(Outputs, Resolver), String> {
    if arguments.stdin_filename.is_some() && !arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err("--stdin-filename names what is read from `-`, and `-` is not among the paths".to_string());
    }
    if let Some(python) = arguments.settings.python.as_deref().filter(|python| !python.exists()) {
        return Err(format!("--python names `{}`, and there is no such file or folder", files::shown(python)));
    }
    let outputs = Outputs::new(&arguments.output_format, arguments.output_file.as_deref(), arguments.statistics)?;
    Ok((outputs, arguments.resolver()?))
}

fn lint(arguments: &LintArguments, outputs: &Outputs, resolver: Resolver, terminal: &Terminal) -> Status {
    let threads = match arguments.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let start = Instant::now();
    let resolver = Arc::new(resolver);
    let choice: Arc<dyn Choice> = Arc::clone(&resolver) as Arc<dyn Choice>;
    let mut found = files::find(&arguments.paths, arguments.stdin_filename.as_deref(), &choice, threads);
    if arguments.show_files {
        return show_files(&found, &resolver, terminal);
    }
    let search = start.elapsed();

    let (changes, baseline) = match old_code(arguments) {
        Ok(known) => known,
        Err(sentence) => {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    };
    let is_empty = found.inputs.is_empty();
    if let Some(changes) = &changes {
        found.inputs.retain(|input| changes.has(&input.place));
    }
    let work = match (arguments.diff, arguments.fix || arguments.add_ignore.is_some()) {
        (true, _) => Work::Diff,
        (false, true) => Work::Write,
        (false, false) => Work::Check,
    };
    if work == Work::Write {
        files::sweep_beside(&found.inputs);
    }
    let means = match &arguments.add_ignore {
        Some(reason) => Means::Comments { reason: Some(reason.clone()).filter(|reason| !reason.is_empty()) },
        None => Means::Fixes { with_unsafe: arguments.unsafe_fixes },
    };
    let palette = *terminal.palette();
    let modules = Modules::new(arguments.settings.python.clone()).described(resolver.describe());
    let folder = if work == Work::Check { cache_folder(arguments) } else { None };
    let (project, cache) = match folder {
        Some(folder) => remembering(&folder, modules, terminal),
        None => (Project::new(modules), None),
    };
    let project = project.with_threads(threads);
    let mut task = Task { work, means, project, resolver, changes, cache, palette };
    let start = Instant::now();
    let checked = match arguments.quiet {
        true => check_all(&found.inputs, &task, threads, &AtomicUsize::new(0)),
        false => progress::told(terminal, found.inputs.len(), |done| check_all(&found.inputs, &task, threads, done)),
    };
    let done = match checked {
        Ok(done) => done,
        Err(sentence) => {
            terminal.error(&sentence);
            return Status::Trouble;
        }
    };
    if let Some(cache) = task.cache.take() {
        cache.save();
    }
    if arguments.verbose {
        verbose::lines(&found, &done, search, start.elapsed(), threads).iter().for_each(|line| terminal.note(line));
    }
    if found.inputs.is_empty() && !is_empty && !arguments.quiet {
        terminal.note("No line differs in what there is to check.");
    }
    report(arguments, terminal, outputs, &task, found, done, baseline)
}

/// Where what was found before is kept, unless nobody wants to know or there is no place for it.
fn cache_folder(arguments: &LintArguments) -> Option<PathBuf> {
    arguments.cache_dir.clone().or_else(cache::default_folder).filter(|_| !arguments.no_cache)
}

/// A project that writes down what it looks at, and the cache that lives on that.
fn remembering(folder: &Path, modules: Modules, terminal: &Terminal) -> (Project, Option<Cache>) {
    let texts = Traced::new(modules);
    let (cache, damage) = Cache::open(folder, texts.clone()).unzip();
    damage.flatten().iter().for_each(|sentence| terminal.warning(sentence));
    (Project::new(texts), cache)
}

/// Empties the cache.
pub fn clean(folder: Option<&Path>, terminal: &Terminal) -> Status {
    let Some(folder) = folder.map(Path::to_path_buf).or_else(cache::default_folder) else {
        terminal.error("this user has no folder for caches; name it with --cache-dir");
        return Status::Trouble;
    };
    match cache::clean(&folder) {
        Ok(files) => {
            terminal.note(&format!("Removed {} from {}.", summary::count(files, "cache"), shown(&folder)));
            Status::Clean
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            terminal.note(&format!("There is no cache in {}.", shown(&folder)));
            Status::Clean
        }
        Err(error) => {
            terminal.error(&format!("{}: the cache cannot be removed: {}", shown(&folder), reason(&error)));
            Status::Trouble
        }
    }
}

/// What is known of the code as it was.
fn old_code(arguments: &LintArguments) -> Result<(Option<Changes>, Option<Baseline>), String> {
    let since = arguments.since.as_deref().or(arguments.changed.then_some("HEAD"));
    let changes = since.map(Changes::since).transpose()?;
    let baseline = arguments.baseline.as_deref().map(|path| Baseline::read(path, arguments.update_baseline));
    Ok((changes, baseline.transpose()?))
}

fn show_files(found: &Found, resolver: &Resolver, terminal: &Terminal) -> Status {
    let status = terminal.write(|out| found.inputs.iter().try_for_each(|input| writeln!(out, "{}", input.shown)));
    let mistakes = resolver.mistakes();
    mistakes.iter().for_each(|mistake| terminal.error(&mistake.to_string()));
    found.troubles.iter().for_each(|trouble| terminal.error(&trouble.to_string()));
    if mistakes.is_empty() && found.troubles.is_empty() { status } else { Status::Trouble }
}

/// What became of each input, in their order.
fn check_all(inputs: &[Input], task: &Task, threads: usize, done: &AtomicUsize) -> Result<Vec<Done>, String> {
    let threads = threads.min(inputs.len()).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
    let pool = pool.map_err(|error| format!("{threads} threads cannot be started: {error}; try --threads 1"))?;
    let run = |input| {
        let outcome = task.run(input);
        done.fetch_add(1, Ordering::Relaxed);
        outcome
    };
    Ok(pool.install(|| inputs.par_iter().map(run).collect()))
}

fn report(
    arguments: &LintArguments,
    terminal: &Terminal,
    outputs: &Outputs,
    task: &Task,
    found: Found,
    mut done: Vec<Done>,
    baseline: Option<Baseline>,
) -> Status {
    let (verdict, updated) = match baseline {
        Some(mut baseline) if arguments.update_baseline => (None, Some(baseline.update(&found.inputs, &mut done))),
        Some(baseline) => {
            let Verdict { known, gone } = baseline.apply(&found.inputs, &mut done);
            // Of what was not looked at nobody knows whether it is gone.
            let gone = if task.changes.is_some() || task.work == Work::Diff { 0 } else { gone };
            (Some(Verdict { known, gone }), None)
        }
        None => (None, None),
    };
    let mut summary = Summary::new(task.work, task.means.clone(), verdict);
    let mut files = Vec::new();
    let mut texts = Vec::new();
    let mut errors: Vec<String> = task.resolver.mistakes().iter().map(ToString::to_string).collect();
    let mut warnings: Vec<String> = Vec::new();
    errors.extend(found.troubles.iter().map(ToString::to_string));
    for done in done {
        summary.add(&done);
        errors.extend(done.error.map(|error| error.to_string()));
        warnings.extend(done.warning.map(|warning| warning.to_string()));
        texts.extend(done.text);
        files.extend(done.found.map(|found| (found, done.notebook)));
    }
    let files = Views::new(files);
    let updated = updated.transpose().unwrap_or_else(|trouble| {
        errors.push(trouble.to_string());
        None
    });
    warnings.extend(found.empty.iter().map(|folder| format!("{folder}: there is no Python file to check in it")));

    let mut status = match task.work {
        Work::Diff => terminal.write(|out| texts.iter().try_for_each(|text| out.write_all(text.as_bytes()))),
        // Standard input has its fixed text on standard output, so the findings stand aside.
        Work::Write if !texts.is_empty() => {
            let written = terminal.write(|out| texts.iter().try_for_each(|text| out.write_all(text.as_bytes())));
            written.max(terminal.write_aside(|out, palette: &Palette| outputs.show(&files, palette, out)))
        }
        Work::Check | Work::Write => terminal.write(|out| outputs.show(&files, terminal.palette(), out)),
    };
    errors.extend(outputs.save(&files).into_iter().map(|trouble| trouble.to_string()));
    warnings.iter().for_each(|warning| terminal.warning(warning));
    errors.iter().for_each(|error| terminal.error(error));
    if !errors.is_empty() {
        status = Status::Trouble;
    }
    if !arguments.quiet && (outputs.are_for_people() || task.work != Work::Check) {
        let lines = updated.map_or_else(|| summary.lines(), |line| vec![line]);
        lines.iter().for_each(|line| terminal.note(line));
    }
    if summary.is_failure() && !arguments.exit_zero {
        status = status.max(Status::Findings);
    }
    status
}
