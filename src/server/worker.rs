//! The one owner of all state: a loop over what the client says.
//!
//! Everything that waits in the queue is taken before any work is done, so while somebody types, only the newest text
//! is ever checked. Questions are answered in order, from the text that they were asked about; a question that an edit
//! has overtaken is refused. When nothing is asked, what has changed last is checked, and told if it is still the text:
//! of a long text first the part that has changed (`draft`), then all of it, unless the client says something more;
//! then come the open texts that depend on it, then all other files of the folders, if the user wants those (`sweep`).

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, FileChangeType, FileEvent, InitializeParams, MessageType,
    TextDocumentItem, Url, VersionedTextDocumentIdentifier, WorkspaceFoldersChangeEvent,
};

use super::client::Client;
use super::document::{Checked, Document};
use super::finding::Check;
use super::folders::{Folder, Folders};
use super::notebook::{CellChange, CellText, DidChange, DidClose, DidOpen, Module, Notebook};
use super::outgoing::{Outbox, Outgoing};
use super::queue::{Event, Request};
use super::register::registrations;
use super::sweep::Workspace;
use super::texts::OpenTexts;
use super::wishes::{Loudness, SECTION, Wishes};
use crate::config::read::{Mistake, Settings};
use crate::files::shown;
use crate::panics::guarded;
use crate::project::Project;
use crate::text::Source;

pub struct Worker {
    pub(super) inbox: UnboundedReceiver<Event>,
    pub(super) out: Outbox,
    pub(super) check: Check,
    pub(super) client: Client,
    pub(super) documents: FxHashMap<Url, Document>,
    pub(super) notebooks: Vec<Notebook>,
    /// Grows with every change of a text.
    clock: u64,
    /// Questions, each with the clock of its text when it was asked.
    waiting: VecDeque<(u64, Request)>,
    pub(super) texts: OpenTexts,
    pub(super) project: Project,
    pub(super) folders: Arc<Folders>,
    /// The folders as the client names them.
    pub(super) roots: Vec<Url>,
    /// What the user has set everywhere, and what in single folders.
    pub(super) wishes: Wishes,
    own_wishes: FxHashMap<Url, Wishes>,
    /// The mistakes in settings that the user has seen.
    shown: Vec<Mistake>,
    pub(super) workspace: Workspace,
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
            notebooks: Vec::new(),
            clock: 0,
            waiting: VecDeque::new(),
            project: project(&texts),
            texts,
            folders: Arc::default(),
            roots: Vec::new(),
            wishes: Wishes::default(),
            own_wishes: FxHashMap::default(),
            shown: Vec::new(),
            workspace: Workspace::default(),
            is_over: false,
        }
    }

    pub fn run(mut self) {
        while !self.is_over {
            // A mistake of ours about one message must not take all open texts with it.
            match guarded(|| self.turn()) {
                Ok(true) => {}
                Ok(false) => match self.inbox.blocking_recv() {
                    Some(event) => self.take_guarded(event),
                    None => return,
                },
                Err(panic) => self.own_mistake(&panic),
            }
        }
    }

    fn take_guarded(&mut self, event: Event) {
        if let Err(panic) = guarded(|| self.take(event)) {
            self.own_mistake(&panic);
        }
    }

    fn own_mistake(&self, panic: &str) {
        self.log(Loudness::Error, || format!("aiterlint itself failed ({panic}); please report this"));
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
        self.look_after_texts() || self.look_after_answers() || self.look_after_workspace()
    }

    /// The client asks about the text.
    pub(super) fn is_asked_about(&self, document: &Document) -> bool {
        self.client.pulls && !document.is_cell
    }

    /// Tells about the texts that the client does not ask about, one at a time.
    fn look_after_texts(&mut self) -> bool {
        self.tell();
        let is_wanted = |document: &&Document| document.is_python && !self.is_asked_about(document);
        let unchecked = self.documents.values().filter(is_wanted).filter(|document| document.checked.is_none());
        let Some(uri) = unchecked.max_by_key(|document| document.touched).map(|document| document.uri.clone()) else {
            return false;
        };
        if !self.draft(&uri) {
            self.check_again(&uri);
        } else {
            self.tell();
            self.listen();
        }
        true
    }

    /// A client that asks does so again when it edits a text. When that changes what is found in other texts, it is
    /// told to ask for those.
    fn look_after_answers(&mut self) -> bool {
        if !self.client.pulls {
            return false;
        }
        let mut shaken = self.documents.values_mut().filter(|document| document.is_shaken && !document.is_cell);
        let Some(document) = shaken.next() else { return false };
        document.is_shaken = false;
        let (uri, answered) = (document.uri.clone(), document.answered);
        let Some(answered) = answered.filter(|_| self.client.refreshes) else { return true };
        let Some(checked) = self.check_again(&uri) else {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.is_shaken = true;
            }
            return true;
        };
        let findings = self.findings(&uri, &checked);
        if fingerprint(&findings) != answered {
            self.documents.values_mut().for_each(|document| document.is_shaken = false);
            self.out.send(Outgoing::Refresh);
        }
        true
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Start(params) => self.start(&params),
            Event::Ready => self.greet(),
            Event::Open(item) => self.open(item),
            Event::Change(params) => self.change(&params),
            Event::Close(uri) => self.close(&uri),
            Event::OpenNotebook(params) => self.open_notebook(params),
            Event::ChangeNotebook(params) => self.change_notebook(params),
            Event::CloseNotebook(params) => self.close_notebook(&params),
            // Who does not tell what changes on disk may have saved anything.
            Event::Save if !self.client.watches => self.begin_anew(),
            Event::Save => {}
            Event::Disk(events) => self.disk(&events),
            Event::Folders(change) => self.change_folders(change),
            Event::Settings(_) if self.client.answers_settings => self.ask_for_wishes(),
            Event::Settings(value) => {
                let wishes = self.read_wishes(Wishes::part(&value));
                self.wish(wishes, FxHashMap::default());
            }
            Event::Wishes(folders, values) => {
                let mut values = values.iter().map(|value| self.read_wishes(value)).collect::<Vec<_>>().into_iter();
                let wishes = values.next().unwrap_or_default();
                self.wish(wishes, folders.into_iter().zip(values).collect());
            }
            Event::Ask(Request::Sweep(params, reply)) => self.sweep(params, reply),
            Event::Ask(request) => {
                let asked = request.uri().map_or(0, |uri| self.clock_of(uri));
                self.waiting.push_back((asked, request));
            }
            Event::End => self.is_over = true,
        }
    }

    fn start(&mut self, params: &InitializeParams) {
        self.client = Client::new(&params.capabilities);
        let folders = params.workspace_folders.iter().flatten().map(|folder| folder.uri.clone());
        self.roots = folders.collect();
        if self.roots.is_empty() {
            self.roots.extend(params.root_uri.clone());
        }
        if let Some(options) = &params.initialization_options {
            self.wishes = self.read_wishes(Wishes::part(options));
        }
        self.begin_anew();
        self.look_for_python();
    }

    fn greet(&mut self) {
        let (old, new) = registrations(&self.client, &self.wishes, false);
        if !new.is_empty() {
            self.out.send(Outgoing::Register(old, new));
        }
        if self.client.answers_settings {
            self.ask_for_wishes();
        }
    }

    fn ask_for_wishes(&self) {
        self.out.send(Outgoing::AskForWishes(self.roots.clone()));
    }

    fn read_wishes(&self, value: &Value) -> Wishes {
        let (wishes, complaints) = Wishes::read(value);
        for complaint in complaints {
            self.log(Loudness::Warning, || complaint);
        }
        wishes
    }

    fn wish(&mut self, wishes: Wishes, mut own: FxHashMap<Url, Wishes>) {
        own.retain(|_, own| *own != wishes);
        if self.wishes == wishes && self.own_wishes == own {
            return;
        }
        let is_other_mode = self.wishes.diagnostic_mode != wishes.diagnostic_mode;
        (self.wishes, self.own_wishes) = (wishes, own);
        if is_other_mode && self.client.registers_findings {
            let (old, new) = registrations(&self.client, &self.wishes, true);
            self.out.send(Outgoing::Register(old, new));
        }
        self.begin_anew();
        self.look_for_python();
        if self.client.refreshes_hints {
            self.out.send(Outgoing::RefreshHints);
        }
    }

    /// Without its packages a project is checked all the same, so nobody would notice.
    fn look_for_python(&self) {
        let meant = self.folders.iter().filter(|folder| folder.uri.is_some() || self.roots.is_empty());
        let mut missing: Vec<PathBuf> = meant.filter_map(Folder::missing_python).collect();
        missing.dedup();
        for python in missing {
            self.log(Loudness::Warning, || {
                format!("in the setting `{SECTION}.python`: there is no `{}`", shown(&python))
            });
        }
    }

    fn change_folders(&mut self, change: WorkspaceFoldersChangeEvent) {
        self.roots.retain(|root| !change.removed.iter().any(|folder| folder.uri == *root));
        self.roots.extend(change.added.into_iter().map(|folder| folder.uri));
        self.begin_anew();
        if self.client.answers_settings {
            self.ask_for_wishes();
        }
    }

    /// Forgets everything that was ever read from disk.
    fn begin_anew(&mut self) {
        let folder = |uri: &Url| {
            let wishes = self.own_wishes.get(uri).unwrap_or(&self.wishes).clone();
            Folder::new(Some(uri.clone()), wishes, self.texts.is_open())
        };
        let rest = Folder::new(None, self.wishes.clone(), self.texts.is_open());
        self.folders = Arc::new(Folders::new(self.roots.iter().map(folder).collect(), rest));
        self.texts.look_from(self.folders.clone());
        self.project = project(&self.texts);
        self.documents.values_mut().for_each(Document::shake);
        self.notebooks.iter_mut().for_each(|notebook| notebook.checked = None);
        self.list_workspace();
    }

    fn disk(&mut self, events: &[FileEvent]) {
        let mut anew = false;
        for event in events {
            let name = name_of(&event.uri);
            let is_settings = !name.ends_with(".py") && !name.ends_with(".pyi");
            if is_settings {
                self.shown.retain(|mistake| !name.ends_with(&mistake.file));
            }
            if is_settings || event.typ != FileChangeType::CHANGED {
                // It may be what an import has missed, or has found.
                anew = true;
            } else {
                self.renew(&name);
            }
        }
        if anew {
            self.begin_anew();
        }
    }

    fn open(&mut self, item: TextDocumentItem) {
        let name = name_of(&item.uri);
        self.clock += 1;
        let mut document = Document::new(item, name.clone(), self.clock);
        document.is_cell = self.notebooks.iter().any(|notebook| notebook.cells.contains(&document.uri));
        self.workspace.remove(&name);
        let is_new = self.texts.put(document.source()) && is_only_open(&document.uri);
        self.documents.insert(document.uri.clone(), document);
        self.renew(&name);
        if is_new {
            // It may be what an import has missed.
            self.begin_anew();
        }
    }

    fn change(&mut self, params: &DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = &params.text_document;
        let Some(document) = self.documents.get_mut(uri) else {
            return self.log(Loudness::Warning, || format!("{uri} is changed without having been opened"));
        };
        self.clock += 1;
        document.change(*version, &params.content_changes, self.client.manner.encoding, self.clock);
        let name = document.name.clone();
        self.forget(&name);
        if let Some(document) = self.documents.get_mut(uri) {
            // Its own client knows.
            document.is_shaken = false;
        }
    }

    /// The text under a name comes from somewhere else now, and is mostly the same.
    fn renew(&mut self, name: &str) {
        if !self.texts.is_as_read(name) {
            return self.forget(name);
        }
        self.shake_notebooks(|notebook| notebook.has_cell(name));
    }

    /// A text has changed: whoever depends on it is to be checked again.
    fn forget(&mut self, name: &str) {
        self.project.forget(name);
        let dependents: FxHashSet<Arc<str>> = self.texts.dependents(name);
        let documents = self.documents.values_mut();
        documents.filter(|document| dependents.contains(&document.name)).for_each(Document::shake);
        self.workspace.shake(&dependents);
        self.shake_notebooks(|notebook| dependents.contains(&notebook.name) || notebook.has_cell(name));
    }

    fn open_notebook(&mut self, params: DidOpen) {
        let uri = params.notebook_document.uri;
        let name = name_of(&uri);
        let cells = params.notebook_document.cells.into_iter().map(|cell| cell.document).collect();
        self.notebooks.retain(|notebook| notebook.uri != uri);
        self.notebooks.push(Notebook { uri, name, cells, checked: None });
        params.cell_text_documents.into_iter().for_each(|cell| self.open(cell));
    }

    fn change_notebook(&mut self, params: DidChange) {
        let uri = params.notebook_document.uri;
        let Some(at) = self.notebooks.iter().position(|notebook| notebook.uri == uri) else {
            return self.log(Loudness::Warning, || format!("{uri} is changed without having been opened"));
        };
        let Some(cells) = params.change.cells else { return };
        if let Some(structure) = cells.structure {
            self.notebooks[at].change(structure.array);
            structure.did_open.into_iter().for_each(|cell| self.open(cell));
            structure.did_close.iter().for_each(|cell| self.close(&cell.uri));
            self.shake_notebook(at);
        }
        for CellChange { document, changes } in cells.text_content {
            self.change(&DidChangeTextDocumentParams { text_document: document, content_changes: changes });
        }
    }

    fn close_notebook(&mut self, params: &DidClose) {
        let uri = &params.notebook_document.uri;
        let Some(at) = self.notebooks.iter().position(|notebook| notebook.uri == *uri) else { return };
        let cells = self.notebooks[at].cells.clone();
        // Whatever the client says about them: without the notebook they are nothing.
        cells.iter().for_each(|cell| self.close(cell));
        self.notebooks.remove(at);
        self.texts.remove(&name_of(uri));
    }

    fn shake_notebooks(&mut self, is_meant: impl Fn(&Notebook) -> bool) {
        let meant: Vec<usize> = (0..self.notebooks.len()).filter(|&at| is_meant(&self.notebooks[at])).collect();
        meant.into_iter().for_each(|at| self.shake_notebook(at));
    }

    /// All cells are one module: what is found in one of them may change with each of the others.
    fn shake_notebook(&mut self, at: usize) {
        self.notebooks[at].checked = None;
        for cell in self.notebooks[at].cells.clone() {
            if let Some(document) = self.documents.get_mut(&cell) {
                document.shake();
            }
        }
    }

    /// The module of the notebook that a text is a cell of, checked, and which cell that is.
    pub(super) fn module_of(&mut self, uri: &Url) -> Option<(Arc<Module>, usize)> {
        let at = self.notebooks.iter().position(|notebook| notebook.cells.contains(uri))?;
        let notebook = &self.notebooks[at];
        let is_python = |uri: &&Url| self.documents.get(uri).is_some_and(|document| document.is_python);
        let index = notebook.cells.iter().filter(is_python).position(|cell| cell == uri)?;
        if let Some(module) = &notebook.checked {
            return Some((module.clone(), index));
        }
        let (notebook_uri, name, cells) = (notebook.uri.clone(), notebook.name.clone(), notebook.cells.clone());
        let numbered = cells.iter().zip(1..);
        let texts = numbered.filter_map(|(cell, number)| {
            let document = self.documents.get_mut(cell).filter(|document| document.is_python)?;
            let (name, text) = (document.name.clone(), document.source().text.clone());
            let source = Arc::new(Source::of_cell(name, text, number));
            Some(CellText { number, uri: cell.clone(), version: document.version, source })
        });
        let module = Module::new(&name, texts.collect());
        self.share();
        self.texts.put(module.source.clone());
        let report = self.report(&module.source, &notebook_uri);
        let module = Arc::new(module.with(report));
        self.notebooks[at].checked = Some(module.clone());
        Some((module, index))
    }

    fn close(&mut self, uri: &Url) {
        let Some(document) = self.documents.remove(uri) else { return };
        self.texts.remove(&document.name);
        self.renew(&document.name);
        if is_only_open(&document.uri) {
            // Nobody can import it any more.
            self.begin_anew();
        }
        if !self.put_back(&document) && !self.is_asked_about(&document) {
            self.out.send(Outgoing::Findings { uri: document.uri, findings: Vec::new(), version: None });
        }
    }

    pub(super) fn clock_of(&self, uri: &Url) -> u64 {
        self.documents.get(uri).map_or(0, |document| document.touched)
    }

    /// The settings for a text; None when they hold a mistake, or when nobody wants to hear about the text.
    pub(super) fn settings(&self, uri: &Url) -> Option<Arc<Settings>> {
        let notebook = self.notebooks.iter().find(|notebook| notebook.cells.contains(uri));
        let Some(path) = path_of(notebook.map_or(uri, |notebook| &notebook.uri)) else {
            let first = self.folders.of(self.folders.first());
            return first.resolver.for_folder(&first.path).filter(|_| first.wishes.enable);
        };
        let folder = self.folders.of(&path);
        let settings = folder.resolver.for_file(Some(&path))?;
        folder.wants(&path).then_some(settings)
    }

    /// Lets a check see every text as it is now.
    pub(super) fn share(&mut self) {
        for document in self.documents.values_mut().filter(|document| document.is_unread()) {
            self.texts.put(document.source());
        }
    }

    /// Shows what is wrong with the settings, each mistake once for each time that its file is written.
    pub(super) fn show_mistakes(&mut self) {
        let mut mistakes: Vec<Mistake> = self.folders.iter().flat_map(|folder| folder.resolver.mistakes()).collect();
        mistakes.sort();
        mistakes.dedup();
        for mistake in mistakes.iter().filter(|mistake| !self.shown.contains(mistake)) {
            let sentence = format!("aiterlint checks no file under these settings until they are mended: {mistake}");
            self.out.send(Outgoing::Show(MessageType::ERROR, sentence));
        }
        for mistake in mistakes {
            if !self.shown.contains(&mistake) {
                self.shown.push(mistake);
            }
        }
    }

    /// Tells what is known about each text and has not been told.
    fn tell(&mut self) {
        let news: Vec<Url> =
            self.documents.values_mut().filter_map(|it| it.take_news().then(|| it.uri.clone())).collect();
        let is_asked = |uri: &Url| self.documents.get(uri).is_some_and(|document| self.is_asked_about(document));
        let news: Vec<Url> = news.into_iter().filter(|uri| !is_asked(uri)).collect();
        for uri in news {
            let Some((checked, version)) = self.documents.get(&uri).and_then(|it| Some((it.known()?, it.version)))
            else {
                continue;
            };
            let findings = self.findings(&uri, &checked);
            let told = Some((version, fingerprint(&findings)));
            let Some(document) = self.documents.get_mut(&uri).filter(|document| document.told != told) else {
                continue;
            };
            document.told = told;
            self.out.send(Outgoing::Findings { uri, findings, version: Some(version) });
        }
    }

    pub(super) fn findings(&self, uri: &Url, checked: &Checked) -> Vec<Diagnostic> {
        let uri_of = |name: &str| self.uri_of(name);
        let found = checked.report.diagnostics.iter();
        found.map(|found| self.client.manner.tell(&checked.source, uri, found, &uri_of)).collect()
    }

    /// The address of a text, as the client writes it if it has it open.
    pub(super) fn uri_of(&self, name: &str) -> Option<Url> {
        let open = self.documents.values().find(|document| *document.name == *name);
        open.map(|document| document.uri.clone()).or_else(|| Url::from_file_path(name).ok())
    }

    /// Puts a line into the client's log and on standard error, if the user wants that much.
    pub(super) fn log(&self, loudness: Loudness, line: impl FnOnce() -> String) {
        if loudness > self.wishes.log_level {
            return;
        }
        let kind = match loudness {
            Loudness::Error => MessageType::ERROR,
            Loudness::Warning => MessageType::WARNING,
            Loudness::Info => MessageType::INFO,
            Loudness::Debug => MessageType::LOG,
        };
        let line = line();
        eprintln!("{line}");
        self.out.send(Outgoing::Log(kind, line));
    }
}

/// How the rest of the program calls a text: by its path, or by its address when it has none.
pub(super) fn name_of(uri: &Url) -> Arc<str> {
    match path_of(uri) {
        Some(path) => shown(&path).into(),
        None => uri.as_str().into(),
    }
}

/// A project of these texts. What concerns many modules at once may take all the machine has: somebody waits for it.
fn project(texts: &OpenTexts) -> Project {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Project::new(texts.clone()).with_threads(threads)
}

/// The text has the name of a file that is not on disk.
fn is_only_open(uri: &Url) -> bool {
    path_of(uri).is_some_and(|path| !path.is_file())
}

/// The file of a text. The cell of a notebook has none, though its address looks like it.
pub(super) fn path_of(uri: &Url) -> Option<PathBuf> {
    uri.to_file_path().ok().filter(|_| uri.scheme() == "file")
}

/// Equal findings have equal numbers.
pub(super) fn fingerprint(findings: &[Diagnostic]) -> u64 {
    let mut hasher = FxHasher::default();
    serde_json::to_string(findings).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}
