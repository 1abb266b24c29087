//! What was found the last time, for files of which nothing has changed since.
//!
//! A result counts again when the file's text and settings are the same, and so is everything that its check may have
//! looked at: the text of each module that its imports lead to, however far away, and where each of those imports leads.
//! That is asked anew before anything is taken from here, so that a finding never outlives its cause in another file.
//! A file that nobody has touched is not read to find that out, nor is a folder listed. Another build of the program
//! begins anew.
//!
//! Each folder in which the program runs has one file in the user's cache folder. It is replaced in one step; of two
//! processes that end together the later one wins, and the other's results are worked out again some day. A file that is
//! damaged is dropped.

mod content;
mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use self::content::{Content, File, Led, Place, Unread, Ways, pack, unpack};
use self::kept::Kept;
use crate::check::Report;
use crate::config::read::Settings;
use crate::files::{Seen, Stamp, Traced, is_older, shown, stamp_of, write_whole};
use crate::fingerprint;
use crate::project::{Found, Owner, Texts};
use crate::text::Source;

/// The ending of our files' names.
pub const ENDING: &str = "aiterlint-cache";

pub struct Cache {
    path: PathBuf,
    began: SystemTime,
    old: Content,
    ways: OldWays,
    /// Something that is as it was had to be read to find that out.
    is_behind: bool,
    /// Files that may be seen otherwise now.
    affected: BTreeSet<String>,
    new: Mutex<BTreeMap<String, File>>,
    /// Settings as one number, with the settings, so that no others can take their place.
    settings: RwLock<FxHashMap<usize, (Arc<Settings>, u64)>>,
    texts: Traced,
}

/// Where the imports led.
enum OldWays {
    Read(Ways),
    /// Nobody had to know.
    Unread(Unread),
}

/// What a look at the disk has found.
#[derive(Default)]
struct Look {
    /// The files whose text is another one now.
    changed: BTreeSet<String>,
    is_behind: bool,
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

impl Cache {
    /// Reads what is there. The sentence says that it was damaged.
    pub fn open(folder: &Path, texts: Traced) -> Option<(Cache, Option<String>)> {
        let began = SystemTime::now();
        let here = std::env::current_dir().ok()?;
        let program = std::env::current_exe().ok()?;
        let build = std::fs::metadata(&program).ok()?;
        let built = build.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
        let stamp = [env!("CARGO_PKG_VERSION"), &built.to_string(), &build.len().to_string(), &shown(&here)];
        let stamp = fingerprint::hash(&stamp);
        let path = folder.join(format!("{}.{ENDING}", fingerprint::hash(&[&shown(&here)])));
        let (read, damage) = match std::fs::read(&path).map(unpack) {
            Ok(Some(read)) if read.0.stamp == stamp => (Some(read), None),
            Ok(Some(_)) | Err(_) => (None, None),
            Ok(None) => (None, Some(format!("{}: this cache was damaged, and is begun anew", shown(&path)))),
        };
        let mut look = Look::default();
        let (mut affected, mut old, mut ways) = (BTreeSet::new(), Content::default(), OldWays::Read(Ways::new()));
        if let Some((content, unread)) = read {
            look = look_at(&content.files, &texts);
            if look.changed.is_empty() && look.leads_as_before(&content, &texts) {
                (old, ways) = (content, OldWays::Unread(unread));
            } else if let Some(known) = unread.ways() {
                affected = affected_by(std::mem::take(&mut look.changed), &known, &texts);
                (old, ways) = (content, OldWays::Read(known));
            }
        }
        let old = Content { stamp, ..old };
        let (new, settings, is_behind) = (Mutex::default(), RwLock::default(), look.is_behind);
        Some((Cache { path, began, old, ways, is_behind, affected, new, settings, texts }, damage))
    }

    /// The file is as it was, and there was nothing in it to tell: it need not be read.
    pub fn is_clean(&self, path: &str, settings: &Arc<Settings>) -> bool {
        let Some(file) = self.unaffected(path) else { return false };
        file.result.as_ref().is_some_and(|kept| kept.is_clean() && kept.settings == self.number_of(settings))
    }

    /// What was found in this text under these settings, if it still holds.
    pub fn get(&self, source: &Source, settings: &Arc<Settings>) -> Option<Report> {
        let file = self.unaffected(&source.path).filter(|file| file.text == Seen::of(Some(source)))?;
        let kept = file.result.as_ref().filter(|kept| kept.settings == self.number_of(settings))?;
        kept.report(source, &self.texts)
    }

    pub fn put(&self, source: &Source, settings: &Arc<Settings>, report: &Report) {
        let result = Some(Kept::new(self.number_of(settings), report));
        let file = File { stamp: None, text: Seen::of(Some(source)), result };
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(source.path.to_string(), file);
    }

    /// Writes what is known now. Nobody waits for it, so a failure only means that there is nothing to take next time.
    pub fn save(mut self) {
        let new = std::mem::take(&mut *self.new.lock().unwrap_or_else(PoisonError::into_inner));
        if new.is_empty() && !self.is_behind {
            return;
        }
        let known = std::mem::replace(&mut self.ways, OldWays::Read(Ways::new()));
        let (mut ways, mut places) = match known {
            // All of them were asked anew, so that all places were looked at.
            OldWays::Read(ways) => (ways, BTreeMap::new()),
            OldWays::Unread(unread) => match unread.ways() {
                Some(ways) => (ways, self.old.places.drain(..).map(|place| (place.path, place.seen)).collect()),
                None => return,
            },
        };
        let mut files = std::mem::take(&mut self.old.files);
        // Who is affected and was not checked again has no result any more.
        files.retain(|path, _| !self.affected.contains(path) && Path::new(path).exists());
        ways.retain(|path, _| !self.affected.contains(path));
        for (path, file) in new {
            let known = files.entry(path).or_default();
            *known = File { text: known.text.and(file.text), ..file };
        }
        for (path, trace) in self.texts.traces() {
            let mut is_same = true;
            let of_file = ways.entry(path.to_string()).or_default();
            for (asked, found) in trace.ways {
                let found: Vec<Led> = found.iter().map(led).collect();
                is_same &= of_file.get(&asked).is_none_or(|known| *known == found);
                of_file.insert(asked, found);
            }
            let known = files.entry(path.to_string()).or_default();
            // Who has seen something else before must not meet it under the same name.
            known.text = if is_same { known.text.and(trace.text) } else { Seen::Changing };
        }
        files.par_iter_mut().for_each(|(path, file)| file.stamp = self.trusted(Path::new(path)));
        places.extend(self.texts.modules().places().into_iter().map(|(path, seen)| (shown(&path), seen)));
        let places = places.into_iter();
        let places = places.map(|(path, seen)| Place { stamp: self.trusted(Path::new(&path)), path, seen }).collect();
        let premises = self.texts.modules().premises(files.keys().map(String::as_str));
        let content = Content { stamp: std::mem::take(&mut self.old.stamp), premises, places, files };
        if let Some(bytes) = pack(&content, &ways) {
            let _ = write_whole(&self.path, &bytes);
        }
    }

    fn unaffected(&self, path: &str) -> Option<&File> {
        self.old.files.get(path).filter(|_| !self.affected.contains(path))
    }

    /// The stamp of what has not been touched while anybody looked at it.
    fn trusted(&self, path: &Path) -> Option<Stamp> {
        stamp_of(path).filter(|stamp| is_older(stamp, self.began))
    }

    fn number_of(&self, settings: &Arc<Settings>) -> u64 {
        let key = Arc::as_ptr(settings).addr();
        let known = self.settings.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(|(_, number)| *number);
        known.unwrap_or_else(|| {
            let number = fingerprint::number(format!("{:?}", settings.config).as_bytes());
            let mut known = self.settings.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(key, (settings.clone(), number));
            number
        })
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

/// Compares the files with what they were.
fn look_at(files: &BTreeMap<String, File>, texts: &Traced) -> Look {
    #[derive(PartialEq)]
    enum Is {
        Untouched,
        Same,
        Changed,
    }
    let compare = |(path, file): (&String, &File)| {
        if file.text == Seen::Nothing || is_untouched(Path::new(path), file.stamp) {
            return Is::Untouched;
        }
        let text = Seen::of(texts.modules().read(path).as_deref());
        if text == file.text { Is::Same } else { Is::Changed }
    };
    let list: Vec<(&String, &File)> = files.iter().collect();
    let compared: Vec<Is> = list.par_iter().map(|file| compare(*file)).collect();
    let changed = list.iter().zip(&compared).filter(|(_, is)| **is == Is::Changed);
    Look { changed: changed.map(|((path, _), _)| (*path).clone()).collect(), is_behind: compared.contains(&Is::Same) }
}

fn is_untouched(path: &Path, stamp: Option<Stamp>) -> bool {
    stamp.is_some() && stamp_of(path) == stamp
}

impl Look {
    /// Nothing has changed that decides where imports lead.
    fn leads_as_before(&mut self, content: &Content, texts: &Traced) -> bool {
        let untouched = |place: &&Place| is_untouched(Path::new(&place.path), place.stamp);
        let touched: Vec<&Place> = content.places.par_iter().filter(|place| !untouched(place)).collect();
        self.is_behind |= !touched.is_empty();
        content.premises == texts.modules().premises(content.files.keys().map(String::as_str))
            && touched.par_iter().all(|place| texts.modules().seen_at(Path::new(&place.path)) == place.seen)
    }
}

/// The files that have changed, whose imports lead elsewhere now, or that lead to one of those.
fn affected_by(changed: BTreeSet<String>, ways: &Ways, texts: &Traced) -> BTreeSet<String> {
    let leads_elsewhere = |(path, of_file): &(&String, &BTreeMap<(u32, String), Vec<Led>>)| {
        of_file.iter().any(|((level, name), found)| {
            !texts.modules().find(path, *level, name).iter().map(led).eq(found.iter().cloned())
        })
    };
    let list: Vec<_> = ways.iter().collect();
    let elsewhere = list.into_par_iter().filter(leads_elsewhere).map(|(path, _)| path.clone());
    let mut affected: BTreeSet<String> = elsewhere.collect();
    affected.extend(changed);
    let mut askers: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for (path, of_file) in ways {
        for led in of_file.values().flatten() {
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
