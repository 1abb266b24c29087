//! Findings in the files that nobody has open, for a user who wants to see those of whole folders.
//!
//! One file at a time, and only when nothing else is to be done: an edit never waits for more than the file that is
//! being read. What was found is kept until the file, or one that it imports, changes. A client that asks is answered
//! when every file is known, and not before something has changed; in between it is told how far things are.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};
use tower_lsp::lsp_types::{
    Diagnostic, FullDocumentDiagnosticReport, ProgressToken, UnchangedDocumentDiagnosticReport, Url,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

use super::answers::result_id;
use super::document::{Checked, Document};
use super::outgoing::Outgoing;
use super::queue::Reply;
use super::wishes::Mode;
use super::worker::{Worker, path_of};
use crate::files::{Choice, Place, find, shown};
use crate::project::Texts;

/// After how many files the client hears how far things are.
const STEP: usize = 20;

/// The files of all folders that are not open.
#[derive(Default)]
pub struct Workspace {
    files: BTreeMap<Arc<str>, File>,
    /// Whether the folders have been looked through since something was made or deleted.
    is_listed: bool,
    /// Whether anything has changed since the last answer.
    is_news: bool,
    /// The question that is being answered.
    question: Option<Question>,
    /// Under which name a client that does not ask is told how far things are, and how many files there were to check.
    progress: Option<(ProgressToken, usize)>,
    /// How often there was such a name.
    rounds: u32,
}

#[derive(Default)]
struct File {
    findings: Option<Vec<Diagnostic>>,
    /// The client shows something about it.
    is_told: bool,
}

struct Question {
    reply: Reply<WorkspaceDiagnosticReportResult>,
    /// What the client knows already.
    known: FxHashMap<Url, String>,
    /// Where parts of the answer go.
    parts: Option<ProgressToken>,
    /// Where it hears how far things are.
    progress: Option<ProgressToken>,
    /// What is still to be told; None before the start.
    left: Option<VecDeque<Arc<str>>>,
    total: usize,
    items: Vec<WorkspaceDocumentDiagnosticReport>,
    has_parts: bool,
}

impl Workspace {
    /// A file is open from now on.
    pub fn remove(&mut self, name: &str) {
        self.files.remove(name);
    }

    /// These are to be checked again.
    pub fn shake(&mut self, names: &FxHashSet<Arc<str>>) {
        self.is_news = true;
        for name in names {
            if let Some(file) = self.files.get_mut(name) {
                file.findings = None;
            }
        }
    }

    fn unchecked(&self) -> Option<Arc<str>> {
        self.files.iter().find(|(_, file)| file.findings.is_none()).map(|(name, _)| name.clone())
    }
}

impl Worker {
    /// The folders may hold other files now.
    pub(super) fn list_workspace(&mut self) {
        self.workspace.is_listed = false;
        self.workspace.is_news = true;
        self.workspace.files.values_mut().for_each(|file| file.findings = None);
    }

    /// Takes a text back that was open. True when the client goes on to show what is found in it.
    pub(super) fn put_back(&mut self, document: &Document) -> bool {
        let is_wanted = self.wishes.diagnostic_mode == Mode::Workspace
            && document.is_python
            && self.roots.iter().filter_map(path_of).any(|root| {
                let path = Path::new(&*document.name);
                path.starts_with(root) && path.is_file()
            });
        if is_wanted {
            let is_told = document.told.is_some();
            self.workspace.files.insert(document.name.clone(), File { findings: None, is_told });
        }
        is_wanted
    }

    /// A client asks about all files.
    pub(super) fn sweep(&mut self, params: WorkspaceDiagnosticParams, reply: Reply<WorkspaceDiagnosticReportResult>) {
        let known = params.previous_result_ids.into_iter().map(|previous| (previous.uri, previous.value)).collect();
        self.workspace.question = Some(Question {
            reply,
            known,
            parts: params.partial_result_params.partial_result_token,
            progress: params.work_done_progress_params.work_done_token,
            left: None,
            total: 0,
            items: Vec::new(),
            has_parts: false,
        });
    }

    /// One piece of the work about files that are not open. False when there is none.
    pub(super) fn look_after_workspace(&mut self) -> bool {
        if self.workspace.question.as_ref().is_some_and(|question| question.reply.is_closed()) {
            self.workspace.question = None;
        }
        let is_on = self.wishes.diagnostic_mode == Mode::Workspace;
        if !is_on && self.workspace.files.is_empty() && self.workspace.question.is_none() {
            return false;
        }
        if !self.workspace.is_listed {
            self.list(is_on);
            return true;
        }
        match self.workspace.question.take() {
            Some(question) => self.go_on(question),
            None if self.client.pulls => false,
            None => self.push_one(),
        }
    }

    /// Looks through the folders.
    fn list(&mut self, is_on: bool) {
        self.workspace.is_listed = true;
        let mut names: FxHashSet<Arc<str>> = FxHashSet::default();
        for folder in self.folders.iter().filter(|folder| is_on && folder.uri.is_some() && folder.wishes.enable) {
            let choice: Arc<dyn Choice> = folder.resolver.clone();
            let found = find(std::slice::from_ref(&folder.path), None, &choice, 1);
            // An editor shows a notebook by its cells, which a whole file has no addresses for.
            let files = found.inputs.into_iter().filter(|input| !input.is_notebook());
            names.extend(files.filter_map(|input| match input.place {
                Place::Disk(path) => Some(shown(&path).into()),
                Place::Stdin(_) => None,
            }));
        }
        names.retain(|name| !self.documents.values().any(|document| document.name == *name));
        let files = std::mem::take(&mut self.workspace.files).into_iter();
        let (kept, gone): (BTreeMap<_, _>, BTreeMap<_, _>) = files.partition(|(name, _)| names.contains(name));
        self.workspace.files = kept;
        for (name, file) in gone {
            if let Some(uri) = self.uri_of(&name).filter(|_| file.is_told) {
                self.out.send(Outgoing::Findings { uri, findings: Vec::new(), version: None });
            }
        }
        for name in names {
            self.workspace.files.entry(name).or_default();
        }
    }

    /// Checks one file for a client that does not ask.
    fn push_one(&mut self) -> bool {
        let Some(name) = self.workspace.unchecked() else {
            if let Some((token, _)) = self.workspace.progress.take() {
                self.out.send(Outgoing::Progress(token, json!({"kind": "end"})));
            }
            return false;
        };
        self.tell_progress();
        let findings = self.found_on_disk(&name);
        let is_told = !findings.is_empty();
        let Some(file) = self.workspace.files.get_mut(&name) else { return true };
        let was_told = std::mem::replace(&mut file.is_told, is_told);
        file.findings = Some(findings.clone());
        if let Some(uri) = self.uri_of(&name).filter(|_| was_told || is_told) {
            self.out.send(Outgoing::Findings { uri, findings, version: None });
        }
        true
    }

    /// Says how far the check of all files is. A few files that an edit has touched are not worth a word.
    fn tell_progress(&mut self) {
        if !self.client.shows_progress {
            return;
        }
        let left = self.workspace.files.values().filter(|file| file.findings.is_none()).count();
        match &self.workspace.progress {
            None if left >= STEP => {
                self.workspace.rounds += 1;
                let token = ProgressToken::String(format!("aiterlint/workspace/{}", self.workspace.rounds));
                self.workspace.progress = Some((token.clone(), left));
                self.out.send(Outgoing::Announce(token.clone()));
                self.out.send(Outgoing::Progress(token, begin(left)));
            }
            Some((token, total)) if left.is_multiple_of(STEP) => {
                let value = report(total.saturating_sub(left), *total);
                self.out.send(Outgoing::Progress(token.clone(), value));
            }
            _ => {}
        }
    }

    /// What is found in a file as it is on disk.
    fn found_on_disk(&mut self, name: &str) -> Vec<Diagnostic> {
        let (Some(uri), Some(source)) = (self.uri_of(name), self.texts.read(name)) else { return Vec::new() };
        self.share();
        let report = Arc::new(self.report(&source, &uri));
        self.findings(&uri, &Checked { source, report })
    }

    /// One piece of the answer to a client that asks. False when the answer waits for something to happen.
    fn go_on(&mut self, mut question: Question) -> bool {
        if question.left.is_none() {
            // A client that knows everything asks again at once; it is answered when there is something new.
            if !self.workspace.is_news {
                self.workspace.question = Some(question);
                return false;
            }
            self.workspace.is_news = false;
            let open = self.documents.values().filter(|document| document.is_python).map(|it| it.name.clone());
            let all: VecDeque<Arc<str>> = self.workspace.files.keys().cloned().chain(open).collect();
            question.total = all.len();
            question.left = Some(all);
            if let Some(token) = &question.progress {
                self.out.before_answer(token, begin(question.total));
            }
        }
        let Some(name) = question.left.as_mut().and_then(VecDeque::pop_front) else {
            self.finish(question);
            return true;
        };
        if let Some(report) = self.about(&name, &question.known) {
            question.items.push(report);
        }
        let left = question.left.as_ref().map_or(0, VecDeque::len);
        if left.is_multiple_of(STEP) {
            if let Some(token) = &question.progress {
                self.out.before_answer(token, report(question.total - left, question.total));
            }
            if let Some(token) = question.parts.clone().filter(|_| !question.items.is_empty()) {
                let items = std::mem::take(&mut question.items);
                self.out.before_answer(&token, json!({ "items": items }));
                question.has_parts = true;
            }
        }
        self.workspace.question = Some(question);
        true
    }

    fn finish(&mut self, mut question: Question) {
        // What the client knows of a file that is no longer there.
        let gone: Vec<Url> = question.known.keys().filter(|uri| !self.is_there(uri)).cloned().collect();
        question.items.extend(gone.into_iter().map(|uri| full(uri, None, Vec::new())));
        if let Some(token) = &question.progress {
            self.out.before_answer(token, json!({"kind": "end"}));
        }
        if let Some(token) = question.parts.filter(|_| question.has_parts && !question.items.is_empty()) {
            let items = std::mem::take(&mut question.items);
            self.out.before_answer(&token, json!({ "items": items }));
        }
        // Nobody waits any more when an answer cannot be sent.
        let answer = WorkspaceDiagnosticReport { items: question.items };
        let _ = question.reply.send(Ok(WorkspaceDiagnosticReportResult::Report(answer)));
    }

    fn is_there(&self, uri: &Url) -> bool {
        let name = path_of(uri).map(|path| shown(&path)).unwrap_or_default();
        self.documents.contains_key(uri) || self.workspace.files.contains_key(name.as_str())
    }

    /// What there is to say about one file.
    fn about(&mut self, name: &str, known: &FxHashMap<Url, String>) -> Option<WorkspaceDocumentDiagnosticReport> {
        let uri = self.uri_of(name)?;
        let version = self.documents.get(&uri).map(|document| i64::from(document.version));
        let findings = match version {
            Some(_) => self.checked(&uri).map(|checked| self.findings(&uri, &checked)).unwrap_or_default(),
            None => {
                let kept = self.workspace.files.get(name).and_then(|file| file.findings.clone());
                let findings = kept.unwrap_or_else(|| self.found_on_disk(name));
                self.workspace.files.get_mut(name)?.findings = Some(findings.clone());
                findings
            }
        };
        let id = result_id(&findings);
        match known.get(&uri) {
            Some(known) if *known == id => {
                Some(WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                    uri,
                    version,
                    unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
                }))
            }
            // What was never worth a word needs none now.
            None if findings.is_empty() => None,
            _ => Some(full(uri, version, findings)),
        }
    }
}

fn full(uri: Url, version: Option<i64>, items: Vec<Diagnostic>) -> WorkspaceDocumentDiagnosticReport {
    let report = FullDocumentDiagnosticReport { result_id: Some(result_id(&items)), items };
    WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
        uri,
        version,
        full_document_diagnostic_report: report,
    })
}

fn begin(total: usize) -> Value {
    json!({"kind": "begin", "title": "aiterlint", "message": format!("0 of {total} files"), "percentage": 0})
}

fn report(done: usize, total: usize) -> Value {
    let percentage = done * 100 / total.max(1);
    json!({"kind": "report", "message": format!("{done} of {total} files"), "percentage": percentage})
}
