//! Findings as the protocol has them: told or asked for, never both.

use aiterlint::server::Check;
use serde_json::json;

use crate::editor::Editor;
use crate::{ECHO, pull, push};

const A: &str = "file:///p/%C3%A9/a.py";

const TEXT: &str = "\
class Ticks:
    async def __aiter__(self):
        return self
    async def __anext__(self):
        raise StopAsyncIteration
";

const STORY: &str = "\
async def feed():
    yield 1
async def main():
    '𝄞'; it = feed()
    async for x in it: pass
    async for x in it: pass
";

#[tokio::test]
async fn a_finding_has_everything() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    editor.open(A, 3, TEXT).await;
    let (version, findings) = editor.published(A).await;
    assert_eq!((version, findings.len()), (json!(3), 1));
    let found = &findings[0];
    assert_eq!((&found["code"], &found["source"]), (&json!("aiter-is-coroutine"), &json!("aiterlint")));
    assert_eq!(found["severity"], 1);
    assert!(found["codeDescription"]["href"].as_str().unwrap().starts_with("https://docs.python.org/"));
    editor.leave().await;
}

#[tokio::test]
async fn the_story_is_told_in_its_places() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    editor.open(A, 1, STORY).await;
    let (_, findings) = editor.published(A).await;
    let story = findings[0]["relatedInformation"].as_array().unwrap();
    assert!(story.iter().all(|place| place["location"]["uri"] == A), "{story:?}");
    let lines: Vec<u64> =
        story.iter().map(|place| place["location"]["range"]["start"]["line"].as_u64().unwrap()).collect();
    assert!(lines.contains(&3) && lines.contains(&4), "{story:?}");
    editor.leave().await;
    // A client that cannot show places reads of them.
    let mut editor = Editor::start(Check::OURS, json!({"capabilities": {}})).await;
    editor.open(A, 1, STORY).await;
    let (_, findings) = editor.published(A).await;
    assert_eq!((&findings[0]["relatedInformation"], &findings[0]["codeDescription"]), (&json!(null), &json!(null)));
    assert!(findings[0]["message"].as_str().unwrap().contains("\nline 5: "), "{}", findings[0]);
    editor.leave().await;
}

#[tokio::test]
async fn what_a_comment_need_not_say_is_faded() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    editor.open(A, 1, "x = 1  # aiterlint: ignore[aiter-is-coroutine]\n").await;
    let (_, findings) = editor.published(A).await;
    assert_eq!((&findings[0]["code"], &findings[0]["tags"]), (&json!("unused-ignore"), &json!([1])));
    editor.leave().await;
}

#[tokio::test]
async fn who_asks_is_not_told() {
    let mut editor = Editor::start(Check::OURS, pull("utf-16")).await;
    editor.open(A, 1, TEXT).await;
    let full = editor.pull(A, None).await.unwrap();
    assert_eq!((&full["kind"], &full["items"][0]["code"]), (&json!("full"), &json!("aiter-is-coroutine")));
    let id = full["resultId"].as_str().unwrap();
    let same = editor.pull(A, Some(id)).await.unwrap();
    assert_eq!(same, json!({"kind": "unchanged", "resultId": id}));
    editor.change(A, 2, json!([{"text": "x = 1\n"}])).await;
    let none = editor.pull(A, Some(id)).await.unwrap();
    assert_eq!((&none["kind"], &none["items"]), (&json!("full"), &json!([])));
    editor.close(A).await;
    assert_eq!(editor.pull(A, None).await.unwrap()["items"], json!([]));
    // Everything that was ever sent is in one of these.
    editor.ask("shutdown", json!(null)).await;
    let next =
        editor.wait(|message| message["id"].is_number() || message["method"] == "textDocument/publishDiagnostics");
    assert!(next.await.get("method").is_none());
}

#[tokio::test]
async fn texts_without_a_file_are_checked_too() {
    let mut editor = Editor::start(Check::OURS, push("utf-8")).await;
    editor.open("untitled:Untitled-1", 1, TEXT).await;
    assert_eq!(editor.published("untitled:Untitled-1").await.1.len(), 1);
    editor.leave().await;
}

#[tokio::test]
async fn only_python_is_checked() {
    let mut editor = Editor::start(ECHO, push("utf-8")).await;
    let document = json!({"uri": "file:///p/a.toml", "languageId": "toml", "version": 1, "text": "x"});
    editor.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    editor.open(A, 1, "x").await;
    let first = editor.told("textDocument/publishDiagnostics").await;
    assert_eq!(first["uri"], A);
    editor.leave().await;
}
