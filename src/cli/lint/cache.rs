//! What was found the last time, for files of which nothing has changed since.
//!
//! A result counts again when the file's text and settings are the same, and so is everything that its check may have
//! looked at: the text of each module that its imports lead to, however far away, and where each of those imports leads.
//! That is asked anew before anything is taken from here, so that a finding never outlives its cause in another file.
//! Another build of the program begins anew.
//!
//! Each folder in which the program runs has one file in the user's cache folder. It is replaced in one step; of two
//! processes that end together the later one wins, and the other's results are worked out again some day. A file that is
//! damaged is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::check::Report;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Edit, Fix, Note, Safety, Severity};
use crate::files::{Trace, Traced, fingerprint_of, shown, write_whole};
use crate::fingerprint;
use crate::project::{Found, Owner, Texts};
use crate::rules::by_name;
use crate::suppress::{Silenced, Silencer};
use crate::text::{Source, Span};

/// The ending of our files' names.
const ENDING: &str = "aiterlint-cache";

/// In place of a text that was one thing and then another: no text is recognised by it.
const CHANGING: &str = "changing";

#[derive(Serialize, Deserialize, Default)]
struct Content {
    /// The build of the program, and the folder.
    stamp: String,
    modules: BTreeMap<String, Module>,
    results: BTreeMap<String, Kept>,
}

/// A file that a check has come across.
#[derive(Clone, Serialize, Deserialize, Default)]
struct Module {
    text: Option<String>,
    ways: BTreeMap<(u32, String), Vec<Led>>,
}

/// Where an import leads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Led {
    path: String,
    owner: u8,
    is_folder: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// The file's text, and what it was checked with.
    key: String,
    spoken: Vec<KeptFinding>,
    silenced: Vec<(KeptFinding, Option<String>)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptFinding {
    rule: String,
    severity: u8,
    span: Pair,
    message: String,
    notes: Vec<KeptNote>,
    help: Option<String>,
    fix: Option<KeptFix>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptNote {
    span: Pair,
    message: String,
    file: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptFix {
    title: String,
    safety: u8,
    edits: Vec<(Pair, String)>,
}

/// The two ends of a span.
type Pair = (u32, u32);

pub struct Cache {
    path: PathBuf,
    old: Content,
    /// Files that may be seen otherwise now.
    affected: BTreeSet<String>,
    new: Mutex<BTreeMap<String, Kept>>,
    texts: Traced,
}

/// Where caches are if nobody says otherwise.
pub fn default_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else {
        named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))
    };
    folder.map(|folder| folder.join("aiterlint"))
}

/// Removes what is ours from a folder; how many files there were.
pub fn clean(folder: &Path) -> std::io::Result<usize> {
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            std::fs::remove_file(path)?;
            removed += 1;
        }
    }
    // Whatever else is in it stays, and so does the folder then.
    let _ = std::fs::remove_dir(folder);
    Ok(removed)
}

impl Module {
    /// Adds what was seen in this run. Who has seen something else before must not meet it under the same name.
    fn add(&mut self, trace: Trace) {
        let mut is_same = self.text.is_none() || trace.text.is_none() || self.text == trace.text;
        for (asked, found) in trace.ways {
            let found: Vec<_> = found.iter().map(led).collect();
            is_same &= self.ways.get(&asked).is_none_or(|known| *known == found);
            self.ways.insert(asked, found);
        }
        if !is_same {
            self.text = Some(CHANGING.to_string());
        } else if trace.text.is_some() {
            self.text = trace.text;
        }
    }
}

impl Cache {
    /// Reads what is there. The sentence says that it was damaged.
    pub fn open(folder: &Path, texts: Traced) -> Option<(Cache, Option<String>)> {
        let here = std::env::current_dir().ok()?;
        let program = std::env::current_exe().ok()?;
        let build = std::fs::metadata(&program).ok()?;
        let built = build.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
        let stamp = [env!("CARGO_PKG_VERSION"), &built.to_string(), &build.len().to_string(), &shown(&here)];
        let stamp = fingerprint::hash(&stamp);
        let path = folder.join(format!("{}.{ENDING}", fingerprint::hash(&[&shown(&here)])));
        let (old, damage) = match std::fs::read(&path).map(|bytes| unpack(&bytes)) {
            Ok(Some(content)) if content.stamp == stamp => (content, None),
            Ok(Some(_)) | Err(_) => (Content::default(), None),
            Ok(None) => {
                let sentence = format!("{}: this cache was damaged, and is begun anew", shown(&path));
                (Content::default(), Some(sentence))
            }
        };
        let affected = affected(&old.modules, &texts);
        let old = Content { stamp, ..old };
        Some((Cache { path, old, affected, new: Mutex::default(), texts }, damage))
    }

    /// What was found in this text under these settings, if it still holds.
    pub fn get(&self, source: &Source, config: &Config) -> Option<Report> {
        if self.affected.contains(&*source.path) {
            return None;
        }
        let kept = self.old.results.get(&*source.path).filter(|kept| kept.key == key(source, config))?;
        kept.report(source, &self.texts)
    }

    pub fn put(&self, source: &Source, config: &Config, report: &Report) {
        let kept = Kept::new(key(source, config), report);
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(source.path.to_string(), kept);
    }

    /// Writes what is known now. Nobody waits for it, so a failure only means that there is nothing to take next time.
    pub fn save(self) {
        let new = self.new.into_inner().unwrap_or_else(PoisonError::into_inner);
        if new.is_empty() {
            return;
        }
        let Content { stamp, mut modules, mut results } = self.old;
        // Who is affected and was not checked again has no result any more.
        results.retain(|path, _| !self.affected.contains(path) && Path::new(path).exists());
        results.extend(new);
        modules.retain(|path, _| !self.affected.contains(path));
        for (path, trace) in self.texts.traces() {
            let module: &mut Module = modules.entry(path.to_string()).or_default();
            module.add(trace);
        }
        if let Some(bytes) = pack(&Content { stamp, modules, results }) {
            let _ = write_whole(&self.path, &bytes);
        }
    }
}

fn led(found: &Found) -> Led {
    let owner = match found.owner {
        Owner::Project => 0,
        Owner::ThirdParty => 1,
        Owner::Library => 2,
    };
    Led { path: found.path.to_string(), owner, is_folder: found.is_folder }
}

/// The files that have changed, whose imports lead elsewhere now, or that lead to one of those.
fn affected(modules: &BTreeMap<String, Module>, texts: &Traced) -> BTreeSet<String> {
    let is_same = |(path, module): &(&String, &Module)| {
        let has_text = |text: &String| *text == fingerprint_of(texts.modules().read(path).as_deref());
        module.text.as_ref().is_none_or(has_text)
            && module.ways.iter().all(|((level, name), found)| {
                texts.modules().find(path, *level, name).iter().map(led).eq(found.iter().cloned())
            })
    };
    let list: Vec<(&String, &Module)> = modules.iter().collect();
    let changed = list.into_par_iter().filter(|module| !is_same(module)).map(|(path, _)| path.clone());
    let mut affected: BTreeSet<String> = changed.collect();
    let mut askers: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for (path, module) in modules {
        for led in module.ways.values().flatten() {
            askers.entry(&led.path).or_default().push(path);
        }
    }
    let mut next: Vec<String> = affected.iter().cloned().collect();
    while let Some(path) = next.pop() {
        for asker in askers.get(path.as_str()).into_iter().flatten() {
            if affected.insert((*asker).clone()) {
                next.push((*asker).clone());
            }
        }
    }
    affected
}

fn key(source: &Source, config: &Config) -> String {
    fingerprint::hash(&[&source.text, &format!("{config:?}")])
}

/// The content, and before it what tells that it is whole.
fn pack(content: &Content) -> Option<Vec<u8>> {
    let bytes = postcard::to_stdvec(content).ok()?;
    Some([fingerprint::of_bytes(&bytes).as_bytes(), &bytes].concat())
}

fn unpack(bytes: &[u8]) -> Option<Content> {
    let (sum, bytes) = bytes.split_at_checked(16)?;
    if fingerprint::of_bytes(bytes).as_bytes() != sum {
        return None;
    }
    postcard::from_bytes(bytes).ok()
}

impl Kept {
    fn new(key: String, report: &Report) -> Kept {
        let silenced = report.suppressed.iter().map(|silenced| {
            let reason = match &silenced.by {
                Silencer::Comment { reason } => reason.clone(),
                Silencer::Baseline => None,
            };
            (KeptFinding::new(&silenced.diagnostic), reason)
        });
        let spoken = report.diagnostics.iter().map(KeptFinding::new);
        Kept { key, spoken: spoken.collect(), silenced: silenced.collect() }
    }

    fn report(&self, source: &Source, texts: &Traced) -> Option<Report> {
        let spoken: Option<Vec<Diagnostic>> = self.spoken.iter().map(|kept| kept.finding(source, texts)).collect();
        let silenced = self.silenced.iter().map(|(kept, reason)| {
            let by = Silencer::Comment { reason: reason.clone() };
            Some(Silenced { diagnostic: kept.finding(source, texts)?, by })
        });
        Some(Report { diagnostics: spoken?, suppressed: silenced.collect::<Option<_>>()? })
    }
}

impl KeptFinding {
    fn new(found: &Diagnostic) -> KeptFinding {
        let note = |note: &Note| KeptNote {
            span: pair(note.span),
            message: note.message.clone(),
            file: note.file.as_ref().map(|file| file.path.to_string()),
        };
        let fix = |fix: &Fix| KeptFix {
            title: fix.title.clone(),
            safety: fix.safety as u8,
            edits: fix.edits.iter().map(|edit| (pair(edit.span), edit.text.clone())).collect(),
        };
        KeptFinding {
            rule: found.rule.to_string(),
            severity: found.severity as u8,
            span: pair(found.span),
            message: found.message.clone(),
            notes: found.notes.iter().map(note).collect(),
            help: found.help.clone(),
            fix: found.fix.as_ref().map(fix),
        }
    }

    /// None when it does not fit: then the file is checked again.
    fn finding(&self, source: &Source, texts: &Traced) -> Option<Diagnostic> {
        let note = |note: &KeptNote| {
            let file: Option<Arc<Source>> = match &note.file {
                Some(path) => Some(texts.modules().read(path)?),
                None => None,
            };
            let span = span(note.span, file.as_deref().unwrap_or(source))?;
            Some(Note { span, message: note.message.clone(), file })
        };
        let fix = match &self.fix {
            Some(fix) => {
                let all = [Safety::Safe, Safety::Unsafe, Safety::Shown];
                let edit = |(place, text): &(Pair, String)| Some(Edit::replace(span(*place, source)?, text));
                Some(Fix {
                    title: fix.title.clone(),
                    safety: all.into_iter().find(|safety| *safety as u8 == fix.safety)?,
                    edits: fix.edits.iter().map(edit).collect::<Option<_>>()?,
                })
            }
            None => None,
        };
        let severities = [Severity::Info, Severity::Warning, Severity::Error];
        Some(Diagnostic {
            rule: by_name(&self.rule)?.name,
            severity: severities.into_iter().find(|it| *it as u8 == self.severity)?,
            span: span(self.span, source)?,
            message: self.message.clone(),
            notes: self.notes.iter().map(note).collect::<Option<_>>()?,
            help: self.help.clone(),
            fix,
        })
    }
}

fn pair(span: Span) -> Pair {
    (span.start, span.end)
}

/// A place that the text really has.
fn span((start, end): Pair, source: &Source) -> Option<Span> {
    source.text.get(start as usize..end as usize).map(|_| Span::new(start, end))
}
