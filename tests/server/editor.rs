//! An editor that never gets tired: speaks to the server in memory and checks nothing by itself.

// Several programs use this file, each a part of it.
#![allow(dead_code)]

use std::collections::VecDeque;
use std::time::Duration;

use aiterlint::server::{Check, Ended, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

/// Longer than anything takes, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Editor {
    to_server: Option<DuplexStream>,
    from_server: UnboundedReceiver<Value>,
    /// What has come and was not what somebody waited for.
    kept: VecDeque<Value>,
    last_id: i64,
    served: JoinHandle<Ended>,
}

impl Editor {
    /// Connects, and says nothing yet.
    pub fn connect(check: Check) -> Editor {
        let (to_server, input) = duplex(1 << 16);
        let (output, from_server) = duplex(1 << 16);
        let served = tokio::spawn(serve(input, output, check));
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let mut reader = BufReader::new(from_server);
            while let Some(message) = read(&mut reader).await {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Editor { to_server: Some(to_server), from_server: receiver, kept: VecDeque::new(), last_id: 0, served }
    }

    /// Connects and goes through the greeting.
    pub async fn start(check: Check, params: Value) -> Editor {
        let mut editor = Editor::connect(check);
        editor.request("initialize", params).await.expect("it is accepted");
        editor.notify("initialized", json!({})).await;
        editor
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        assert!(self.try_send(bytes).await, "the server reads");
    }

    /// The same to a server that may have ended. False when it has.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        let to_server = self.to_server.as_mut().expect("the input is open");
        to_server.write_all(bytes).await.is_ok()
    }

    pub async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Asks and does not wait.
    pub async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        id
    }

    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params).await;
        self.answer(id).await
    }

    /// The answer to a question, or the error.
    pub async fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let mut message = self.wait(|message| message["id"] == id && message.get("method").is_none()).await;
        match message["error"].take() {
            Value::Null => Ok(message["result"].take()),
            error => Err(error),
        }
    }

    /// The next notification of that name, its parameters.
    pub async fn told(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method).await["params"].take()
    }

    /// The next findings for that text: the version they name, and they themselves.
    pub async fn published(&mut self, uri: &str) -> (Value, Vec<Value>) {
        let is_meant =
            |message: &Value| message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri;
        let mut params = self.wait(is_meant).await["params"].take();
        let findings = params["diagnostics"].take();
        (params["version"].take(), findings.as_array().expect("a list").clone())
    }

    /// The next message from the server that is meant; others wait for whoever means them.
    pub async fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_meant) {
            return self.kept.remove(at).expect("it was there");
        }
        loop {
            let message = tokio::time::timeout(PATIENCE, self.from_server.recv()).await;
            let message = message.expect("the server says something").expect("the server lives");
            if is_meant(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// The next message, whatever it is; None when the server has ended.
    pub async fn next(&mut self) -> Option<Value> {
        let message = tokio::time::timeout(PATIENCE, self.from_server.recv()).await;
        message.expect("the server says something or ends")
    }

    /// A message that has come already and that nobody has waited for.
    pub fn kept(&mut self, is_meant: impl Fn(&Value) -> bool) -> Option<Value> {
        let at = self.kept.iter().position(is_meant)?;
        self.kept.remove(at)
    }

    pub async fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({"uri": uri, "languageId": "python", "version": version, "text": text});
        self.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    pub async fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes})).await;
    }

    pub async fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }

    /// Asks for the findings of a text.
    pub async fn pull(&mut self, uri: &str, known: Option<&str>) -> Result<Value, Value> {
        let params = json!({"textDocument": {"uri": uri}, "previousResultId": known});
        self.request("textDocument/diagnostic", params).await
    }

    /// Closes the pipe to the server.
    pub fn hang_up(&mut self) {
        self.to_server = None;
    }

    /// How it ended; whoever asks has seen to that it ends.
    pub async fn ended(&mut self) -> Ended {
        let ended = tokio::time::timeout(PATIENCE, &mut self.served).await;
        ended.expect("it comes to an end").expect("no panic")
    }

    pub async fn leave(mut self) {
        self.request("shutdown", Value::Null).await.expect("it shuts down");
        self.notify("exit", Value::Null).await;
        assert_eq!(self.ended().await, Ended::Properly);
    }
}

async fn read(reader: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().expect("a length"),
            Some(header) => panic!("an unknown header: {header:?}"),
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).expect("the server sends JSON"))
}
