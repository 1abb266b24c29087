//! Notebooks: cells that are texts of their own, and one module for a check.

use aiterlint::server::Check;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{pull, push};

const NOTEBOOK: &str = "file:///p/n.ipynb";

fn cell(number: u32) -> String {
    format!("vscode-notebook-cell:/p/n.ipynb#W{number}")
}

fn text(number: u32, version: i32, text: &str) -> Value {
    json!({"uri": cell(number), "languageId": "python", "version": version, "text": text})
}

async fn open(editor: &mut Editor, texts: &[&str]) {
    let cells: Vec<Value> = (1..=texts.len() as u32).map(|n| json!({"kind": 2, "document": cell(n)})).collect();
    let texts: Vec<Value> = texts.iter().zip(1..).map(|(code, number)| text(number, 1, code)).collect();
    let notebook = json!({"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": cells});
    let params = json!({"notebookDocument": notebook, "cellTextDocuments": texts});
    editor.notify("notebookDocument/didOpen", params).await;
}

async fn change(editor: &mut Editor, cells: Value) {
    let notebook = json!({"uri": NOTEBOOK, "version": 2});
    let params = json!({"notebookDocument": notebook, "change": {"cells": cells}});
    editor.notify("notebookDocument/didChange", params).await;
}

/// Editors do not ask about cells, so they are told.
async fn found(editor: &mut Editor, number: u32) -> Vec<Value> {
    editor.published(&cell(number)).await.1
}

const FEED: &str = "%time\nasync def feed():\n    yield 1";
const USE: &str = "!ls\n'𝄞'; it = feed()\nasync for x in it: pass\nasync for x in it: pass";

#[tokio::test]
async fn trap_13_the_greeting_says_which_notebooks() {
    let mut editor = Editor::connect(Check::OURS);
    let abilities = editor.request("initialize", pull("utf-16")).await.unwrap();
    let selector = &abilities["capabilities"]["notebookDocumentSync"]["notebookSelector"];
    assert_eq!(*selector, json!([{"notebook": "jupyter-notebook", "cells": [{"language": "python"}]}]));
    editor.leave().await;
}

#[tokio::test]
async fn cells_share_their_names() {
    let mut editor = Editor::start(Check::OURS, pull("utf-16")).await;
    open(&mut editor, &[FEED, "for x in feed(): pass", "%%bash\nls ("]).await;
    assert!(found(&mut editor, 1).await.is_empty());
    let findings = found(&mut editor, 2).await;
    assert_eq!((&findings[0]["code"], findings.len()), (&json!("sync-for-over-async"), 1));
    assert_eq!(findings[0]["range"]["start"], json!({"line": 0, "character": 9}));
    let story = &findings[0]["relatedInformation"][0]["location"];
    assert_eq!((&story["uri"], &story["range"]["start"]["line"]), (&json!(cell(1)), &json!(1)));
    assert!(found(&mut editor, 3).await.is_empty());
    // An edit in one cell is seen in the other.
    let edit = json!([{"document": {"uri": cell(1), "version": 2}, "changes": [{"text": "def feed():\n    yield 1"}]}]);
    change(&mut editor, json!({ "textContent": edit })).await;
    while !found(&mut editor, 2).await.is_empty() {}
    // One that asks all the same is not told twice.
    assert_eq!(editor.pull(&cell(2), None).await.unwrap()["items"], json!([]));
    editor.leave().await;
}

#[tokio::test]
async fn cells_come_go_and_move() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    open(&mut editor, &["for x in feed(): pass"]).await;
    assert!(editor.published(&cell(1)).await.1.is_empty());
    let array = json!({"start": 0, "deleteCount": 0, "cells": [{"kind": 2, "document": cell(2)}]});
    change(&mut editor, json!({"structure": {"array": array, "didOpen": [text(2, 1, FEED)], "didClose": []}})).await;
    while editor.published(&cell(1)).await.1.is_empty() {}
    let array = json!({"start": 0, "deleteCount": 1});
    change(&mut editor, json!({"structure": {"array": array, "didOpen": [], "didClose": [{"uri": cell(2)}]}})).await;
    while !editor.published(&cell(1)).await.1.is_empty() {}
    let closed = json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": [{"uri": cell(1)}]});
    editor.notify("notebookDocument/didClose", closed).await;
    while editor.published(&cell(1)).await.0 != Value::Null {}
    editor.leave().await;
}

#[tokio::test]
async fn cells_have_fixes_and_hover() {
    let mut params = pull("utf-16");
    params["capabilities"]["textDocument"]["codeAction"] =
        json!({"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}});
    let mut editor = Editor::start(Check::OURS, params).await;
    let ticks = "%time\nclass A:\n    async def __aiter__(self):\n        return self\n    async def __anext__(self): raise StopAsyncIteration";
    open(&mut editor, &[FEED, ticks, USE]).await;
    let place = json!({"line": 2, "character": 15});
    let params = json!({"textDocument": {"uri": cell(2)}, "range": {"start": place, "end": place},
                        "context": {"diagnostics": []}});
    let actions = editor.request("textDocument/codeAction", params).await.unwrap();
    let edits = &actions[0]["edit"]["changes"][cell(2)];
    let range = json!({"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 10}});
    assert_eq!(*edits, json!([{"range": range, "newText": ""}]), "{actions:#}");
    let all = actions.as_array().unwrap().iter().find(|it| it["kind"] == "source.fixAll.aiterlint").unwrap();
    let edits = &all["edit"]["changes"][cell(2)];
    assert_eq!(edits[0]["newText"], "    def __aiter__(self):\n");
    let place = json!({"textDocument": {"uri": cell(3)}, "position": {"line": 2, "character": 16}});
    let said = editor.request("textDocument/hover", place).await.unwrap();
    let value = said["contents"]["value"].as_str().unwrap();
    assert!(value.contains("from `feed()`, cell 1, line 2, one pass"), "{value}");
    editor.leave().await;
}

/// Some clients name cells as if they were files, and open them one by one.
#[tokio::test]
async fn cells_may_be_named_like_files_and_come_later() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    let (one, two) = ("file:///p/n.ipynb#one", "file:///p/n.ipynb#two");
    let cells = [json!({"kind": 2, "document": one}), json!({"kind": 2, "document": two})];
    let notebook = json!({"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": cells});
    let texts = [json!({"uri": one, "languageId": "python", "version": 1, "text": FEED})];
    editor.notify("notebookDocument/didOpen", json!({"notebookDocument": notebook, "cellTextDocuments": texts})).await;
    assert!(editor.published(one).await.1.is_empty());
    editor.open(two, 1, "for x in feed(): pass").await;
    let findings = editor.published(two).await.1;
    assert_eq!((&findings[0]["code"], findings.len()), (&json!("sync-for-over-async"), 1));
    editor.leave().await;
}

/// What may be left out may be null.
#[tokio::test]
async fn what_a_client_does_not_say_it_says_by_null() {
    let mut editor = Editor::start(Check::OURS, push("utf-16")).await;
    open(&mut editor, &[FEED]).await;
    assert!(found(&mut editor, 1).await.is_empty());
    let array = json!({"start": 1, "deleteCount": 0, "cells": [{"kind": 2, "document": cell(2)}]});
    let structure = json!({"array": array, "didOpen": [text(2, 1, "for x in feed(): pass")], "didClose": null});
    change(&mut editor, json!({"structure": structure, "data": null, "textContent": null})).await;
    while found(&mut editor, 2).await.is_empty() {}
    let array = json!({"start": 0, "deleteCount": 1, "cells": null});
    change(&mut editor, json!({"structure": {"array": array, "didOpen": null, "didClose": [{"uri": cell(1)}]}})).await;
    while !found(&mut editor, 2).await.is_empty() {}
    let closed = json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": null});
    editor.notify("notebookDocument/didClose", closed).await;
    while editor.published(&cell(2)).await.0 != Value::Null {}
    editor.leave().await;
}

const TICKS: &str =
    "class A:\n    async def __aiter__(self): return self\n    async def __anext__(self): raise StopAsyncIteration";

/// What VS Code asks of the first cell when a notebook is saved.
async fn on_save(editor: &mut Editor, only: &str) -> Vec<Value> {
    let place = json!({"line": 0, "character": 0});
    let params = json!({"textDocument": {"uri": cell(1)}, "range": {"start": place, "end": place},
                        "context": {"diagnostics": [], "only": [only]}});
    let actions = editor.request("textDocument/codeAction", params).await.unwrap();
    actions.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn all_cells_are_fixed_at_once() {
    let mut params = pull("utf-16");
    params["capabilities"]["workspace"] = json!({"workspaceEdit": {"documentChanges": true}});
    params["capabilities"]["textDocument"]["codeAction"] = json!({
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
        "dataSupport": true, "resolveSupport": {"properties": ["edit"]},
    });
    let mut editor = Editor::connect(Check::OURS);
    let abilities = editor.request("initialize", params).await.unwrap();
    let kinds = &abilities["capabilities"]["codeActionProvider"]["codeActionKinds"];
    assert!(kinds.as_array().unwrap().contains(&json!("notebook.source.fixAll.aiterlint")), "{kinds}");
    editor.notify("initialized", json!({})).await;
    open(&mut editor, &[FEED, TICKS, "%%bash\nls (", TICKS]).await;
    let edit = json!([{"document": {"uri": cell(4), "version": 5}, "changes": [{"text": format!("\n{TICKS}")}]}]);
    change(&mut editor, json!({ "textContent": edit })).await;
    for only in ["notebook", "notebook.source.fixAll", "notebook.source.fixAll.aiterlint"] {
        let all = on_save(&mut editor, only).await.remove(0);
        assert_eq!(all["kind"], "notebook.source.fixAll.aiterlint");
        let resolved = editor.request("codeAction/resolve", all).await.unwrap();
        let edited = |number: u32, version: i32, line: u32| {
            let range = json!({"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}});
            let edits = [json!({"range": range, "newText": "    def __aiter__(self): return self\n"})];
            json!({"textDocument": {"uri": cell(number), "version": version}, "edits": edits})
        };
        assert_eq!(resolved["edit"]["documentChanges"], json!([edited(2, 1, 1), edited(4, 5, 2)]));
    }
    // There is nothing to fix in the first cell itself.
    assert!(on_save(&mut editor, "source.fixAll").await.is_empty());
    editor.leave().await;
}
