//! What the client says, as the worker hears it: one queue, in order of arrival.

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, DidChangeTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReport, ExecuteCommandParams, FileEvent, Hover, HoverParams, InitializeParams, InlayHint,
    InlayHintParams, TextDocumentItem, Url, WorkspaceDiagnosticParams, WorkspaceDiagnosticReportResult,
    WorkspaceFoldersChangeEvent,
};

use super::notebook;

/// Something that happened.
pub enum Event {
    Start(Box<InitializeParams>),
    /// The greeting is over: from now on the client can be asked.
    Ready,
    Open(TextDocumentItem),
    Change(DidChangeTextDocumentParams),
    Close(Url),
    OpenNotebook(notebook::DidOpen),
    ChangeNotebook(notebook::DidChange),
    CloseNotebook(notebook::DidClose),
    Save,
    /// Files on disk are other ones now.
    Disk(Vec<FileEvent>),
    Folders(WorkspaceFoldersChangeEvent),
    /// Settings are other ones now; a client that does not answer questions about them sends them along.
    Settings(Value),
    /// The answer to the question about settings: what holds everywhere, then what holds in each folder that was
    /// asked about.
    Wishes(Vec<Url>, Vec<Value>),
    Ask(Request),
    End,
}

/// Something that is to be answered.
pub enum Request {
    Findings(DocumentDiagnosticParams, Reply<DocumentDiagnosticReport>),
    Actions(CodeActionParams, Reply<Option<CodeActionResponse>>),
    /// An action that was offered is wanted.
    Resolve(Box<CodeAction>, Reply<CodeAction>),
    Hover(HoverParams, Reply<Option<Hover>>),
    Command(ExecuteCommandParams, Reply<Option<Value>>),
    Hints(InlayHintParams, Reply<Option<Vec<InlayHint>>>),
    /// Findings in all files of all folders.
    Sweep(WorkspaceDiagnosticParams, Reply<WorkspaceDiagnosticReportResult>),
}

/// Findings are to be asked for again, since the text is another one now.
fn ask_again() -> Error {
    let data = Some(json!({"retriggerRequest": true}));
    Error { code: ErrorCode::ServerError(SERVER_CANCELLED), message: "the text has changed".into(), data }
}

const SERVER_CANCELLED: i64 = -32802;

/// Where an answer goes. It is closed when nobody waits any more.
pub type Reply<T> = oneshot::Sender<Result<T>>;

impl Request {
    /// The text it is about, as it was when the question was asked.
    pub fn uri(&self) -> Option<&Url> {
        match self {
            Request::Findings(params, _) => Some(&params.text_document.uri),
            Request::Actions(params, _) => Some(&params.text_document.uri),
            Request::Hover(params, _) => Some(&params.text_document_position_params.text_document.uri),
            Request::Hints(params, _) => Some(&params.text_document.uri),
            Request::Resolve(..) | Request::Command(..) | Request::Sweep(..) => None,
        }
    }

    /// The client has changed its mind.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Request::Findings(_, reply) => reply.is_closed(),
            Request::Actions(_, reply) => reply.is_closed(),
            Request::Resolve(_, reply) => reply.is_closed(),
            Request::Hover(_, reply) => reply.is_closed(),
            Request::Command(_, reply) => reply.is_closed(),
            Request::Hints(_, reply) => reply.is_closed(),
            Request::Sweep(_, reply) => reply.is_closed(),
        }
    }

    /// Answers a question that an edit has overtaken.
    pub fn refuse(self) {
        // Nobody waits any more when an answer cannot be sent.
        match self {
            Request::Findings(_, reply) => drop(reply.send(Err(ask_again()))),
            Request::Actions(_, reply) => drop(reply.send(Err(Error::content_modified()))),
            Request::Resolve(_, reply) => drop(reply.send(Err(Error::content_modified()))),
            Request::Hover(_, reply) => drop(reply.send(Err(Error::content_modified()))),
            Request::Command(_, reply) => drop(reply.send(Err(Error::content_modified()))),
            Request::Hints(_, reply) => drop(reply.send(Err(Error::content_modified()))),
            Request::Sweep(_, reply) => drop(reply.send(Err(ask_again()))),
        }
    }
}

/// The end of the queue where events go in.
#[derive(Clone)]
pub struct Queue(UnboundedSender<Event>);

pub fn queue() -> (Queue, UnboundedReceiver<Event>) {
    let (sender, receiver) = unbounded_channel();
    (Queue(sender), receiver)
}

impl Queue {
    /// After the end nobody listens, and nothing is lost.
    pub fn tell(&self, event: Event) {
        let _ = self.0.send(event);
    }

    /// Puts the question into the queue at once; what is returned waits for the answer.
    pub fn ask<T>(&self, question: impl FnOnce(Reply<T>) -> Request) -> impl Future<Output = Result<T>> {
        let (reply, answer) = oneshot::channel();
        self.tell(Event::Ask(question(reply)));
        async { answer.await.unwrap_or_else(|_| Err(Error::internal_error())) }
    }
}
