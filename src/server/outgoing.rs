//! What the worker says, on its way to the client.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::lsp_types::{Diagnostic, MessageType, ShowDocumentParams, Url};

/// Something for the client that it has not asked for.
pub enum Outgoing {
    /// What is found in a text, in place of what was told about it before.
    Findings { uri: Url, findings: Vec<Diagnostic>, version: Option<i32> },
    /// A line for whoever looks into the log.
    Log(MessageType, String),
    /// A sentence for the user.
    Show(MessageType, String),
    /// A page to be opened.
    Document(Url),
}

/// The worker's end.
#[derive(Clone)]
pub struct Outbox(UnboundedSender<Outgoing>);

impl Outbox {
    pub fn new(sender: UnboundedSender<Outgoing>) -> Outbox {
        Outbox(sender)
    }

    /// After the end nobody listens, and nothing is lost.
    pub fn send(&self, message: Outgoing) {
        let _ = self.0.send(message);
    }

    pub fn log(&self, kind: MessageType, line: impl Into<String>) {
        self.send(Outgoing::Log(kind, line.into()));
    }
}

/// Sends everything on, in order.
pub async fn deliver(client: tower_lsp::Client, mut messages: UnboundedReceiver<Outgoing>) {
    while let Some(message) = messages.recv().await {
        match message {
            Outgoing::Findings { uri, findings, version } => client.publish_diagnostics(uri, findings, version).await,
            Outgoing::Log(kind, line) => client.log_message(kind, line).await,
            Outgoing::Show(kind, line) => client.show_message(kind, line).await,
            Outgoing::Document(uri) => {
                // Whoever waits for the client does so on its own: what is said next must not wait as well.
                let client = client.clone();
                tokio::spawn(async move { client.show_document(shown(uri)).await });
            }
        }
    }
}

fn shown(uri: Url) -> ShowDocumentParams {
    ShowDocumentParams { uri, external: None, take_focus: Some(true), selection: None }
}
