//! The language server: `check()` while somebody types.
//!
//! A thin shell. Each message becomes an event in one queue (`queue`), in order of arrival, which is what `guard` sees
//! to; one thread owns all state and works through the queue (`worker`); what it says goes out in order (`outgoing`).
//! Handlers below are one line each and touch nothing.

mod actions;
mod answers;
mod client;
mod convert;
mod document;
mod draft;
mod finding;
mod folders;
mod guard;
mod hover;
mod notebook;
mod outgoing;
mod queue;
mod register;
mod sweep;
mod texts;
mod ways;
mod wishes;
mod worker;

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, CodeActionResponse,
    CreateFilesParams, DeleteFilesParams, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReportResult,
    ExecuteCommandOptions, ExecuteCommandParams, FileChangeType, FileEvent, FileOperationFilter, FileOperationPattern,
    FileOperationRegistrationOptions, Hover, HoverParams, HoverProviderCapability, InitializeParams, InitializeResult,
    InitializedParams, InlayHint, InlayHintParams, OneOf, RenameFilesParams, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Url,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReportResult, WorkspaceFileOperationsServerCapabilities,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use tower_lsp::{LanguageServer, LspService};

use client::Client;
pub use finding::Check;
pub use guard::Ended;
use outgoing::{Outbox, deliver};
use queue::{Event, Queue, Request, queue};
use wishes::Wishes;
use worker::Worker;

/// Room for deeply nested code; it costs nothing until it is used.
const STACK: usize = 32 << 20;

/// How often it is asked whether the client still lives.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Serves the client at standard input and output, and gives the exit code.
pub fn run() -> u8 {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the server cannot be started: {error}");
            return 2;
        }
    };
    let ended = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), Check::OURS));
    // A thread of the runtime still waits for input that nobody will send.
    runtime.shutdown_background();
    match ended {
        Ended::Properly | Ended::Alone => 0,
        Ended::Abruptly => 1,
    }
}

/// Serves one client to the end.
pub async fn serve(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    check: Check,
) -> Ended {
    let (queue, inbox) = queue();
    let (outbox, messages) = unbounded_channel();
    let (out, written) = guard::out();
    let worker = Worker::new(inbox, Outbox::new(outbox, out.clone()), check);
    let thread = std::thread::Builder::new().name("worker".to_string()).stack_size(STACK).spawn(move || worker.run());
    if let Err(error) = thread {
        eprintln!("the server cannot be started: {error}");
        return Ended::Alone;
    }
    let (pid, known_pid) = oneshot::channel();
    let (service, socket) = LspService::build(|client| {
        tokio::spawn(deliver(client, queue.clone(), messages));
        Face { queue: queue.clone(), pid: std::sync::Mutex::new(Some(pid)) }
    })
    .custom_method("notebookDocument/didOpen", Face::did_open_notebook)
    .custom_method("notebookDocument/didChange", Face::did_change_notebook)
    .custom_method("notebookDocument/didSave", Face::did_save_notebook)
    .custom_method("notebookDocument/didClose", Face::did_close_notebook)
    .finish();
    let ended = tokio::select! {
        ended = guard::serve(service, socket, input, output, (out, written)) => ended,
        () = death(known_pid) => Ended::Alone,
    };
    queue.tell(Event::End);
    ended
}

/// Waits until the process that has started us is gone. An editor that dies may leave its end of the pipe to others.
async fn death(pid: oneshot::Receiver<u32>) {
    let Ok(pid) = pid.await else { return std::future::pending().await };
    while is_alive(pid) {
        tokio::time::sleep(HEARTBEAT).await;
    }
}

#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Elsewhere the end of standard input has to do.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    false
}

/// What tower-lsp calls.
struct Face {
    queue: Queue,
    pid: std::sync::Mutex<Option<oneshot::Sender<u32>>>,
}

#[tower_lsp::async_trait]
impl LanguageServer for Face {
    /// Answered at once: whatever follows may rely on it.
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let sender = self.pid.lock().ok().and_then(|mut sender| sender.take());
        // In a container the number means nothing from the start. Later it may be too late to tell.
        if let (Some(sender), Some(pid)) = (sender, params.process_id.filter(|&pid| is_alive(pid))) {
            // It is only refused when all is over.
            let _ = sender.send(pid);
        }
        let options = params.initialization_options.as_ref().map(Wishes::part);
        let wishes = options.map(|options| Wishes::read(options).0).unwrap_or_default();
        let capabilities = capabilities(&Client::new(&params.capabilities), &wishes);
        self.queue.tell(Event::Start(Box::new(params)));
        let version = Some(env!("CARGO_PKG_VERSION").to_string());
        Ok(InitializeResult { capabilities, server_info: Some(ServerInfo { name: "aiterlint".to_string(), version }) })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.queue.tell(Event::Ready);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.queue.tell(Event::Open(params.text_document));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.queue.tell(Event::Change(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.queue.tell(Event::Close(params.text_document.uri));
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.queue.tell(Event::Save);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.queue.tell(Event::Disk(params.changes));
    }

    async fn did_create_files(&self, params: CreateFilesParams) {
        self.disk(params.files.iter().map(|file| (&file.uri, FileChangeType::CREATED)));
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        let old = params.files.iter().map(|file| (&file.old_uri, FileChangeType::DELETED));
        self.disk(old.chain(params.files.iter().map(|file| (&file.new_uri, FileChangeType::CREATED))));
    }

    async fn did_delete_files(&self, params: DeleteFilesParams) {
        self.disk(params.files.iter().map(|file| (&file.uri, FileChangeType::DELETED)));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.queue.tell(Event::Folders(params.event));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.queue.tell(Event::Settings(params.settings));
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.queue.ask(|reply| Request::Actions(params, reply)).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        self.queue.ask(|reply| Request::Resolve(Box::new(action), reply)).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.queue.ask(|reply| Request::Hover(params, reply)).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        self.queue.ask(|reply| Request::Command(params, reply)).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.queue.ask(|reply| Request::Hints(params, reply)).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        self.queue.ask(|reply| Request::Findings(params, reply)).await.map(DocumentDiagnosticReportResult::Report)
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        self.queue.ask(|reply| Request::Sweep(params, reply)).await
    }
}

impl Face {
    async fn did_open_notebook(&self, params: notebook::DidOpen) {
        self.queue.tell(Event::OpenNotebook(params));
    }

    async fn did_change_notebook(&self, params: notebook::DidChange) {
        self.queue.tell(Event::ChangeNotebook(params));
    }

    async fn did_save_notebook(&self, _: Value) {
        self.queue.tell(Event::Save);
    }

    async fn did_close_notebook(&self, params: notebook::DidClose) {
        self.queue.tell(Event::CloseNotebook(params));
    }

    /// What an editor has done to files is the same as what somebody else does to them.
    fn disk<'a>(&self, events: impl Iterator<Item = (&'a String, FileChangeType)>) {
        let events = events.filter_map(|(uri, typ)| Some(FileEvent { uri: Url::parse(uri).ok()?, typ }));
        self.queue.tell(Event::Disk(events.collect()));
    }
}

/// What the server offers to this client.
fn capabilities(client: &Client, wishes: &Wishes) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::Supported(true)),
        ..TextDocumentSyncOptions::default()
    };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, actions::FIX_ALL, actions::FIX_ALL_CELLS]),
        resolve_provider: Some(client.resolves_actions),
        ..CodeActionOptions::default()
    };
    let commands = vec![actions::EXPLAIN_COMMAND.to_string()];
    ServerCapabilities {
        position_encoding: Some(client.manner.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        execute_command_provider: Some(ExecuteCommandOptions { commands, ..ExecuteCommandOptions::default() }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        diagnostic_provider: register::offer(client, wishes),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: Some(file_operations()),
        }),
        ..ServerCapabilities::default()
    }
}

/// Files that come and go through the editor, for clients that do not watch the disk.
fn file_operations() -> WorkspaceFileOperationsServerCapabilities {
    let pattern = FileOperationPattern { glob: "**/*.{py,pyi}".to_string(), ..FileOperationPattern::default() };
    let filters = vec![FileOperationFilter { scheme: Some("file".to_string()), pattern }];
    let all = Some(FileOperationRegistrationOptions { filters });
    WorkspaceFileOperationsServerCapabilities {
        did_create: all.clone(),
        did_rename: all.clone(),
        did_delete: all,
        ..WorkspaceFileOperationsServerCapabilities::default()
    }
}
