//! What odd clients send, as tower-lsp can take it.
//!
//! The protocol's types are closed: one unknown word in a client's abilities would refuse the client as a whole. Here
//! the smallest part that cannot be read is left out instead.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::lsp_types::{DidChangeWatchedFilesParams, InitializeParams};

/// A message from the client.
#[derive(Debug)]
pub enum Incoming {
    Request(Request),
    Response(Response),
}

/// Reads a message; the error is what to answer.
pub fn incoming(message: Value) -> Result<Incoming, ErrorCode> {
    let Value::Object(mut message) = message else { return Err(ErrorCode::InvalidRequest) };
    let id: Option<Id> = match message.remove("id").map(serde_json::from_value) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err(ErrorCode::InvalidRequest),
    };
    match (message.remove("method"), id) {
        (Some(Value::String(method)), id) => {
            Ok(Incoming::Request(request(method, id, message.remove("params").unwrap_or_default())))
        }
        (None, Some(id)) => {
            let body = match message.remove("error") {
                None | Some(Value::Null) => Ok(message.remove("result").unwrap_or_default()),
                Some(error) => Err(serde_json::from_value(error).unwrap_or_else(|_| Error::internal_error())),
            };
            Ok(Incoming::Response(Response::from_parts(id, body)))
        }
        _ => Err(ErrorCode::InvalidRequest),
    }
}

fn request(method: String, id: Option<Id>, mut params: Value) -> Request {
    // Nothing to say is said in several ways: nothing, null, {}.
    if params.is_null() {
        params = json!({});
    }
    match method.as_str() {
        "shutdown" | "exit" => params = Value::Null,
        "initialize" => initialize(&mut params),
        "textDocument/didOpen" | "textDocument/didChange" => version(&mut params),
        "textDocument/codeAction" => context(&mut params),
        "workspace/diagnostic" => list(&mut params, "previousResultIds"),
        "workspace/executeCommand" => list(&mut params, "arguments"),
        "workspace/didChangeWatchedFiles" => drop(prune(&mut params, &is::<DidChangeWatchedFilesParams>)),
        _ => {}
    }
    if method.contains("Document/") {
        places(&mut params);
    }
    let mut request = Request::build(method);
    if let Some(id) = id {
        request = request.id(id);
    }
    if !params.is_null() {
        request = request.params(params);
    }
    request.finish()
}

/// A change is not lost for want of a version.
fn version(params: &mut Value) {
    if let Some(Value::Object(document)) = params.get_mut("textDocument") {
        let version = document.get("version").and_then(Value::as_i64).unwrap_or_default();
        document.insert("version".to_string(), json!(version.clamp(i32::MIN.into(), i32::MAX.into())));
    }
}

/// What the client knows of findings is not looked at, and may hold what other servers have found, in their own words.
fn context(params: &mut Value) {
    if let Value::Object(params) = params {
        let only = params.get("context").and_then(|context| context.get("only")).cloned().unwrap_or_default();
        params.insert("context".to_string(), json!({"diagnostics": [], "only": only}));
    }
}

/// A list of nothing may be nothing.
fn list(params: &mut Value, key: &str) {
    if let Value::Object(params) = params
        && params.get(key).is_none_or(Value::is_null)
    {
        params.insert(key.to_string(), json!([]));
    }
}

/// Whatever is said to be far away is as far away as there are numbers for: an edit is not lost for it.
fn places(value: &mut Value) {
    match value {
        Value::Object(parts) => {
            for (key, part) in parts {
                match part.as_f64().filter(|_| matches!(key.as_str(), "line" | "character")) {
                    // A conversion ends at the greatest number and at zero.
                    Some(number) => *part = json!(number as u32),
                    None => places(part),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(places),
        _ => {}
    }
}

fn is<T: DeserializeOwned>(params: &Value) -> bool {
    T::deserialize(params).is_ok()
}

fn initialize(params: &mut Value) {
    let Value::Object(given) = params else { return };
    let mut capabilities = given.remove("capabilities").unwrap_or_default();
    // The protocol says `diagnostics`, and lsp-types 0.94 reads `diagnostic`.
    if let Some(Value::Object(workspace)) = capabilities.get_mut("workspace")
        && let Some(diagnostics) = workspace.remove("diagnostics")
    {
        workspace.insert("diagnostic".to_string(), diagnostics);
    }
    let is_read = |params: Value| serde_json::from_value::<InitializeParams>(params).is_ok();
    let reads_capabilities = |capabilities: &Value| is_read(json!({ "capabilities": capabilities }));
    if !prune(&mut capabilities, &reads_capabilities) {
        capabilities = json!({});
    }
    for (key, value) in given.iter_mut() {
        if !prune(value, &|value| is_read(json!({"capabilities": {}, key: value}))) {
            *value = Value::Null;
        }
    }
    given.retain(|_, value| !value.is_null());
    given.insert("capabilities".to_string(), capabilities);
}

/// Takes out of a value the smallest parts that cannot be read. False when nothing readable is left.
fn prune(value: &mut Value, is_read: &dyn Fn(&Value) -> bool) -> bool {
    if is_read(value) {
        return true;
    }
    match value {
        Value::Object(parts) => {
            parts.retain(|key, part| prune(part, &|part| is_read(&json!({ key: part }))));
        }
        Value::Array(parts) => parts.retain_mut(|part| prune(part, &|part| is_read(&json!([part])))),
        _ => return false,
    }
    is_read(value)
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::{
        CodeActionKind, CodeActionParams, DidChangeTextDocumentParams, ExecuteCommandParams, Position, Range,
        WorkspaceDiagnosticParams,
    };

    use super::*;

    fn initialized(params: Value) -> InitializeParams {
        match incoming(json!({"id": 1, "method": "initialize", "params": params})) {
            Ok(Incoming::Request(request)) => serde_json::from_value(request.params().unwrap().clone()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_odd_value_does_not_refuse_a_client() {
        let odd = json!({
            "processId": -1, "rootUri": "", "trace": "compact", "clientInfo": {"name": "x"},
            "workspaceFolders": [{"uri": "/no/uri", "name": "a"}, {"uri": "file:///b", "name": "b"}],
            "capabilities": {
                "workspace": {
                    "workspaceEdit": {"failureHandling": "pray", "documentChanges": true},
                    "diagnostics": {"refreshSupport": true},
                },
                "textDocument": {
                    "hover": {"contentFormat": ["klingon", "markdown"]},
                    "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", 7]}}},
                    "diagnostic": {"dynamicRegistration": "yes", "relatedDocumentSupport": true},
                },
                "general": 3,
            },
        });
        let params = initialized(odd);
        assert_eq!((params.process_id, params.root_uri, params.trace), (None, None, None));
        assert_eq!(params.workspace_folders.unwrap()[0].name, "b");
        let workspace = params.capabilities.workspace.unwrap();
        assert_eq!(workspace.workspace_edit.unwrap().document_changes, Some(true));
        assert_eq!(workspace.diagnostic.unwrap().refresh_support, Some(true));
        let document = params.capabilities.text_document.unwrap();
        assert_eq!(document.hover.unwrap().content_format.unwrap().len(), 1);
        let literals = document.code_action.unwrap().code_action_literal_support.unwrap();
        assert_eq!(literals.code_action_kind.value_set, ["quickfix"]);
        assert_eq!(document.diagnostic.unwrap().related_document_support, Some(true));
        assert!(params.capabilities.general.is_none());
        assert_eq!(initialized(json!({"capabilities": null})).capabilities, Default::default());
        assert_eq!(initialized(Value::Null).capabilities, Default::default());
    }

    /// What a handler gets.
    fn read<T: DeserializeOwned>(method: &str, params: Value) -> T {
        match incoming(json!({"method": method, "params": params})) {
            Ok(Incoming::Request(request)) => serde_json::from_value(request.params().unwrap().clone()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_odd_value_loses_no_message() {
        let document = json!({"uri": "file:///a.py", "version": null});
        let range = json!({"start": {"line": -1, "character": 1e300}, "end": {"line": 3, "character": 4294967296_u64}});
        let params = json!({"textDocument": document, "contentChanges": [{"range": range, "text": "line"}]});
        let change: DidChangeTextDocumentParams = read("textDocument/didChange", params);
        let place = |line, character| Position { line, character };
        let expected = Range { start: place(0, u32::MAX), end: place(3, u32::MAX) };
        assert_eq!(change.content_changes[0].range, Some(expected));
        for context in [json!(null), json!({"diagnostics": null}), json!({"diagnostics": [{"severity": "bad"}]})] {
            let params = json!({"textDocument": document, "range": range, "context": context});
            read::<CodeActionParams>("textDocument/codeAction", params);
        }
        let context = json!({"diagnostics": [], "only": ["quickfix"], "triggerKind": "why"});
        let params = json!({"textDocument": document, "range": range, "context": context});
        let asked: CodeActionParams = read("textDocument/codeAction", params);
        assert_eq!(asked.context.only, Some(vec![CodeActionKind::QUICKFIX]));
        read::<WorkspaceDiagnosticParams>("workspace/diagnostic", json!({"previousResultIds": null}));
        let command = json!({"command": "aiterlint.explain", "arguments": null});
        assert!(read::<ExecuteCommandParams>("workspace/executeCommand", command).arguments.is_empty());
        let changes = json!([{"uri": "a.py", "type": 1}, {"uri": "file:///a.py", "type": 3}]);
        let watched: DidChangeWatchedFilesParams =
            read("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
        assert_eq!(watched.changes.len(), 1);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for message in [json!([]), json!(1), json!({}), json!({"method": 1}), json!({"id": 1.5, "method": "a"})] {
            assert_eq!(incoming(message).unwrap_err(), ErrorCode::InvalidRequest);
        }
    }

    #[test]
    fn nothing_to_say_is_said_in_several_ways() {
        for params in [json!(null), json!({}), json!([])] {
            match incoming(json!({"id": 1, "method": "shutdown", "params": params})) {
                Ok(Incoming::Request(request)) => assert_eq!(request.params(), None),
                other => panic!("{other:?}"),
            }
        }
        match incoming(json!({"method": "initialized"})) {
            Ok(Incoming::Request(request)) => assert_eq!(request.params(), Some(&json!({}))),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_may_lack_its_result() {
        match incoming(json!({"id": 7})) {
            Ok(Incoming::Response(response)) => assert_eq!(response.result(), Some(&Value::Null)),
            other => panic!("{other:?}"),
        }
        match incoming(json!({"id": 7, "error": {"code": "x"}})) {
            Ok(Incoming::Response(response)) => assert!(response.error().is_some()),
            other => panic!("{other:?}"),
        }
    }
}
