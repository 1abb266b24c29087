//! What the client says, as the worker hears it: one queue, in order of arrival.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, DocumentDiagnosticParams, DocumentDiagnosticReport, InitializeParams,
    TextDocumentItem, Url,
};

/// Something that happened.
pub enum Event {
    Start(Box<InitializeParams>),
    Open(TextDocumentItem),
    Change(DidChangeTextDocumentParams),
    Close(Url),
    Ask(Request),
    End,
}

/// Something that is to be answered.
pub enum Request {
    Findings(DocumentDiagnosticParams, Reply<DocumentDiagnosticReport>),
}

/// Where an answer goes. It is closed when nobody waits any more.
pub type Reply<T> = oneshot::Sender<Result<T>>;

impl Request {
    /// The text it is about.
    pub fn uri(&self) -> &Url {
        match self {
            Request::Findings(params, _) => &params.text_document.uri,
        }
    }

    /// The client has changed its mind.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Request::Findings(_, reply) => reply.is_closed(),
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
