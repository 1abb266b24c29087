//! What happens to one file: read, check, perhaps change, perhaps write.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cache::Cache;
use crate::check::{Report, check};
use crate::config::Level;
use crate::config::read::{Resolver, Settings};
use crate::diagnostic::Diagnostic;
use crate::files::{self, Change, Changes, Input, Place, Text, Trouble, Unread, reason};
use crate::fix::{Fixed, fix_some, silence};
use crate::notebook::Notebook;
use crate::panics::guarded;
use crate::project::Project;
use crate::render::{Checked, Palette, unified_diff};
use crate::text::Source;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    Check,
    /// Change and write.
    Write,
    /// Change and show the difference.
    Diff,
}

/// How a file changes, where it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Means {
    Fixes {
        with_unsafe: bool,
    },
    /// Ignore comments with this reason.
    Comments {
        reason: Option<String>,
    },
}

impl Means {
    pub fn is_comments(&self) -> bool {
        matches!(self, Means::Comments { .. })
    }
}

/// What is done to every file.
pub struct Task {
    pub work: Work,
    pub means: Means,
    pub project: Project,
    pub resolver: Arc<Resolver>,
    /// What counts of the findings; None when all of them do.
    pub changes: Option<Changes>,
    /// What was found before; None when every file is checked anew.
    pub cache: Option<Cache>,
    pub palette: Palette,
}

/// What became of one file.
pub struct Done {
    pub is_checked: bool,
    /// What was found. None when there is nothing to tell: most files are clean, and their texts need not be kept.
    pub found: Option<Checked>,
    /// The notebook whose cells the checked text is made of.
    pub notebook: Option<Arc<Notebook>>,
    /// The lowest level at which a finding makes the run fail.
    pub error_on: Level,
    /// How many findings were fixed or silenced, or would be.
    pub applied: usize,
    /// What goes to standard output: a diff, or the fixed text of standard input.
    pub text: Option<String>,
    pub error: Option<Trouble>,
    pub warning: Option<Trouble>,
    /// How long it took.
    pub time: Duration,
    /// What held for it.
    pub settings: Option<Arc<Settings>>,
}

impl Default for Done {
    fn default() -> Done {
        Done {
            is_checked: false,
            found: None,
            notebook: None,
            error_on: Level::Info,
            applied: 0,
            text: None,
            error: None,
            warning: None,
            time: Duration::ZERO,
            settings: None,
        }
    }
}

impl Task {
    pub fn run(&self, input: &Input) -> Done {
        let start = Instant::now();
        let done = guarded(|| self.run_unguarded(input)).unwrap_or_else(|panic| {
            Done::failed(input, format!("aiterlint itself failed here ({panic}); please report this"))
        });
        Done { time: start.elapsed(), ..done }
    }

    fn run_unguarded(&self, input: &Input) -> Done {
        // A folder whose settings hold a mistake is not checked; the mistake is told once, at its place.
        let Some(settings) = self.resolver.for_file(input.path()) else { return Done::default() };
        if self.is_known_clean(input, &settings) {
            let error_on = settings.error_on;
            return Done { is_checked: true, error_on, settings: Some(settings), ..Done::default() };
        }
        let text = match read(&input.place) {
            Ok(text) => text,
            Err(error) => return Done::failed(input, reason(&error)),
        };
        let text = match text {
            Ok(text) => text,
            // Who sent it waits for it to come back, and an empty answer must not be taken for one.
            Err(unread) if matches!(input.place, Place::Stdin(_)) => return Done::failed(input, unread.0),
            Err(unread) => {
                let sentence = format!("{}; skipped", unread.0);
                return Done { warning: Some(Trouble::new(&*input.shown, sentence)), ..Done::default() };
            }
        };
        if let Place::Stdin(Some(path)) = &input.place
            && files::forced_out(path, false, &*self.resolver).is_some()
        {
            // Nobody is to change it, but who sent it waits for it to come back.
            let text = (self.work == Work::Write).then_some(text.text);
            return Done { text, ..Done::default() };
        }
        let notebook = match input.is_notebook().then(|| Notebook::read(&text.text)).transpose() {
            Ok(notebook) => notebook,
            Err(sentence) if matches!(input.place, Place::Stdin(_)) => return Done::failed(input, sentence),
            Err(sentence) => {
                let sentence = format!("{sentence}; skipped");
                return Done { warning: Some(Trouble::new(&*input.shown, sentence)), ..Done::default() };
            }
        };
        let done = self.run_on(input, &text, notebook.map(Arc::new), &settings);
        Done { error_on: settings.error_on, settings: Some(settings), ..done }
    }

    fn run_on(&self, input: &Input, text: &Text, notebook: Option<Arc<Notebook>>, settings: &Arc<Settings>) -> Done {
        let module = notebook.as_ref().map_or(&*text.text, |notebook| notebook.cells().module());
        let original = Source::new(&*input.shown, module);
        let config = &settings.config;
        let change = self.changes.as_ref().map(|changes| match changes.of(&input.place) {
            Change::From(old) if notebook.is_some() => match Notebook::read(&old) {
                Ok(old) => Change::From(old.cells().module().to_string()),
                Err(_) => Change::New,
            },
            change => change,
        });
        let keep = |source: &Source, report: Report| match &change {
            Some(change) => only_on(&change.lines(&source.text), source, report),
            None => report,
        };
        let only_check = |original: Source| {
            let report = keep(&original, self.check(input, &original, settings));
            Done { notebook: notebook.clone(), ..Done::checked(original, report) }
        };
        let Fixed { source, report, applied } = match (self.work, &self.means) {
            (Work::Check, _) => return only_check(original),
            (_, Means::Fixes { with_unsafe }) => fix_some(&original, &self.project, config, *with_unsafe, &keep),
            (_, Means::Comments { reason }) => silence(&original, &self.project, config, reason.as_deref()),
        };
        // The file is as it was, and so are its mistakes.
        let refuse = |sentence: String, original: Source| {
            let error = Some(Trouble::new(&*input.shown, sentence));
            Done { error, ..only_check(original) }
        };
        let (new, notebook) = match &notebook {
            Some(old) => match old.with_module(&source.text) {
                Ok(new) => {
                    let notebook = Notebook::read(&new).ok().map(Arc::new);
                    (new, notebook)
                }
                Err(sentence) => return refuse(sentence, original),
            },
            None => (source.text.to_string(), None),
        };
        let text = match (&input.place, self.work) {
            (_, Work::Diff) => Some(unified_diff(&input.shown, &text.text, &new, &self.palette)),
            (Place::Stdin(_), _) => Some(new),
            (Place::Disk(path), _) => {
                if applied > 0
                    && let Err(sentence) = files::write(path, text, &new)
                {
                    return refuse(sentence, original);
                }
                None
            }
        };
        Done { applied, text, notebook, ..Done::checked(source, report) }
    }
}

impl Task {
    /// It was checked before, nothing was found, and nothing has changed.
    fn is_known_clean(&self, input: &Input, settings: &Arc<Settings>) -> bool {
        let is_on_disk = matches!(input.place, Place::Disk(_));
        let cache = self.cache.as_ref().filter(|_| is_on_disk && self.work == Work::Check);
        cache.is_some_and(|cache| cache.is_clean(&input.shown, settings))
    }

    /// What is found in a text; perhaps it is known already.
    fn check(&self, input: &Input, source: &Source, settings: &Arc<Settings>) -> Report {
        let config = &settings.config;
        let cache = self.cache.as_ref().filter(|_| matches!(input.place, Place::Disk(_)));
        let Some(cache) = cache else { return check(source, &self.project, config) };
        cache.get(source, settings).unwrap_or_else(|| {
            let report = check(source, &self.project, config);
            cache.put(source, settings, &report);
            report
        })
    }
}

/// What has a place of its story on one of these lines.
fn only_on(lines: &[(u32, u32)], source: &Source, mut report: Report) -> Report {
    let is_on = |found: &Diagnostic| {
        let notes = found.notes.iter().filter(|note| note.file.is_none()).map(|note| note.span);
        std::iter::once(found.span).chain(notes).any(|span| {
            let (first, last) = (source.lines().line(span.start), source.lines().line(span.end));
            lines.iter().any(|(start, end)| *start <= last && first <= *end)
        })
    };
    report.diagnostics.retain(is_on);
    report.suppressed.retain(|silenced| is_on(&silenced.diagnostic));
    report
}

impl Done {
    fn checked(source: Source, report: Report) -> Done {
        let is_silent = report.diagnostics.is_empty() && report.suppressed.is_empty();
        let found = (!is_silent).then_some(Checked { source, report });
        Done { is_checked: true, found, ..Done::default() }
    }

    fn failed(input: &Input, sentence: impl Into<String>) -> Done {
        Done { error: Some(Trouble::new(&*input.shown, sentence)), ..Done::default() }
    }
}

/// The text of an input, or why it is none.
fn read(place: &Place) -> std::io::Result<Result<Text, Unread>> {
    let mut bytes = Vec::new();
    match place {
        Place::Disk(path) => {
            let mut file = File::open(path)?;
            let size = file.metadata()?.len();
            if let Err(unread) = files::check_size(size) {
                return Ok(Err(unread));
            }
            bytes.reserve_exact(usize::try_from(size).unwrap_or_default());
            file.read_to_end(&mut bytes)?;
        }
        Place::Stdin(_) => {
            std::io::stdin().lock().read_to_end(&mut bytes)?;
        }
    }
    Ok(files::read(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::{Look, Overrides};
    use crate::project::{Found, Texts};

    /// A mistake of our own.
    struct Broken;

    impl Texts for Broken {
        fn find(&self, _: &str, _: u32, _: &str) -> Vec<Found> {
            panic!("no room")
        }

        fn read(&self, _: &str) -> Option<Arc<Source>> {
            None
        }
    }

    #[test]
    fn our_own_mistakes_end_one_file_with_a_sentence() {
        crate::panics::remember_panics();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        std::fs::write(&path, "from feeds import feed\n\nfor item in feed():\n    print(item)\n").unwrap();
        let task = Task {
            work: Work::Check,
            means: Means::Fixes { with_unsafe: false },
            project: Project::new(Broken),
            resolver: Arc::new(Resolver::new(Look::Nowhere, &Overrides::default())),
            changes: None,
            cache: None,
            palette: Palette::default(),
        };
        let error = task.run(&Input { shown: "a.py".to_string(), place: Place::Disk(path) }).error.unwrap().to_string();
        let (begin, end) = ("a.py: aiterlint itself failed here (no room at ", "); please report this");
        assert!(error.starts_with(begin) && error.ends_with(end), "{error}");
    }
}
