//! The server and the program find the same in two hundred real files, into which mistakes were put.

use std::path::{Path, PathBuf};
use std::process::Command;

use aiterlint::check::check;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::pull;

const FILES: usize = 200;

#[tokio::test]
async fn server_and_program_agree_about_real_files() {
    let Some(library) = standard_library() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed to find the standard library");
        println!("skipped: no python3");
        return;
    };
    let mut originals = Vec::new();
    collect(&library, &mut originals);
    // Those with more to find in them first.
    originals.sort_by_key(|(path, text)| (!text.contains("async def"), path.clone()));
    originals.truncate(FILES);
    assert_eq!(originals.len(), FILES, "{}", library.display());
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().canonicalize().expect("it is there");
    let mut files = Vec::new();
    for (number, (_, text)) in originals.iter().enumerate() {
        let path = library.join(format!("m{number:03}.py"));
        std::fs::write(&path, spoilt(text)).expect("the file is written");
        files.push(path);
    }

    let mut program = Command::new(env!("CARGO_BIN_EXE_aiterlint"));
    program.args(["lint", "--extend-select", "all", "--output-format", "json", "--isolated"]).args(&files);
    let output = program.current_dir(&library).output().expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut expected: Vec<(PathBuf, String, u64)> = Vec::new();
    for found in report.as_array().expect("a list") {
        let rule = found["rule"].as_str().expect("a name").to_string();
        let path = library.join(found["path"].as_str().expect("a path"));
        expected.push((path, rule, found["start"]["line"].as_u64().expect("a line")));
    }
    assert!(expected.len() > 50, "{} findings are too few to compare", expected.len());

    let mut params = pull("utf-32");
    params["rootUri"] = json!(uri(&library));
    params["initializationOptions"] = json!({"extendSelect": ["all"]});
    let mut editor = Editor::start(check, params).await;
    let mut told = Vec::new();
    for file in &files {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        editor.open(&uri(file), 1, &text).await;
        let answer = editor.pull(&uri(file), None).await.expect("an answer");
        for found in answer["items"].as_array().expect("a list") {
            let line = found["range"]["start"]["line"].as_u64().expect("a line") + 1;
            told.push((file.clone(), found["code"].as_str().expect("a name").to_string(), line));
        }
        editor.close(&uri(file)).await;
    }
    editor.leave().await;
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
}

fn uri(path: &Path) -> String {
    tower_lsp::lsp_types::Url::from_file_path(path).expect("a whole path").into()
}

fn standard_library() -> Option<PathBuf> {
    let print = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new("python3").args(["-c", print]).output().ok()?;
    PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()).canonicalize().ok()
}

/// Files with anything to iterate in them, of a size that people write.
fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if !path.ends_with("site-packages") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if (text.contains("yield") || text.contains("async def")) && text.len() < 100_000 {
                files.push((path, text));
            }
        }
    }
}

/// The library has no mistakes to find: these are put in.
fn spoilt(text: &str) -> String {
    text.replace("async for ", "for ").replace("await ", "")
}
