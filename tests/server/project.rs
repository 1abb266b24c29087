//! A server among files: imports, settings, folders, and what changes on disk.

use std::path::{Path, PathBuf};

use aiterlint::server::Check;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::editor::Editor;
use crate::{pull, push};

/// Uses what `helpers` makes.
const USER: &str = "\
from helpers import stream
async def main():
    for x in stream():
        print(x)
";

const ASYNC: &str = "async def stream():\n    yield 1\n";
const SYNC: &str = "def stream():\n    yield 1\n";

/// A folder with these files in it.
struct Disk(TempDir);

impl Disk {
    fn new(files: &[(&str, &str)]) -> Disk {
        let disk = Disk(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, text)| disk.write(name, text));
        disk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().expect("it is there").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders are made");
        std::fs::write(path, text).expect("the file is written");
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).expect("it was there");
    }

    fn uri(&self, name: &str) -> String {
        uri(&self.path(name))
    }

    /// Opens a file as it is.
    async fn open(&self, editor: &mut Editor, name: &str) -> String {
        let text = std::fs::read_to_string(self.path(name)).expect("it is there");
        editor.open(&self.uri(name), 1, &text).await;
        self.uri(name)
    }

    /// A client that works in some of the folders.
    fn client(&self, mut params: Value, folders: &[&str]) -> Value {
        let folders: Vec<Value> = folders.iter().map(|name| json!({"uri": self.uri(name), "name": name})).collect();
        params["workspaceFolders"] = json!(folders);
        params
    }
}

fn uri(path: &Path) -> String {
    tower_lsp::lsp_types::Url::from_file_path(path).expect("a whole path").into()
}

/// Asks for settings, watches files, and asks again for findings when it is told to.
fn lively(mut params: Value) -> Value {
    params["capabilities"]["workspace"] = json!({
        "configuration": true, "workspaceFolders": true,
        "didChangeWatchedFiles": {"dynamicRegistration": true},
        "diagnostics": {"refreshSupport": true},
    });
    params
}

/// The names of the rules in the next findings about a text.
async fn told(editor: &mut Editor, uri: &str) -> Vec<String> {
    let (_, findings) = editor.published(uri).await;
    rules(&findings)
}

async fn asked(editor: &mut Editor, uri: &str) -> Vec<String> {
    let mut answer = editor.pull(uri, None).await.expect("an answer");
    rules(answer["items"].take().as_array().expect("a list"))
}

fn rules(findings: &[Value]) -> Vec<String> {
    findings.iter().map(|found| found["code"].as_str().expect("a name").to_string()).collect()
}

#[tokio::test]
async fn imports_lead_to_open_texts_and_else_to_the_disk() {
    let disk = Disk::new(&[("a.py", USER), ("helpers.py", ASYNC)]);
    let mut editor = Editor::start(Check::OURS, disk.client(push("utf-16"), &[""])).await;
    let a = disk.open(&mut editor, "a.py").await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    // What is typed counts at once, saved or not.
    let helpers = disk.open(&mut editor, "helpers.py").await;
    editor.change(&helpers, 2, json!([{ "text": SYNC }])).await;
    while !told(&mut editor, &a).await.is_empty() {}
    editor.close(&helpers).await;
    while told(&mut editor, &a).await != ["sync-for-over-async"] {}
    editor.leave().await;
}

#[tokio::test]
async fn an_edit_is_noticed_far_away() {
    let disk = Disk::new(&[
        ("a.py", &USER.replace("helpers", "pkg")),
        ("pkg/__init__.py", "from .middle import stream\n"),
        ("pkg/middle.py", "from .deep import stream\n"),
        ("pkg/deep.py", SYNC),
    ]);
    let mut editor = Editor::start(Check::OURS, disk.client(lively(pull("utf-16")), &[""])).await;
    let a = disk.open(&mut editor, "a.py").await;
    assert!(asked(&mut editor, &a).await.is_empty());
    let deep = disk.open(&mut editor, "pkg/deep.py").await;
    assert!(asked(&mut editor, &deep).await.is_empty());
    editor.change(&deep, 2, json!([{ "text": ASYNC }])).await;
    editor.wait(|message| message["method"] == "workspace/diagnostic/refresh").await;
    assert_eq!(asked(&mut editor, &a).await, ["sync-for-over-async"]);
    editor.leave().await;
}

#[tokio::test]
async fn files_on_disk_may_change() {
    let disk = Disk::new(&[("a.py", USER)]);
    let mut editor = Editor::start(Check::OURS, disk.client(lively(push("utf-16")), &[""])).await;
    let registered = editor.wait(|message| message["method"] == "client/registerCapability").await;
    let watched = registered["params"]["registrations"].to_string();
    assert!(watched.contains("**/*.{py,pyi}") && watched.contains("**/*.toml"), "{watched}");
    let a = disk.open(&mut editor, "a.py").await;
    assert!(told(&mut editor, &a).await.is_empty());
    let changed = |kind: u32, name: &str| json!({"changes": [{"uri": disk.uri(name), "type": kind}]});
    disk.write("helpers.py", ASYNC);
    editor.notify("workspace/didChangeWatchedFiles", changed(1, "helpers.py")).await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    disk.write("helpers.py", SYNC);
    editor.notify("workspace/didChangeWatchedFiles", changed(2, "helpers.py")).await;
    assert!(told(&mut editor, &a).await.is_empty());
    disk.write("helpers.py", ASYNC);
    disk.write("aiterlint.toml", "ignore = ['sync-for-over-async']\n");
    editor.notify("workspace/didChangeWatchedFiles", changed(1, "aiterlint.toml")).await;
    disk.remove("aiterlint.toml");
    editor.notify("workspace/didChangeWatchedFiles", changed(3, "aiterlint.toml")).await;
    while told(&mut editor, &a).await.is_empty() {}
    editor.leave().await;
}

#[tokio::test]
async fn who_does_not_watch_saves() {
    let disk = Disk::new(&[("a.py", USER), ("helpers.py", SYNC)]);
    let mut editor = Editor::start(Check::OURS, disk.client(push("utf-16"), &[""])).await;
    let a = disk.open(&mut editor, "a.py").await;
    assert!(told(&mut editor, &a).await.is_empty());
    disk.write("helpers.py", ASYNC);
    editor.notify("textDocument/didSave", json!({"textDocument": {"uri": a}})).await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    editor.leave().await;
}

#[tokio::test]
async fn each_folder_has_settings_of_its_own() {
    let disk = Disk::new(&[
        ("one/a.py", USER),
        ("one/helpers.py", ASYNC),
        ("one/pyproject.toml", "[tool.aiterlint]\nignore = ['sync-for-over-async']\n"),
        ("two/a.py", USER),
        ("two/helpers.py", ASYNC),
        ("three/a.py", USER),
        ("three/helpers.py", ASYNC),
    ]);
    let mut editor = Editor::start(Check::OURS, disk.client(lively(pull("utf-16")), &["one", "two", "three"])).await;
    let question = editor.wait(|message| message["method"] == "workspace/configuration").await;
    let items = question["params"]["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[1]["scopeUri"]), (4, &json!(disk.uri("one"))));
    let three = json!({"ignore": ["sync-for-over-async"]});
    editor.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": [null, null, {}, three]})).await;
    for (folder, expected) in [("one", vec![]), ("two", vec!["sync-for-over-async"]), ("three", vec![])] {
        let uri = disk.open(&mut editor, &format!("{folder}/a.py")).await;
        // The answer about settings may still be on its way when the first question is asked.
        while asked(&mut editor, &uri).await != expected {}
    }
    let change = json!({"event": {"added": [], "removed": [{"uri": disk.uri("one"), "name": "one"}]}});
    editor.notify("workspace/didChangeWorkspaceFolders", change).await;
    editor.wait(|message| message["method"] == "workspace/configuration").await;
    assert!(asked(&mut editor, &disk.uri("one/a.py")).await.is_empty(), "its own file still holds");
    editor.leave().await;
}

#[tokio::test]
async fn a_mistake_in_the_settings_is_told_each_time_it_is_made() {
    let disk = Disk::new(&[("a.py", USER), ("helpers.py", ASYNC)]);
    let mut editor = Editor::start(Check::OURS, disk.client(pull("utf-16"), &[""])).await;
    let a = disk.open(&mut editor, "a.py").await;
    for _ in 0..2 {
        disk.write("pyproject.toml", "[tool.aiterlint\n");
        let written = json!({"changes": [{"uri": disk.uri("pyproject.toml"), "type": 2}]});
        editor.notify("workspace/didChangeWatchedFiles", written.clone()).await;
        assert!(asked(&mut editor, &a).await.is_empty());
        let said = editor.told("window/showMessage").await;
        let said = said["message"].as_str().unwrap();
        assert!(said.starts_with("aiterlint checks no file under these settings until they are mended: "), "{said}");
        assert!(said.ends_with("pyproject.toml:1:16: this is not TOML: unclosed table, expected `]`"), "{said}");
        // As long as it stays, it is not told again.
        let elsewhere = json!({"changes": [{"uri": disk.uri("new.py"), "type": 1}]});
        editor.notify("workspace/didChangeWatchedFiles", elsewhere).await;
        assert!(asked(&mut editor, &a).await.is_empty());
        disk.remove("pyproject.toml");
        editor.notify("workspace/didChangeWatchedFiles", written).await;
        assert_eq!(asked(&mut editor, &a).await, ["sync-for-over-async"]);
        assert!(editor.kept(|message| message["method"] == "window/showMessage").is_none());
    }
    editor.leave().await;
}

#[tokio::test]
async fn settings_may_come_with_the_greeting_or_later() {
    let disk = Disk::new(&[("a.py", USER), ("helpers.py", ASYNC)]);
    let mut params = disk.client(push("utf-16"), &[""]);
    params["initializationOptions"] = json!({"settings": {"enable": false, "select": 7}});
    let mut editor = Editor::start(Check::OURS, params).await;
    let complaint = editor.told("window/logMessage").await;
    assert!(complaint["message"].as_str().unwrap().starts_with("the setting `aiterlint.select` is left out"));
    let a = disk.open(&mut editor, "a.py").await;
    assert!(told(&mut editor, &a).await.is_empty());
    let on = json!({"settings": {"aiterlint": {"enable": true}}});
    editor.notify("workspace/didChangeConfiguration", on).await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    editor.leave().await;
}

#[tokio::test]
async fn packages_come_from_the_chosen_environment() {
    let site = "env/lib/python3.11/site-packages";
    let disk = Disk::new(&[
        ("p/a.py", USER),
        (&format!("{site}/helpers.py"), ASYNC),
        ("env/pyvenv.cfg", ""),
        ("env/bin/python", ""),
    ]);
    let mut editor = Editor::start(Check::OURS, disk.client(push("utf-16"), &["p"])).await;
    let a = disk.open(&mut editor, "p/a.py").await;
    assert!(told(&mut editor, &a).await.is_empty());
    let chosen = json!({"settings": {"aiterlint": {"python": disk.path("env/bin/python")}}});
    editor.notify("workspace/didChangeConfiguration", chosen).await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    let gone = json!({"settings": {"aiterlint": {"python": "gone"}}});
    editor.notify("workspace/didChangeConfiguration", gone).await;
    let line =
        editor.wait(|message| message.to_string().contains("aiterlint.python")).await["params"]["message"].take();
    assert_eq!(line, format!("in the setting `aiterlint.python`: there is no `{}`", disk.path("p/gone").display()));
    editor.leave().await;
}

#[tokio::test]
async fn what_is_installed_or_left_out_is_not_checked() {
    let text = ASYNC.to_string() + "async def f():\n    for x in stream(): pass\n";
    let disk = Disk::new(&[
        ("build/p/a.py", &text),
        ("build/p/.venv/a.py", &text),
        ("build/p/old/a.py", &text),
        ("build/p/aiterlint.toml", "exclude = ['old']\n"),
    ]);
    let mut editor = Editor::start(Check::OURS, disk.client(pull("utf-16"), &["build/p"])).await;
    for (name, count) in [("a.py", 1), (".venv/a.py", 0), ("old/a.py", 0)] {
        let uri = disk.open(&mut editor, &format!("build/p/{name}")).await;
        assert_eq!(asked(&mut editor, &uri).await.len(), count, "{name}");
    }
    editor.leave().await;
}

#[tokio::test]
async fn hover_says_what_an_expression_is_and_where_that_was_learnt() {
    let text =
        "from helpers import stream\nasync def main():\n    it = stream()\n    async for x in it:\n        print(x)\n";
    let disk = Disk::new(&[("a.py", text), ("helpers.py", &format!("\n{ASYNC}"))]);
    for (format, expected) in [
        (
            "markdown",
            format!(
                "**an async generator** from `stream()`, [helpers.py:2]({}#L2), one pass, used up on line 4",
                disk.uri("helpers.py")
            ),
        ),
        ("plaintext", "an async generator from `stream()`, helpers.py:2, one pass, used up on line 4".to_string()),
    ] {
        let mut params = disk.client(push("utf-16"), &[""]);
        params["capabilities"]["textDocument"]["hover"] = json!({"contentFormat": [format]});
        let mut editor = Editor::start(Check::OURS, params).await;
        let a = disk.open(&mut editor, "a.py").await;
        let place = json!({"textDocument": {"uri": a}, "position": {"line": 2, "character": 5}});
        let said = editor.request("textDocument/hover", place).await.unwrap();
        assert_eq!((&said["contents"]["value"], &said["range"]["end"]["character"]), (&json!(expected), &json!(6)));
        // What somebody else has made is not from anywhere.
        editor
            .change(
                &a,
                2,
                json!([{"text": "from typing import AsyncIterator\ndef f(x: AsyncIterator[int]): print(x)"}]),
            )
            .await;
        let place = json!({"textDocument": {"uri": a}, "position": {"line": 1, "character": 37}});
        let said = editor.request("textDocument/hover", place).await.unwrap();
        let said = said["contents"]["value"].as_str().unwrap().replace('*', "");
        assert_eq!(said, "an async iterator, one pass");
        editor.leave().await;
    }
}

#[tokio::test]
async fn hints_are_for_those_who_want_them() {
    let text =
        "from helpers import stream\nasync def main():\n    it = stream()\n    async for x in it:\n        print(x)\n";
    let disk = Disk::new(&[("a.py", text), ("helpers.py", ASYNC)]);
    let mut editor = Editor::start(Check::OURS, disk.client(push("utf-16"), &[""])).await;
    let a = disk.open(&mut editor, "a.py").await;
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let ask = json!({"textDocument": {"uri": a}, "range": range});
    assert_eq!(editor.request("textDocument/inlayHint", ask.clone()).await.unwrap(), Value::Null);
    editor.notify("workspace/didChangeConfiguration", json!({"settings": {"inlayHints": true}})).await;
    let hints = editor.request("textDocument/inlayHint", ask).await.unwrap();
    let expected = json!([
        {"position": {"line": 2, "character": 6}, "label": ": async generator, one pass"},
        {"position": {"line": 3, "character": 21}, "label": " used up"},
    ]);
    assert_eq!(hints, expected);
    editor.leave().await;
}

const MODE: &str = "diagnosticMode";

#[tokio::test]
async fn all_files_are_told_about_when_somebody_wants_that() {
    let disk = Disk::new(&[("a.py", USER), ("helpers.py", ASYNC), ("b/c.py", "x = 1\n")]);
    let mut params = disk.client(lively(push("utf-16")), &[""]);
    params["initializationOptions"] = json!({ MODE: "workspace" });
    let mut editor = Editor::start(Check::OURS, params).await;
    let a = disk.uri("a.py");
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    // Open and closed again, it is still one of them.
    disk.open(&mut editor, "a.py").await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    editor.change(&a, 2, json!([{ "text": "x = 1\n" }])).await;
    assert!(told(&mut editor, &a).await.is_empty());
    editor.close(&a).await;
    assert_eq!(told(&mut editor, &a).await, ["sync-for-over-async"]);
    // A file that is deleted or renamed has no findings.
    std::fs::rename(disk.path("a.py"), disk.path("d.py")).unwrap();
    let files = json!({"files": [{"oldUri": a, "newUri": disk.uri("d.py")}]});
    editor.notify("workspace/didRenameFiles", files).await;
    assert!(told(&mut editor, &a).await.is_empty());
    assert_eq!(told(&mut editor, &disk.uri("d.py")).await, ["sync-for-over-async"]);
    disk.remove("d.py");
    editor.notify("workspace/didDeleteFiles", json!({"files": [{"uri": disk.uri("d.py")}]})).await;
    assert!(told(&mut editor, &disk.uri("d.py")).await.is_empty());
    editor.leave().await;
}

#[tokio::test]
async fn all_files_can_be_asked_about() {
    let many: Vec<(String, &str)> = (0..50).map(|number| (format!("many/m{number}.py"), "x = 1\n")).collect();
    let mut files: Vec<(&str, &str)> = vec![("a.py", USER), ("helpers.py", ASYNC), ("b.py", USER)];
    files.extend(many.iter().map(|(name, text)| (name.as_str(), *text)));
    let disk = Disk::new(&files);
    let mut params = disk.client(lively(pull("utf-16")), &[""]);
    params["initializationOptions"] = json!({ MODE: "workspace" });
    let mut editor = Editor::connect(Check::OURS);
    let abilities = editor.request("initialize", params).await.unwrap();
    assert_eq!(abilities["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], true);
    editor.notify("initialized", json!({})).await;
    disk.open(&mut editor, "b.py").await;
    let ask = |known: Value| json!({"previousResultIds": known, "partialResultToken": "p", "workDoneToken": "w"});
    let id = editor.ask("workspace/diagnostic", ask(json!([]))).await;
    let begin = editor.wait(|message| message["params"]["token"] == "w").await;
    assert_eq!(begin["params"]["value"]["kind"], "begin");
    let answer = editor.answer(id).await.unwrap();
    let mut items = answer["items"].as_array().unwrap().clone();
    while let Some(mut part) = editor.kept(|message| message["params"]["token"] == "p") {
        items.extend(part["params"]["value"]["items"].take().as_array().unwrap().iter().cloned());
    }
    let found: Vec<(&Value, &Value)> = items.iter().map(|item| (&item["uri"], &item["version"])).collect();
    assert_eq!(found, [(&json!(disk.uri("a.py")), &Value::Null), (&json!(disk.uri("b.py")), &json!(1))]);
    let known: Vec<Value> = items.iter().map(|item| json!({"uri": item["uri"], "value": item["resultId"]})).collect();
    // The next question waits for news, and an edit does not wait for it.
    let id = editor.ask("workspace/diagnostic", ask(json!(known))).await;
    disk.remove("a.py");
    let gone = json!({"changes": [{"uri": disk.uri("a.py"), "type": 3}]});
    editor.notify("workspace/didChangeWatchedFiles", gone).await;
    let answer = editor.answer(id).await.unwrap();
    let mut items = answer["items"].as_array().unwrap().clone();
    while let Some(mut part) = editor.kept(|message| message["params"]["token"] == "p") {
        items.extend(part["params"]["value"]["items"].take().as_array().unwrap().iter().cloned());
    }
    let of = |name: &str| items.iter().find(|item| item["uri"] == disk.uri(name)).unwrap_or_else(|| panic!("{name}"));
    assert_eq!((&of("a.py")["kind"], &of("a.py")["items"]), (&json!("full"), &json!([])));
    assert_eq!(of("b.py")["kind"], "unchanged");
    editor.leave().await;
}
