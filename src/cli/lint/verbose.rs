//! What `--verbose` tells besides the findings: what was read, what was passed over, how long it took.

use std::collections::BTreeMap;
use std::time::Duration;

use super::one::Done;
use super::summary::count;
use crate::files::{Found, Input};

/// Everything there is to tell, a line each; only the times differ from run to run.
pub fn lines(found: &Found, done: &[Done], search: Duration, check: Duration, threads: usize) -> Vec<String> {
    let mut settings: BTreeMap<&str, usize> = BTreeMap::new();
    for done in done.iter().filter(|done| done.is_checked) {
        *settings.entry(file_of(done)).or_default() += 1;
    }
    let settings = settings.iter().map(|(file, files)| format!("settings: {file} for {}", count(*files, "file")));
    let left_out = found.left_out.iter().map(|entry| format!("left out: {}: {}", entry.shown, entry.sentence));
    let checked =
        found.inputs.iter().zip(done).filter(|(_, done)| done.is_checked).map(|(input, done)| one(input, done));
    let files = count(found.inputs.len(), "file");
    let threads = count(threads, "thread");
    let times = format!("found {files} in {}, checked in {} with {threads}", time(search), time(check));
    settings.chain(left_out).chain(checked).chain([times]).collect()
}

fn one(input: &Input, done: &Done) -> String {
    let report = done.found.as_ref().map(|found| &found.report);
    let (findings, silenced) = report.map_or((0, 0), |report| (report.diagnostics.len(), report.suppressed.len()));
    format!("checked: {} in {}: {}, {silenced} silenced", input.shown, time(done.time), count(findings, "mistake"))
}

fn file_of(done: &Done) -> &str {
    let file = done.settings.as_ref().and_then(|settings| settings.file.as_deref());
    file.unwrap_or("no settings file")
}

fn time(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
