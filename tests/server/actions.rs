//! What can be done about findings, and what is told about them.

use aiterlint::server::Check;
use ropey::Rope;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::pull;

const A: &str = "file:///p/a.py";

const TICKS: &str = "\
#!/usr/bin/env python
class 𝄞Ticks:
    '𝄞'; x = 1
class Ticks:
    async def __aiter__(self):
        return self
    async def __anext__(self):
        raise StopAsyncIteration
";

/// A client that knows everything about actions.
fn able() -> Value {
    let mut params = pull("utf-16");
    params["capabilities"]["workspace"] = json!({"workspaceEdit": {"documentChanges": true}});
    params["capabilities"]["window"] = json!({"showDocument": {"support": true}});
    params["capabilities"]["textDocument"]["hover"] = json!({"contentFormat": ["markdown", "plaintext"]});
    params["capabilities"]["textDocument"]["codeAction"] = json!({
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}},
        "dataSupport": true, "resolveSupport": {"properties": ["edit"]}, "isPreferredSupport": true,
    });
    params
}

async fn actions(editor: &mut Editor, line: u32, only: Value) -> Vec<Value> {
    let place = json!({"line": line, "character": 15});
    let params = json!({"textDocument": {"uri": A}, "range": {"start": place, "end": place},
                        "context": {"diagnostics": [], "only": only}});
    let actions = editor.request("textDocument/codeAction", params).await.expect("an answer");
    actions.as_array().cloned().unwrap_or_default()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().is_some_and(|it| it.contains(title)));
    found.unwrap_or_else(|| panic!("{title}: {actions:#?}"))
}

/// The text after an edit, as an editor applies it.
fn applied(text: &str, edit: &Value) -> String {
    let edits = edit.pointer("/documentChanges/0/edits").or_else(|| edit["changes"].get(A));
    let edits = edits.and_then(Value::as_array).unwrap_or_else(|| panic!("{edit:#}"));
    let mut rope = Rope::from_str(text);
    let at = |rope: &Rope, place: &Value| {
        let line = place["line"].as_u64().expect("a line") as usize;
        let start = rope.char_to_utf16_cu(rope.line_to_char(line));
        rope.utf16_cu_to_char(start + place["character"].as_u64().expect("a column") as usize)
    };
    for edit in edits.iter().rev() {
        let start = at(&rope, &edit["range"]["start"]);
        let end = at(&rope, &edit["range"]["end"]);
        rope.remove(start..end);
        rope.insert(start, edit["newText"].as_str().expect("a text"));
    }
    rope.to_string()
}

#[tokio::test]
async fn a_safe_fix_is_the_preferred_one() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    editor.open(A, 7, TICKS).await;
    let actions = actions(&mut editor, 4, json!(["quickfix"])).await;
    let fix = &actions[0];
    assert_eq!((&fix["kind"], &fix["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert_eq!(fix["diagnostics"][0]["code"], "aiter-is-coroutine");
    let document = &fix["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(*document, json!({"uri": A, "version": 7}));
    assert_eq!(applied(TICKS, &fix["edit"]), TICKS.replace("async def __aiter__", "def __aiter__"));
    editor.leave().await;
}

#[tokio::test]
async fn a_finding_can_be_silenced_here_or_everywhere() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    editor.open(A, 1, TICKS).await;
    let actions = actions(&mut editor, 4, json!(["quickfix"])).await;
    let here = applied(TICKS, &titled(&actions, "on this line")["edit"]);
    assert!(here.contains("__aiter__(self):  # aiterlint: ignore[aiter-is-coroutine]\n"), "{here}");
    let everywhere = applied(TICKS, &titled(&actions, "in this file")["edit"]);
    assert!(everywhere.contains("python\n# aiterlint: ignore-file[aiter-is-coroutine]\nclass"), "{everywhere}");
    for text in [here, everywhere] {
        editor.change(A, 2, json!([{ "text": text }])).await;
        assert_eq!(editor.pull(A, None).await.unwrap()["items"], json!([]));
    }
    editor.leave().await;
}

#[tokio::test]
async fn where_a_comment_cannot_stand_a_block_is_put_round() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    let text = TICKS.replace("async def __aiter__(self):\n", "async def __aiter__ \\\n      (self):\n");
    editor.open(A, 1, &text).await;
    let actions = actions(&mut editor, 4, json!(["quickfix"])).await;
    let here = applied(&text, &titled(&actions, "on this line")["edit"]);
    assert!(here.contains("    # aiterlint: off[aiter-is-coroutine]\n    async def __aiter__ \\\n"), "{here}");
    editor.change(A, 2, json!([{ "text": here }])).await;
    assert_eq!(editor.pull(A, None).await.unwrap()["items"], json!([]));
    editor.leave().await;
}

#[tokio::test]
async fn fix_all_is_worked_out_when_it_is_wanted() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    let text = TICKS.replace("Ticks", "A") + &TICKS.replace("Ticks", "B");
    editor.open(A, 3, &text).await;
    for only in [json!(null), json!(["source"]), json!(["source.fixAll"]), json!(["source.fixAll.aiterlint"])] {
        let actions = actions(&mut editor, 4, only).await;
        let all = titled(&actions, "all safe fixes");
        assert_eq!((&all["kind"], &all["edit"]), (&json!("source.fixAll.aiterlint"), &json!(null)));
        let resolved = editor.request("codeAction/resolve", all.clone()).await.unwrap();
        assert_eq!(applied(&text, &resolved["edit"]), text.replace("async def __aiter__", "def __aiter__"));
    }
    assert!(actions(&mut editor, 4, json!(["source.organizeImports"])).await.is_empty());
    assert!(actions(&mut editor, 4, json!(["notebook.source.fixAll"])).await.is_empty());
    // Every kind begins with the empty one.
    titled(&actions(&mut editor, 4, json!([""])).await, "all safe fixes");
    let all = actions(&mut editor, 4, json!(["source"])).await.remove(0);
    editor.change(A, 4, json!([{ "text": "" }])).await;
    assert_eq!(editor.request("codeAction/resolve", all).await.unwrap_err()["code"], -32801);
    assert!(actions(&mut editor, 0, json!(null)).await.is_empty());
    editor.leave().await;
}

#[tokio::test]
async fn a_plain_client_gets_plain_edits() {
    let mut params = pull("utf-16");
    params["capabilities"]["textDocument"]["codeAction"] =
        json!({"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}});
    let mut editor = Editor::start(Check::OURS, params).await;
    let text = TICKS.replace('\n', "\r\n");
    editor.open(A, 1, &text).await;
    let actions = actions(&mut editor, 4, json!(null)).await;
    let all = titled(&actions, "all safe fixes");
    assert_eq!(applied(&text, &all["edit"]), text.replace("async def __aiter__", "def __aiter__"));
    let file = titled(&actions, "in this file");
    assert!(applied(&text, &file["edit"]).contains("ignore-file[aiter-is-coroutine]\r\n"));
    editor.leave().await;
}

#[tokio::test]
async fn an_old_client_gets_commands() {
    let mut editor = Editor::start(Check::OURS, pull("utf-16")).await;
    editor.open(A, 1, TICKS).await;
    let actions = actions(&mut editor, 4, json!(null)).await;
    assert_eq!((actions.len(), &actions[0]["command"]), (1, &json!("aiterlint.explain")));
    editor.leave().await;
}

#[tokio::test]
async fn a_rule_is_explained() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    editor.open(A, 1, TICKS).await;
    let actions = actions(&mut editor, 4, json!(null)).await;
    let command = titled(&actions, "Explain")["command"].clone();
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    assert_eq!(editor.request("workspace/executeCommand", params).await, Ok(Value::Null));
    let asked = editor.wait(|message| message["method"] == "window/showDocument").await;
    let page = asked["params"]["uri"].as_str().unwrap().trim_start_matches("file://");
    assert!(std::fs::read_to_string(page).unwrap().starts_with("# aiter-is-coroutine\n"));
    let wrong = json!({"command": "aiterlint.explain", "arguments": ["aiter-is-corutine"]});
    let error = editor.request("workspace/executeCommand", wrong).await.unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("did you mean `aiter-is-coroutine`"), "{error}");
    editor.leave().await;
    let mut editor = Editor::start(Check::OURS, pull("utf-16")).await;
    let params = json!({"command": "aiterlint.explain", "arguments": ["aiter-is-coroutine"]});
    editor.request("workspace/executeCommand", params).await.unwrap();
    let said = editor.told("window/showMessage").await;
    assert!(said["message"].as_str().unwrap().contains("https://docs.python.org/"), "{said}");
    editor.leave().await;
}

async fn hover(editor: &mut Editor, line: u32, character: u32) -> Value {
    let position = json!({"line": line, "character": character});
    let params = json!({"textDocument": {"uri": A}, "position": position});
    editor.request("textDocument/hover", params).await.expect("an answer")
}

#[tokio::test]
async fn hover_tells_why() {
    let mut editor = Editor::start(Check::OURS, able()).await;
    let text = TICKS.to_string() + "x = 1  # why # aiterlint: ignore[reuse-exhausted, no-such]\n";
    editor.open(A, 1, &text).await;
    let about = hover(&mut editor, 4, 15).await;
    let page = about["contents"]["value"].as_str().unwrap();
    assert!(page.starts_with("# aiter-is-coroutine") && page.contains("## Why") && !page.contains("## Example"));
    assert_eq!((&about["contents"]["kind"], &about["range"]["start"]["line"]), (&json!("markdown"), &json!(4)));
    let about = hover(&mut editor, 8, 36).await;
    assert!(about["contents"]["value"].as_str().unwrap().contains("# reuse-exhausted"), "{about}");
    assert_eq!(about["range"]["start"], json!({"line": 8, "character": 33}));
    assert_eq!(hover(&mut editor, 8, 54).await["range"]["start"]["character"], json!(50));
    assert_eq!(hover(&mut editor, 2, 0).await, Value::Null);
    assert_eq!(hover(&mut editor, 99, 99).await, Value::Null);
    // Settings name rules too.
    let settings = json!({"uri": "file:///p/aiterlint.toml", "languageId": "toml", "version": 1, "text": "ignore = ['reuse-exhausted']\n"});
    editor.notify("textDocument/didOpen", json!({ "textDocument": settings })).await;
    let place = json!({"textDocument": {"uri": settings["uri"]}, "position": {"line": 0, "character": 14}});
    let about = editor.request("textDocument/hover", place).await.unwrap();
    assert!(about["contents"]["value"].as_str().unwrap().starts_with("# reuse-exhausted"), "{about}");
    editor.leave().await;
    let mut editor = Editor::start(Check::OURS, pull("utf-8")).await;
    editor.open(A, 1, &text).await;
    let about = hover(&mut editor, 4, 15).await;
    assert_eq!(about["contents"]["kind"], "plaintext");
    editor.leave().await;
}
