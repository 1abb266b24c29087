//! The layer before tower-lsp that puts right what it gets wrong.
//!
//! tower-lsp's router, its types and its `Client` are used; its transport is not, because nearly all of its traps are
//! in there: messages overtake each other, one that cannot be read ends the session, a panic in a handler ends the
//! process, a few slow requests stop all others, and `exit` waits for a client that has nothing more to say.
//!
//! Here one task reads, in order of arrival. Each handler begins at once, before the next message is read, and whatever
//! it puts into the worker's queue before it first waits stands there in that order. The rest of it runs as a task of
//! its own. What goes out goes through a queue without end, so that a client that does not read cannot stop us reading.

mod lenient;
mod wire;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt, Sink, SinkExt, StreamExt, TryFutureExt, future};
use serde::Serialize;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::Service;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};

use lenient::{Incoming, incoming};
use wire::{Reader, Written, write};

/// How long the last messages may take to be written when all is over.
const FAREWELL: Duration = Duration::from_millis(300);

/// How a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By `exit`, after `shutdown`.
    Properly,
    /// By `exit` alone.
    Abruptly,
    /// The client is no longer there.
    Alone,
}

/// Serves one client to the end.
pub async fn serve<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    (out, written): (Out, UnboundedReceiver<Written>),
) -> Ended {
    let writer = tokio::spawn(write(written, output));
    let (mut requests, answers) = socket.split();
    let requests_out = out.clone();
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            requests_out.send(&request);
        }
    });
    let ended = tokio::select! {
        ended = read(service, answers, input, &out) => ended,
        // The writer ends first only when nobody reads what it writes.
        () = out.closed() => Ended::Alone,
    };
    out.end();
    // The last answer is written, and a client that does not read it is not waited for.
    let _ = tokio::time::timeout(FAREWELL, writer).await;
    ended
}

async fn read<S: LanguageServer>(
    mut service: LspService<S>,
    mut answers: impl Sink<Response, Error = ExitedError> + Unpin,
    input: impl AsyncRead + Unpin,
    out: &Out,
) -> Ended {
    let mut reader = Reader::new(input);
    let mut is_shut_down = false;
    while let Some(message) = reader.next().await {
        let message = message.map_err(|_| ErrorCode::ParseError).and_then(incoming);
        match message {
            Ok(Incoming::Request(request)) => {
                let is_exit = request.method() == "exit";
                is_shut_down |= request.method() == "shutdown";
                if future::poll_fn(|cx| service.poll_ready(cx)).await.is_err() {
                    break;
                }
                begin(&mut service, request, out);
                if is_exit {
                    return if is_shut_down { Ended::Properly } else { Ended::Abruptly };
                }
            }
            // It can only fail after `exit`.
            Ok(Incoming::Response(response)) => drop(answers.send(response).await),
            Err(code) => out.send(&Response::from_error(Id::Null, Error::new(code))),
        }
    }
    Ended::Alone
}

/// Runs a handler up to where it first waits, and the rest of it beside all others.
fn begin<S: LanguageServer>(service: &mut LspService<S>, request: Request, out: &Out) {
    let id = request.id().cloned();
    let is_greeting = request.method() == "initialize";
    // A handler holds no state that a panic could spoil: all state is the worker's.
    let mut handling = Box::pin(
        AssertUnwindSafe(
            service.call(request).map_ok(move |answer| if is_greeting { answer.map(greeted) } else { answer }),
        )
        .catch_unwind(),
    );
    match (&mut handling).now_or_never() {
        Some(outcome) => out.answer(id, outcome),
        None => {
            let out = out.clone();
            tokio::spawn(async move { out.answer(id, handling.await) });
        }
    }
}

/// The greeting with what the protocol's types here have no words for: which notebooks are of interest.
fn greeted(answer: Response) -> Response {
    let (id, body) = answer.into_parts();
    let body = body.map(|mut answer| {
        answer["capabilities"]["notebookDocumentSync"] = json!({
            "notebookSelector": [{"notebook": "jupyter-notebook", "cells": [{"language": "python"}]}],
            "save": true,
        });
        answer
    });
    Response::from_parts(id, body)
}

/// The queue of what goes out.
#[derive(Clone)]
pub struct Out(UnboundedSender<Written>);

/// A queue for one client, and the end at which it is written out.
pub fn out() -> (Out, UnboundedReceiver<Written>) {
    let (out, written) = unbounded_channel();
    (Out(out), written)
}

impl Out {
    /// What cannot be sent has nobody to be sent to.
    pub fn send(&self, message: &impl Serialize) {
        if let Ok(message) = serde_json::to_string(message) {
            let _ = self.0.send(Written::Message(message));
        }
    }

    fn answer(&self, id: Option<Id>, outcome: std::thread::Result<Result<Option<Response>, ExitedError>>) {
        match (outcome, id) {
            (Ok(Ok(Some(response))), _) => self.send(&response),
            (Err(_), Some(id)) => self.send(&Response::from_error(id, Error::internal_error())),
            _ => {}
        }
    }

    fn end(&self) {
        let _ = self.0.send(Written::End);
    }

    async fn closed(&self) {
        self.0.closed().await;
    }
}
