//! The one owner of all state: a loop over what the client says.
//!
//! Everything that waits in the queue is taken before any work is done, so while somebody types, only the newest text
//! is ever checked. Questions are answered in order, from the text that they were asked about; a question that an edit
//! has overtaken is refused. When nothing is asked, what has changed last is checked, and told if it is still the text.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Diagnostic, DidChangeTextDocumentParams,
    DocumentDiagnosticReport, ExecuteCommandParams, FullDocumentDiagnosticReport, Hover, MessageType,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, TextDocumentItem,
    TextDocumentPositionParams, UnchangedDocumentDiagnosticReport, Url, VersionedTextDocumentIdentifier,
};

use super::actions::{Desk, EXPLAIN_COMMAND, Unresolved};
use super::client::Client;
use super::document::{Checked, Document};
use super::hover;
use super::outgoing::{Outbox, Outgoing};
use super::queue::{Event, Request};
use super::texts::OpenTexts;
use crate::check::Report;
use crate::config::Config;
use crate::config::read::{Mistake, Resolver, Settings, no_such_rule};
use crate::files::shown;
use crate::panics::guarded;
use crate::project::Project;
use crate::rule::Rule;
use crate::rules::by_name;
use crate::text::{Source, Span};

/// The one way to findings; tests of the server put something else in its place.
pub type Check = fn(&Source, &Project, &Config) -> Report;

pub struct Worker {
    inbox: UnboundedReceiver<Event>,
    out: Outbox,
    check: Check,
    client: Client,
    documents: FxHashMap<Url, Document>,
    /// Grows with every change of a text.
    clock: u64,
    /// Questions, each with the clock of its text when it was asked.
    waiting: VecDeque<(u64, Request)>,
    texts: OpenTexts,
    project: Project,
    resolver: Resolver,
    /// The mistakes in settings that the user has seen.
    shown: Vec<Mistake>,
    is_over: bool,
}

impl Worker {
    pub fn new(inbox: UnboundedReceiver<Event>, out: Outbox, check: Check) -> Worker {
        let texts = OpenTexts::default();
        Worker {
            inbox,
            out,
            check,
            client: Client::default(),
            documents: FxHashMap::default(),
            clock: 0,
            waiting: VecDeque::new(),
            project: Project::new(texts.clone()),
            texts,
            resolver: Resolver::default(),
            shown: Vec::new(),
            is_over: false,
        }
    }

    pub fn run(mut self) {
        while !self.is_over {
            // A mistake of ours about one message must not take all open texts with it.
            match guarded(|| self.turn()) {
                Ok(true) => {}
                Ok(false) => match self.inbox.blocking_recv() {
                    Some(event) => self.take(event),
                    None => return,
                },
                Err(panic) => self.complain(&format!("aiterlint itself failed ({panic}); please report this")),
            }
        }
    }

    /// Takes all news, then does one piece of work. False when there is none.
    fn turn(&mut self) -> bool {
        while let Ok(event) = self.inbox.try_recv() {
            self.take(event);
        }
        if let Some((asked, request)) = self.waiting.pop_front() {
            self.answer(asked, request);
            return true;
        }
        if self.client.pulls {
            return false;
        }
        self.tell();
        let unchecked = self.documents.values().filter(|document| document.is_python && document.checked.is_none());
        let Some(uri) = unchecked.max_by_key(|document| document.touched).map(|document| document.uri.clone()) else {
            return false;
        };
        self.checked(&uri);
        true
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Start(params) => self.client = Client::new(&params.capabilities),
            Event::Open(item) => self.open(item),
            Event::Change(params) => self.change(&params),
            Event::Close(uri) => self.close(&uri),
            Event::Ask(request) => {
                let asked = request.uri().map_or(0, |uri| self.clock_of(uri));
                self.waiting.push_back((asked, request));
            }
            Event::End => self.is_over = true,
        }
    }

    fn open(&mut self, item: TextDocumentItem) {
        let name = name_of(&item.uri);
        self.clock += 1;
        self.documents.insert(item.uri.clone(), Document::new(item, name.clone(), self.clock));
        self.forget(&name);
        // It may be what an import has missed.
        self.documents.values_mut().for_each(|document| document.checked = None);
    }

    fn change(&mut self, params: &DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = &params.text_document;
        let Some(document) = self.documents.get_mut(uri) else {
            return self.complain(&format!("{uri} is changed without having been opened"));
        };
        self.clock += 1;
        document.change(*version, &params.content_changes, self.client.manner.encoding, self.clock);
        let name = document.name.clone();
        self.forget(&name);
    }

    /// A text has changed: whoever depends on it is to be checked again.
    fn forget(&mut self, name: &str) {
        self.project.forget(name);
        for document in self.documents.values_mut() {
            if document.checked.as_ref().is_some_and(|checked| checked.used.contains(name)) {
                document.checked = None;
            }
        }
    }

    fn close(&mut self, uri: &Url) {
        let Some(document) = self.documents.remove(uri) else { return };
        self.texts.remove(&document.name);
        self.forget(&document.name);
        if !self.client.pulls {
            self.out.send(Outgoing::Findings { uri: document.uri, findings: Vec::new(), version: None });
        }
    }

    fn answer(&mut self, asked: u64, request: Request) {
        if request.is_cancelled() {
            return;
        }
        if request.uri().is_some_and(|uri| self.clock_of(uri) != asked) {
            return request.refuse();
        }
        // Nobody waits any more when an answer cannot be sent.
        match request {
            Request::Findings(params, reply) => {
                let uri = &params.text_document.uri;
                let findings = self.checked(uri).map(|checked| self.findings(uri, &checked)).unwrap_or_default();
                drop(reply.send(Ok(report(findings, params.previous_result_id.as_deref()))));
            }
            Request::Actions(params, reply) => drop(reply.send(Ok(self.actions(&params)))),
            Request::Resolve(action, reply) => drop(reply.send(self.resolve(*action))),
            Request::Hover(params, reply) => {
                drop(reply.send(Ok(self.hover(&params.text_document_position_params))));
            }
            Request::Command(params, reply) => drop(reply.send(self.run_command(&params))),
        }
    }

    fn actions(&mut self, params: &CodeActionParams) -> Option<CodeActionResponse> {
        let uri = &params.text_document.uri;
        let checked = self.checked(uri)?;
        let document = self.documents.get(uri)?;
        let encoding = self.client.manner.encoding;
        let (a, b) = (document.offset(params.range.start, encoding), document.offset(params.range.end, encoding));
        let place = Span::new(a.min(b), a.max(b));
        let actions = self.at_desk(document, &checked, |desk| desk.actions(place, &params.context))?;
        Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect())
    }

    fn resolve(&mut self, mut action: CodeAction) -> Result<CodeAction> {
        // What needs nothing more comes back as it is.
        let Some(data) = action.data.take() else { return Ok(action) };
        let data: Unresolved =
            serde_json::from_value(data).map_err(|_| Error::invalid_params("this action is not ours"))?;
        let checked = self.checked(&data.uri).ok_or_else(Error::content_modified)?;
        let document = self.documents.get(&data.uri).filter(|document| document.version == data.version);
        let document = document.ok_or_else(Error::content_modified)?;
        action.edit = self.at_desk(document, &checked, |desk| desk.all_mended());
        Ok(action)
    }

    /// Where actions about a text are made; None when the text has no settings in force.
    fn at_desk<T>(&self, document: &Document, checked: &Checked, work: impl FnOnce(&Desk) -> T) -> Option<T> {
        let settings = self.settings(&document.uri)?;
        Some(work(&Desk {
            client: &self.client,
            uri: &document.uri,
            version: document.version,
            checked,
            project: &self.project,
            config: &settings.config,
            uri_of: &|name| self.uri_of(name),
        }))
    }

    fn hover(&mut self, place: &TextDocumentPositionParams) -> Option<Hover> {
        let uri = &place.text_document.uri;
        let checked = self.checked(uri)?;
        let offset = self.documents.get(uri)?.offset(place.position, self.client.manner.encoding);
        hover::at(&self.client, &checked, offset)
    }

    fn run_command(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        if params.command != EXPLAIN_COMMAND {
            return Err(Error::invalid_params(format!("there is no command `{}`", params.command)));
        }
        let name = params.arguments.first().and_then(Value::as_str).unwrap_or_default();
        let rule = by_name(name).ok_or_else(|| Error::invalid_params(no_such_rule(name)))?;
        self.out.send(match written(rule).filter(|_| self.client.shows_documents) {
            Some(page) => Outgoing::Document(page),
            None => Outgoing::Show(MessageType::INFO, format!("{}: {}\n{}", name, rule.summary(), rule.meta().docs)),
        });
        Ok(None)
    }

    fn clock_of(&self, uri: &Url) -> u64 {
        self.documents.get(uri).map_or(0, |document| document.touched)
    }

    /// The settings for a text; None when they hold a mistake.
    fn settings(&self, uri: &Url) -> Option<Arc<Settings>> {
        self.resolver.for_file(uri.to_file_path().ok().as_deref())
    }

    /// What is found in a text as it is now; None when it is not open, or not Python.
    fn checked(&mut self, uri: &Url) -> Option<Checked> {
        let document = self.documents.get_mut(uri).filter(|document| document.is_python)?;
        if let Some(checked) = &document.checked {
            return Some(checked.clone());
        }
        self.share();
        let settings = self.settings(uri);
        self.show_mistakes();
        let document = self.documents.get_mut(uri)?;
        let source = document.source();
        let report = match settings {
            Some(settings) => guarded(|| (self.check)(&source, &self.project, &settings.config)),
            // The mistake in the settings is told where it stands.
            None => Ok(Report::default()),
        };
        let report = report.unwrap_or_else(|panic| {
            let version = document.version;
            self.out.log(
                MessageType::ERROR,
                format!("aiterlint itself failed in version {version} of {uri} ({panic}); please report this"),
            );
            Report::default()
        });
        let checked = Checked { source, report: Arc::new(report), used: Arc::new(self.texts.take_used()) };
        document.checked = Some(checked.clone());
        Some(checked)
    }

    /// Lets a check see every text as it is now.
    fn share(&mut self) {
        for document in self.documents.values_mut().filter(|document| document.is_unread()) {
            self.texts.put(document.source());
        }
        self.texts.take_used();
    }

    /// Shows what is wrong with the settings, each mistake once.
    fn show_mistakes(&mut self) {
        for mistake in self.resolver.mistakes() {
            if !self.shown.contains(&mistake) {
                self.out.send(Outgoing::Show(MessageType::ERROR, format!("aiterlint: {mistake}")));
                self.shown.push(mistake);
            }
        }
    }

    /// Tells what is known about each text and has not been told.
    fn tell(&mut self) {
        let mut news = Vec::new();
        for document in self.documents.values() {
            let Some(checked) = &document.checked else { continue };
            let findings = self.findings(&document.uri, checked);
            let told = (document.version, fingerprint(&findings));
            if document.told != Some(told) {
                news.push((document.uri.clone(), told, findings));
            }
        }
        for (uri, told, findings) in news {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.told = Some(told);
            }
            self.out.send(Outgoing::Findings { uri, findings, version: Some(told.0) });
        }
    }

    fn findings(&self, uri: &Url, checked: &Checked) -> Vec<Diagnostic> {
        let uri_of = |name: &str| self.uri_of(name);
        let found = checked.report.diagnostics.iter();
        found.map(|found| self.client.manner.tell(&checked.source, uri, found, &uri_of)).collect()
    }

    /// The address of a text, as the client writes it if it has it open.
    fn uri_of(&self, name: &str) -> Option<Url> {
        let open = self.documents.values().find(|document| *document.name == *name);
        open.map(|document| document.uri.clone()).or_else(|| Url::from_file_path(name).ok())
    }

    fn complain(&self, line: &str) {
        self.out.log(MessageType::WARNING, line);
    }
}

/// How the rest of the program calls a text: by its path, or by its address when it has none.
fn name_of(uri: &Url) -> Arc<str> {
    match uri.to_file_path() {
        Ok(path) => shown(&path).into(),
        Err(()) => uri.as_str().into(),
    }
}

/// The answer to a client that asks for findings; short when it has them already.
fn report(findings: Vec<Diagnostic>, known: Option<&str>) -> DocumentDiagnosticReport {
    let id = format!("{:x}", fingerprint(&findings));
    if known == Some(&id) {
        return RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        }
        .into();
    }
    RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items: findings },
    }
    .into()
}

/// The rule's page as a file that an editor can show.
fn written(rule: &Rule) -> Option<Url> {
    let folder = std::env::temp_dir().join(concat!("aiterlint-", env!("CARGO_PKG_VERSION")));
    let path = folder.join(format!("{}.md", rule.name));
    std::fs::create_dir_all(&folder).ok()?;
    std::fs::write(&path, rule.markdown()).ok()?;
    Url::from_file_path(path).ok()
}

/// Equal findings have equal numbers.
fn fingerprint(findings: &[Diagnostic]) -> u64 {
    let mut hasher = FxHasher::default();
    serde_json::to_string(findings).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}
