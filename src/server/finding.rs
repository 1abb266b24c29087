//! What is found in a text: all of it, or at once what can be said at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::lsp_types::Url;

use super::document::Checked;
use super::draft;
use super::queue::Event;
use super::wishes::Loudness;
use super::worker::Worker;
use crate::check::{self, Part, Reading, Report};
use crate::config::Config;
use crate::panics::guarded;
use crate::project::Project;
use crate::text::{Source, Span};

/// The one way to findings; tests of the server put something else in its place.
#[derive(Clone, Copy)]
pub struct Check {
    /// All of a text, as long as it is wanted.
    pub whole: fn(&Source, &Project, &Config, &dyn Fn() -> bool) -> Option<Report>,
    /// What a stretch of the text belongs to; None when it is not worth while.
    pub part: fn(&Source, &Project, &Config, Span) -> Option<Part>,
}

impl Check {
    pub const OURS: Check = Check {
        whole: |source, project, config, is_wanted| {
            check::check_while(source, project, config, Reading::Islands, is_wanted)
        },
        part: check::check_part,
    };
}

/// A text of more bytes is checked in parts while somebody types: all of it would take longer than a screen waits.
const LONG: usize = 64 * 1024;

/// About as long as it takes to press the next key when one is held down.
const BREATH: Duration = Duration::from_millis(30);

impl Worker {
    /// What is found in a text as it is now; None when it is not open, or not Python.
    pub(super) fn checked(&mut self, uri: &Url) -> Option<Checked> {
        self.checked_while(uri, |_| true)
    }

    /// What is found in a text as it is now, and what was found in it or told of it last if that is soon to be had.
    pub(super) fn checked_soon(&mut self, uri: &Url) -> Option<Checked> {
        let is_done = self.documents.get(uri).is_some_and(|document| document.checked.is_some());
        if !is_done && self.client.refreshes && self.draft(uri) {
            let document = self.documents.get_mut(uri)?;
            document.is_news = false;
            return document.last.clone();
        }
        self.checked(uri)
    }

    /// Checks all of a text, unless the client says something in the meantime.
    pub(super) fn check_again(&mut self, uri: &Url) -> Option<Checked> {
        self.checked_while(uri, |inbox| inbox.is_empty())
    }

    fn checked_while(&mut self, uri: &Url, is_wanted: fn(&UnboundedReceiver<Event>) -> bool) -> Option<Checked> {
        let document = self.documents.get_mut(uri).filter(|document| document.is_python)?;
        if let Some(checked) = &document.checked {
            return Some(checked.clone());
        }
        let checked = match self.module_of(uri) {
            Some((module, index)) => module.in_cell(index),
            None => {
                self.share();
                let source = self.documents.get_mut(uri)?.source();
                let report = Arc::new(self.report_while(&source, uri, is_wanted)?);
                Checked { source, report }
            }
        };
        let document = self.documents.get_mut(uri)?;
        document.checked = Some(checked.clone());
        document.last = Some(checked.clone());
        document.is_news = true;
        Some(checked)
    }

    /// Checks the part of a long text that has changed since it was checked last, and says of the rest what was found
    /// then. False when that is not worth while.
    pub(super) fn draft(&mut self, uri: &Url) -> bool {
        if self.notebooks.iter().any(|notebook| notebook.cells.contains(uri)) {
            return false;
        }
        self.share();
        let Some(document) = self.documents.get_mut(uri) else { return false };
        let (Some(before), source) = (document.last.clone(), document.source()) else { return false };
        if source.text.len() < LONG {
            return false;
        }
        let Some(settings) = self.settings(uri).filter(|_| before.source.text != source.text) else { return false };
        let changed = draft::changed(&before.source.text, &source.text);
        let found = guarded(|| (self.check.part)(&source.afresh(), &self.project, &settings.config, changed));
        // What fails in a part fails in the whole, and that is told.
        let Ok(Some(fresh)) = found else { return false };
        let grown_by = source.text.len() as i64 - before.source.text.len() as i64;
        let report = Arc::new(draft::join(&before.report, fresh, grown_by));
        let Some(document) = self.documents.get_mut(uri) else { return false };
        document.last = Some(Checked { source, report });
        document.is_news = true;
        true
    }

    /// Waits for a moment whether the client goes on. A check of all of a long text is not worth beginning before.
    pub(super) fn listen(&self) {
        let start = Instant::now();
        while self.inbox.is_empty() && start.elapsed() < BREATH {
            std::thread::sleep(BREATH / 100);
        }
    }

    /// Checks a text under the settings that hold for it.
    pub(super) fn report(&mut self, source: &Source, uri: &Url) -> Report {
        self.report_while(source, uri, |_| true).unwrap_or_default()
    }

    /// None when it was not wanted any more.
    fn report_while(
        &mut self,
        source: &Source,
        uri: &Url,
        is_wanted: fn(&UnboundedReceiver<Event>) -> bool,
    ) -> Option<Report> {
        let start = Instant::now();
        let settings = self.settings(uri);
        self.show_mistakes();
        // A mistake in the settings is told where it stands.
        let Some(settings) = settings else { return Some(Report::default()) };
        let is_wanted = || is_wanted(&self.inbox);
        let found = guarded(|| (self.check.whole)(&source.afresh(), &self.project, &settings.config, &is_wanted));
        let report = found.unwrap_or_else(|panic| {
            self.log(Loudness::Error, || {
                let version =
                    self.documents.get(uri).map_or("the file on disk".to_string(), |it| it.version.to_string());
                format!("aiterlint itself failed in version {version} of {uri} ({panic}); please report this")
            });
            Some(Report::default())
        })?;
        self.log(Loudness::Debug, || {
            let (time, count) = (start.elapsed().as_secs_f64() * 1e3, report.diagnostics.len());
            format!("{uri}: {count} findings in {time:.1} ms")
        });
        Some(report)
    }
}
