//! The server and the program find the same in two hundred real files, into which mistakes were put: as they are opened,
//! and as they are typed.

use std::path::{Path, PathBuf};
use std::process::Command;

use aiterlint::server::Check;
use serde_json::{Value, json};

use crate::code::{spoilt, texts};
use crate::editor::Editor;
use crate::pull;

const FILES: usize = 200;

/// A file, a rule and a line.
type Place = (PathBuf, String, u64);

#[tokio::test]
async fn server_and_program_agree_about_real_files() {
    let Some(originals) = texts(FILES) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().canonicalize().expect("it is there");
    let mut files = Vec::new();
    for (number, original) in originals.iter().enumerate() {
        let path = folder.join(format!("m{number:03}.py"));
        std::fs::write(&path, spoilt(original)).expect("the file is written");
        files.push(path);
    }
    let expected = of_program(&folder, &files);
    assert!(expected.len() > 50, "{} findings are too few to compare", expected.len());

    let mut params = pull("utf-32");
    params["rootUri"] = json!(uri(&folder));
    params["initializationOptions"] = json!({"extendSelect": ["all"]});
    let mut editor = Editor::start(Check::OURS, params).await;
    let mut opened = Vec::new();
    for (file, original) in files.iter().zip(&originals) {
        editor.open(&uri(file), 1, &spoilt(original)).await;
        opened.extend(pulled(&mut editor, file).await);
    }
    assert_eq!(opened, expected, "as they are opened");
    let mut typed = Vec::new();
    for (file, original) in files.iter().zip(&originals) {
        editor.open(&uri(file), 1, original).await;
        spoil(&mut editor, &uri(file), original).await;
        typed.extend(pulled(&mut editor, file).await);
    }
    assert_eq!(typed, expected, "as they are typed");
    editor.leave().await;
}

/// What the program finds, in the order of the files.
fn of_program(folder: &Path, files: &[PathBuf]) -> Vec<Place> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_aiterlint"));
    program.args(["lint", "--extend-select", "all", "--output-format", "json", "--isolated"]).args(files);
    let output = program.current_dir(folder).output().expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let place = |found: &Value| {
        let rule = found["rule"].as_str().expect("a name").to_string();
        let path = folder.join(found["path"].as_str().expect("a path"));
        (path, rule, found["start"]["line"].as_u64().expect("a line"))
    };
    report.as_array().expect("a list").iter().map(place).collect()
}

/// What the server finds in an open file, which is closed then.
async fn pulled(editor: &mut Editor, file: &Path) -> Vec<Place> {
    let answer = editor.pull(&uri(file), None).await.expect("an answer");
    editor.close(&uri(file)).await;
    let place = |found: &Value| {
        let line = found["range"]["start"]["line"].as_u64().expect("a line") + 1;
        (file.to_path_buf(), found["code"].as_str().expect("a name").to_string(), line)
    };
    answer["items"].as_array().expect("a list").iter().map(place).collect()
}

/// Does by edits what `spoilt` does, from the end to the start, asking for findings now and then.
async fn spoil(editor: &mut Editor, uri: &str, original: &str) {
    let mut words: Vec<(usize, &str)> = original.match_indices("async for ").map(|(at, _)| (at, "async ")).collect();
    words.extend(original.match_indices("await "));
    words.sort_unstable();
    for (&(at, word), version) in words.iter().rev().zip(2..) {
        let before = &original[..at];
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        let end = json!({"line": line, "character": column + word.len()});
        let range = json!({"start": {"line": line, "character": column}, "end": end});
        editor.change(uri, version, json!([{"range": range, "text": ""}])).await;
        if version % 10 == 0 {
            editor.pull(uri, None).await.expect("an answer");
        }
    }
}

fn uri(path: &Path) -> String {
    tower_lsp::lsp_types::Url::from_file_path(path).expect("a whole path").into()
}
