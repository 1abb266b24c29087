//! What was there before and is not to fail: a file that says how many findings of each rule stood on which code.
//!
//! A finding is recognised by its file, its rule and the text of its line (`fingerprint`), never by its place, so that
//! code may move. Of two findings that look alike as many are known as there were. What stood in a file that is gone may
//! have moved to another one, and is recognised there.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::one::Done;
use super::summary::count;
use crate::files::{Input, Trouble, reason, shown, write_whole};
use crate::fingerprint;
use crate::rules::by_name;
use crate::suppress::{Silenced, Silencer};

/// The form that is written today.
const VERSION: u32 = 1;

/// How many findings there are of a rule, by what they are recognised by.
type Counts = BTreeMap<String, BTreeMap<String, usize>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    /// By path from the folder of the baseline.
    files: BTreeMap<String, Counts>,
}

pub struct Baseline {
    path: PathBuf,
    known: BTreeMap<String, Counts>,
    is_there: bool,
}

/// What a baseline has to say about a run.
#[derive(Default)]
pub struct Verdict {
    /// Findings that it knows.
    pub known: usize,
    /// Findings that it knows and that are gone.
    pub gone: usize,
}

impl Baseline {
    /// Reads it; what is to be written anew need not be there.
    pub fn read(path: &Path, is_update: bool) -> Result<Baseline, String> {
        let baseline = |known, is_there| Baseline { path: path.to_path_buf(), known, is_there };
        let shown = shown(path);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return match is_update {
                    true => Ok(baseline(BTreeMap::new(), false)),
                    false => Err(format!("{shown}: there is no such baseline; --update-baseline writes it")),
                };
            }
            Err(error) => return Err(format!("{shown}: {}", reason(&error))),
        };
        match serde_json::from_str::<Content>(&text) {
            Ok(content) if content.version == VERSION => Ok(baseline(content.files, true)),
            Ok(content) => Err(format!(
                "{shown}: this baseline has the form {}, and this aiterlint knows only {VERSION}; delete it and write \
                 it anew with --update-baseline",
                content.version
            )),
            Err(error) => Err(format!(
                "{shown}:{}:{}: this is no baseline; delete it and write it anew with --update-baseline",
                error.line(),
                error.column()
            )),
        }
    }

    /// Silences what is known.
    pub fn apply(&self, inputs: &[Input], done: &mut [Done]) -> Verdict {
        let mut left = self.known.clone();
        let mut verdict = Verdict::default();
        let mut unknown = Vec::new();
        for (index, (input, done)) in inputs.iter().zip(done.iter_mut()).enumerate() {
            let Some(file) = self.name(input) else { continue };
            let counts = left.get_mut(&file);
            verdict.known += silence(done, counts.unwrap_or(&mut Counts::new()));
            let is_left = done.found.as_ref().is_some_and(|found| !found.report.diagnostics.is_empty());
            unknown.extend(is_left.then_some(index));
        }
        // What stood in files that are gone, whichever it was.
        let mut homeless = Counts::new();
        let gone: Vec<String> = left.keys().filter(|file| !self.whole(file).exists()).cloned().collect();
        for (rule, prints) in gone.iter().filter_map(|file| left.remove(file)).flatten() {
            let all = homeless.entry(rule).or_default();
            prints.into_iter().for_each(|(print, count)| *all.entry(print).or_default() += count);
        }
        for index in unknown {
            verdict.known += silence(&mut done[index], &mut homeless);
        }
        let sum = |counts: &Counts| counts.values().flat_map(BTreeMap::values).sum::<usize>();
        verdict.gone = sum(&homeless);
        for (input, done) in inputs.iter().zip(done.iter()).filter(|(_, done)| done.is_checked) {
            let Some(counts) = self.name(input).and_then(|file| left.get_mut(&file)) else { continue };
            counts.retain(|rule, _| speaks(done, rule));
            verdict.gone += sum(counts);
        }
        verdict
    }

    /// Writes what is found now, and silences it. The line says what was written.
    pub fn update(&mut self, inputs: &[Input], done: &mut [Done]) -> Result<String, Trouble> {
        let mut files: BTreeMap<String, Counts> = BTreeMap::new();
        for (file, counts) in &self.known {
            if self.whole(file).exists() {
                files.insert(file.clone(), counts.clone());
            }
        }
        for (input, done) in inputs.iter().zip(done.iter_mut()).filter(|(_, done)| done.is_checked) {
            let Some(file) = self.name(input) else { continue };
            let mut counts = files.remove(&file).unwrap_or_default();
            // A rule that does not speak now has not lost its findings.
            counts.retain(|rule, _| by_name(rule).is_some() && !speaks(done, rule));
            for found in done.found.iter_mut() {
                for diagnostic in found.report.diagnostics.drain(..) {
                    let print = fingerprint::of(&found.source, &diagnostic);
                    *counts.entry(diagnostic.rule.to_string()).or_default().entry(print).or_default() += 1;
                    found.report.suppressed.push(Silenced { diagnostic, by: Silencer::Baseline });
                }
            }
            if !counts.is_empty() {
                files.insert(file, counts);
            }
        }
        let all: usize = files.values().flat_map(Counts::values).flat_map(BTreeMap::values).sum();
        let line = format!("{} has {} in {}.", shown(&self.path), count(all, "mistake"), count(files.len(), "file"));
        if files != self.known || !self.is_there {
            self.known = files;
            self.write().map_err(|why| Trouble::new(shown(&self.path), format!("cannot be written: {why}")))?;
        }
        Ok(line)
    }

    fn write(&self) -> Result<(), String> {
        let content = Content { version: VERSION, files: self.known.clone() };
        let mut text = serde_json::to_vec_pretty(&content).map_err(|error| error.to_string())?;
        text.push(b'\n');
        write_whole(&self.path, &text).map_err(|error| reason(&error))
    }

    /// The path of a file as the baseline calls it; text without a name has none.
    fn name(&self, input: &Input) -> Option<String> {
        let (baseline, file) = (plain(&self.path), plain(input.path()?));
        let folder = baseline.parent()?;
        let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
        let up = folder.components().skip(shared).map(|_| Component::ParentDir);
        let path: PathBuf = up.chain(file.components().skip(shared)).collect();
        Some(shown(&path))
    }

    fn whole(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }
}

/// Silences the findings that are among these, and takes them out. How many there were.
fn silence(done: &mut Done, known: &mut Counts) -> usize {
    let Some(found) = &mut done.found else { return 0 };
    let mut silenced = 0;
    for diagnostic in std::mem::take(&mut found.report.diagnostics) {
        let print = fingerprint::of(&found.source, &diagnostic);
        let count =
            known.get_mut(diagnostic.rule).and_then(|prints| prints.get_mut(&print)).filter(|count| **count > 0);
        match count {
            Some(count) => {
                *count -= 1;
                silenced += 1;
                found.report.suppressed.push(Silenced { diagnostic, by: Silencer::Baseline });
            }
            None => found.report.diagnostics.push(diagnostic),
        }
    }
    silenced
}

/// Whether a rule was asked about a file.
fn speaks(done: &Done, rule: &str) -> bool {
    let settings = done.settings.as_ref();
    let severity = |rule| settings.and_then(|settings| settings.config.severity(rule, by_name(rule)?.meta().level));
    severity(rule).is_some()
}

/// The path from the root, without what it goes into and out of again.
fn plain(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}
