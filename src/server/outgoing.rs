//! What the worker says, on its way to the client.

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::lsp_types::notification::Notification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    ConfigurationItem, Diagnostic, MessageType, ProgressToken, Registration, ShowDocumentParams, Unregistration, Url,
    WorkDoneProgressCreateParams,
};

use super::guard::Out;
use super::queue::{Event, Queue};
use super::wishes::SECTION;

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
    /// What the client is to do from now on; and what no longer.
    Register(Vec<Unregistration>, Vec<Registration>),
    /// Which settings hold everywhere and in these folders.
    AskForWishes(Vec<Url>),
    /// Findings that the client has asked for are out of date.
    Refresh,
    /// Hints that the client has asked for are out of date.
    RefreshHints,
    /// Progress is going to be told under this name.
    Announce(ProgressToken),
    /// How far something is.
    Progress(ProgressToken, Value),
}

/// The worker's end.
#[derive(Clone)]
pub struct Outbox {
    sender: UnboundedSender<Outgoing>,
    direct: Out,
}

impl Outbox {
    pub fn new(sender: UnboundedSender<Outgoing>, direct: Out) -> Outbox {
        Outbox { sender, direct }
    }

    /// After the end nobody listens, and nothing is lost.
    pub fn send(&self, message: Outgoing) {
        let _ = self.sender.send(message);
    }

    /// Something about a question that is still to be answered: it must not come after the answer, which takes a
    /// shorter way than everything else.
    pub fn before_answer(&self, token: &ProgressToken, value: Value) {
        let params = json!({"token": token, "value": value});
        self.direct.send(&json!({"jsonrpc": "2.0", "method": Progress::METHOD, "params": params}));
    }
}

/// Progress as it is sent: the protocol's own type has no room for parts of an answer, and ours come as values.
enum Progress {}

impl Notification for Progress {
    type Params = Value;
    const METHOD: &'static str = "$/progress";
}

/// Sends everything on, in order. Whoever waits for the client does so on its own: what is said next must not wait as
/// well, and what a client refuses is nothing to stop for.
pub async fn deliver(client: tower_lsp::Client, queue: Queue, mut messages: UnboundedReceiver<Outgoing>) {
    while let Some(message) = messages.recv().await {
        let client = client.clone();
        match message {
            Outgoing::Findings { uri, findings, version } => client.publish_diagnostics(uri, findings, version).await,
            Outgoing::Log(kind, line) => client.log_message(kind, line).await,
            Outgoing::Show(kind, line) => client.show_message(kind, line).await,
            Outgoing::Progress(token, value) => {
                client.send_notification::<Progress>(json!({"token": token, "value": value})).await;
            }
            Outgoing::Document(uri) => drop(tokio::spawn(async move { client.show_document(shown(uri)).await })),
            Outgoing::Register(old, new) => drop(tokio::spawn(async move {
                if !old.is_empty() {
                    let _ = client.unregister_capability(old).await;
                }
                client.register_capability(new).await
            })),
            Outgoing::AskForWishes(folders) => {
                let queue = queue.clone();
                drop(tokio::spawn(async move {
                    if let Ok(wishes) = client.configuration(questions(&folders)).await {
                        queue.tell(Event::Wishes(folders, wishes));
                    }
                }));
            }
            Outgoing::Refresh => drop(tokio::spawn(async move { client.workspace_diagnostic_refresh().await })),
            Outgoing::RefreshHints => drop(tokio::spawn(async move { client.inlay_hint_refresh().await })),
            Outgoing::Announce(token) => drop(tokio::spawn(async move {
                client.send_request::<WorkDoneProgressCreate>(WorkDoneProgressCreateParams { token }).await
            })),
        }
    }
}

fn questions(folders: &[Url]) -> Vec<ConfigurationItem> {
    let item = |scope_uri| ConfigurationItem { scope_uri, section: Some(SECTION.to_string()) };
    std::iter::once(None).chain(folders.iter().cloned().map(Some)).map(item).collect()
}

fn shown(uri: Url) -> ShowDocumentParams {
    ShowDocumentParams { uri, external: None, take_focus: Some(true), selection: None }
}
