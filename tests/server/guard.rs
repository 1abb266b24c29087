//! What goes wrong with tower-lsp alone, and must not go wrong here; the numbers are those of the list of traps.

use std::time::{Duration, Instant};

use aiterlint::server::Ended;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{ECHO, MOODY, echoed, pull, push};

const A: &str = "file:///p/a.py";
const SLOW: &str = "file:///p/slow.py";

/// Much shorter than a slow check.
const AT_ONCE: Duration = Duration::from_millis(700);

/// A server whose worker is busy for a while.
async fn busy() -> Editor {
    let mut editor = Editor::start(MOODY, pull("utf-16")).await;
    editor.open(SLOW, 1, "slow").await;
    editor.ask("textDocument/diagnostic", json!({"textDocument": {"uri": SLOW}})).await;
    editor
}

#[tokio::test]
async fn trap_1_exit_is_the_end_though_the_pipe_stays_open() {
    let mut editor = Editor::start(ECHO, push("utf-16")).await;
    editor.request("shutdown", Value::Null).await.unwrap();
    editor.notify("exit", Value::Null).await;
    assert_eq!(editor.ended().await, Ended::Properly);
}

#[tokio::test]
async fn trap_2_exit_alone_is_abrupt() {
    let mut editor = Editor::start(ECHO, push("utf-16")).await;
    editor.notify("exit", Value::Null).await;
    assert_eq!(editor.ended().await, Ended::Abruptly);
}

#[tokio::test]
async fn trap_3_the_end_of_input_waits_for_nobody() {
    let mut editor = busy().await;
    let start = Instant::now();
    editor.hang_up();
    assert_eq!(editor.ended().await, Ended::Alone);
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn trap_4_messages_do_not_overtake_each_other() {
    let mut editor = Editor::start(ECHO, pull("utf-16")).await;
    editor.open(A, 0, "").await;
    let end = json!({"line": 0, "character": 9999});
    for version in 1..=300 {
        let change = json!([{"range": {"start": end, "end": end}, "text": format!("{version},")}]);
        editor.change(A, version, change).await;
    }
    let expected: String = (1..=300).map(|version| format!("{version},")).collect();
    let found = editor.pull(A, None).await.unwrap();
    assert_eq!(echoed(found["items"].as_array().unwrap()), expected);
    editor.leave().await;
}

#[tokio::test]
async fn trap_5_slow_questions_do_not_hold_up_the_rest() {
    let mut editor = busy().await;
    for _ in 0..300 {
        editor.ask("textDocument/diagnostic", json!({"textDocument": {"uri": SLOW}})).await;
    }
    let start = Instant::now();
    editor.request("shutdown", Value::Null).await.unwrap();
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn trap_6_questions_that_the_client_leaves_open_hold_nothing_up() {
    let mut params = pull("utf-16");
    params["capabilities"]["workspace"] = json!({"configuration": true});
    let mut editor = Editor::start(ECHO, params).await;
    for version in 0..500 {
        // Each time the server asks for the settings.
        editor.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
        editor.open(A, version, "a").await;
    }
    assert_eq!(echoed(editor.pull(A, None).await.unwrap()["items"].as_array().unwrap()), "a");
    for _ in 0..500 {
        editor.wait(|message| message["method"] == "workspace/configuration").await;
    }
    editor.leave().await;
}

#[tokio::test]
async fn trap_7_an_answer_that_nobody_waits_for_does_no_harm() {
    let mut editor = Editor::start(ECHO, push("utf-16")).await;
    for id in [json!(0), json!(0), json!(77), json!("x"), json!(null)] {
        editor.send(&json!({"jsonrpc": "2.0", "id": id, "result": null})).await;
    }
    editor.leave().await;
}

#[tokio::test]
async fn trap_8_a_mistake_of_ours_is_logged_and_survived() {
    let mut editor = Editor::start(MOODY, push("utf-16")).await;
    editor.open(A, 4, "bad").await;
    let logged = editor.told("window/logMessage").await;
    let line = logged["message"].as_str().unwrap();
    assert!(line.contains("version 4") && line.contains(A), "{line}");
    editor.change(A, 5, json!([{"text": "good"}])).await;
    while echoed_or_empty(&editor.published(A).await.1) != "good" {}
    editor.leave().await;
}

fn echoed_or_empty(findings: &[Value]) -> &str {
    if findings.is_empty() { "" } else { echoed(findings) }
}

#[tokio::test]
async fn trap_9_a_question_can_be_taken_back_while_the_worker_is_busy() {
    let mut editor = busy().await;
    let id = editor.ask("textDocument/diagnostic", json!({"textDocument": {"uri": A}})).await;
    let start = Instant::now();
    editor.notify("$/cancelRequest", json!({ "id": id })).await;
    let error = editor.answer(id).await.unwrap_err();
    assert_eq!(error["code"], -32800);
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    editor.leave().await;
}

#[tokio::test]
async fn trap_10_what_cannot_be_read_is_answered_and_the_rest_is_served() {
    let mut editor = Editor::start(ECHO, pull("utf-16")).await;
    for (bytes, code) in [
        (&b"Content-Length: 5\r\n\r\n{oh!}"[..], -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"content-length: 35\r\nX-Odd: yes\r\n\r\n{\"id\":1.5,\"method\":\"x\",\"params\":{}}", -32600),
    ] {
        editor.send_bytes(bytes).await;
        let error = editor.wait(|message| message["id"].is_null() && message.get("error").is_some()).await;
        assert_eq!(error["error"]["code"], code);
    }
    let error = editor.request("workspace/nonsense", json!({})).await.unwrap_err();
    assert_eq!(error["code"], -32601);
    editor.notify("$/setTrace", json!({"value": "off"})).await;
    editor.notify("workspace/nonsense", json!(null)).await;
    editor.leave().await;
}

#[tokio::test]
async fn trap_11_shutdown_takes_whatever_stands_for_nothing() {
    for params in [json!(null), json!({}), json!([])] {
        let mut editor = Editor::start(ECHO, push("utf-16")).await;
        assert_eq!(editor.request("shutdown", params.clone()).await, Ok(Value::Null));
        editor.notify("exit", params).await;
        assert_eq!(editor.ended().await, Ended::Properly);
    }
}

#[tokio::test]
async fn trap_12_one_odd_word_does_not_refuse_a_client() {
    let mut params = pull("utf-8");
    params["trace"] = json!("compact");
    params["rootUri"] = json!("");
    params["processId"] = json!(-1);
    params["capabilities"]["workspace"] = json!({"workspaceEdit": {"failureHandling": "pray"}});
    params["capabilities"]["textDocument"]["foldingRange"] = json!({"foldingRangeKind": {"valueSet": 1}});
    let mut editor = Editor::connect(ECHO);
    let greeting = editor.request("initialize", params).await.unwrap();
    assert_eq!(greeting["capabilities"]["positionEncoding"], "utf-8");
    assert!(greeting["capabilities"]["diagnosticProvider"].is_object());
    editor.leave().await;
}

#[tokio::test]
async fn nothing_is_answered_before_the_greeting_and_after_the_farewell() {
    let mut editor = Editor::connect(ECHO);
    assert_eq!(editor.pull(A, None).await.unwrap_err()["code"], -32002);
    editor.request("initialize", json!({"capabilities": {}})).await.unwrap();
    editor.request("shutdown", Value::Null).await.unwrap();
    assert_eq!(editor.pull(A, None).await.unwrap_err()["code"], -32600);
}

#[tokio::test]
async fn a_question_that_an_edit_has_overtaken_is_to_be_asked_again() {
    let mut editor = busy().await;
    editor.open(A, 1, "a").await;
    let id = editor.ask("textDocument/diagnostic", json!({"textDocument": {"uri": A}})).await;
    editor.change(A, 2, json!([{"text": "b"}])).await;
    let error = editor.answer(id).await.unwrap_err();
    assert_eq!((&error["code"], &error["data"]), (&json!(-32802), &json!({"retriggerRequest": true})));
    editor.leave().await;
}

#[tokio::test]
async fn what_an_edit_has_overtaken_is_not_told() {
    let mut editor = Editor::start(MOODY, push("utf-16")).await;
    editor.open(A, 1, "slow").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    editor.change(A, 2, json!([{"text": "b"}])).await;
    let (version, findings) = editor.published(A).await;
    assert_eq!((version, echoed(&findings)), (json!(2), "b"));
    editor.leave().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_does_not_stop_us() {
    let mut editor = Editor::start(ECHO, push("utf-16")).await;
    let long = "x".repeat(1 << 14);
    // More than all pipes hold, before the first byte is looked at.
    for version in 0..200 {
        editor.open(&format!("file:///p/{version}.py"), 0, &long).await;
    }
    for version in 0..200 {
        editor.published(&format!("file:///p/{version}.py")).await;
    }
    editor.leave().await;
}
