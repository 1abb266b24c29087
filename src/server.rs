//! The language server: `check()` while somebody types.
//!
//! A thin shell. Each message becomes an event in one queue (`queue`), in order of arrival, which is what `guard` sees
//! to; one thread owns all state and works through the queue (`worker`); what it says goes out in order (`outgoing`).
//! Handlers below are one line each and touch nothing.

mod actions;
mod client;
mod convert;
mod document;
mod guard;
mod hover;
mod outgoing;
mod queue;
mod texts;
mod worker;

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, CodeActionResponse,
    DiagnosticOptions, DiagnosticServerCapabilities, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReportResult, ExecuteCommandOptions,
    ExecuteCommandParams, Hover, HoverParams, HoverProviderCapability, InitializeParams, InitializeResult,
    ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
};
use tower_lsp::{LanguageServer, LspService};

use client::Client;
pub use guard::Ended;
use outgoing::{Outbox, deliver};
use queue::{Event, Queue, Request, queue};
pub use worker::Check;
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
    let ended = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), crate::check::check));
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
    let worker = Worker::new(inbox, Outbox::new(outbox), check);
    let thread = std::thread::Builder::new().name("worker".to_string()).stack_size(STACK).spawn(move || worker.run());
    if let Err(error) = thread {
        eprintln!("the server cannot be started: {error}");
        return Ended::Alone;
    }
    let (pid, known_pid) = oneshot::channel();
    let (service, socket) = LspService::build(|client| {
        tokio::spawn(deliver(client, messages));
        Face { queue: queue.clone(), pid: std::sync::Mutex::new(Some(pid)) }
    })
    .finish();
    let ended = tokio::select! {
        ended = guard::serve(service, socket, input, output) => ended,
        () = death(known_pid) => Ended::Alone,
    };
    queue.tell(Event::End);
    ended
}

/// Waits until the process that has started us is gone. An editor that dies may leave its end of the pipe to others.
async fn death(pid: oneshot::Receiver<u32>) {
    let Ok(pid) = pid.await else { return std::future::pending().await };
    // In a container the number means nothing from the start.
    if !is_alive(pid) {
        return std::future::pending().await;
    }
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
        if let (Some(sender), Some(pid)) = (sender, params.process_id) {
            // It is only refused when all is over.
            let _ = sender.send(pid);
        }
        let capabilities = capabilities(&Client::new(&params.capabilities));
        self.queue.tell(Event::Start(Box::new(params)));
        let version = Some(env!("CARGO_PKG_VERSION").to_string());
        Ok(InitializeResult { capabilities, server_info: Some(ServerInfo { name: "aiterlint".to_string(), version }) })
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

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        self.queue.ask(|reply| Request::Findings(params, reply)).await.map(DocumentDiagnosticReportResult::Report)
    }
}

/// What the server offers to this client.
fn capabilities(client: &Client) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        ..TextDocumentSyncOptions::default()
    };
    let findings = DiagnosticServerCapabilities::Options(DiagnosticOptions {
        identifier: Some("aiterlint".to_string()),
        inter_file_dependencies: true,
        ..DiagnosticOptions::default()
    });
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, actions::FIX_ALL]),
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
        diagnostic_provider: client.pulls.then_some(findings),
        ..ServerCapabilities::default()
    }
}
