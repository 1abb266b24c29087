//! Long texts while somebody types: the part that has changed is told first, all of it when there is time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use aiterlint::check::{Part, Report, check};
use aiterlint::config::Config;
use aiterlint::diagnostic::{Diagnostic, Severity};
use aiterlint::project::Project;
use aiterlint::server::Check;
use aiterlint::text::{Source, Span};
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{pull, push};

const A: &str = "file:///p/a.py";

/// Finds every line, and says whether it was looking at all of the text. That takes long, and is given up when it is
/// not wanted any more.
const SLOW: Check = Check {
    whole: |source, _, _, is_wanted| {
        let patience = if source.text.contains("patience") { 200 } else { 3 };
        for _ in 0..patience {
            sleep(Duration::from_millis(10));
            if !is_wanted() {
                return None;
            }
        }
        Some(lines(source, Span::new(0, source.text.len() as u32), "whole"))
    },
    part: |source, _, _, changed| {
        let (before, after) = (&source.text[..changed.start as usize], &source.text[changed.end as usize..]);
        let start = before.rfind('\n').map_or(0, |at| at + 1) as u32;
        let end = source.text.len() - after.len() + after.find('\n').map_or(after.len(), |at| at + 1);
        let part = Span::new(start, end as u32);
        Some(Part { report: lines(source, part, "part"), span: part })
    },
};

fn lines(source: &Source, part: Span, message: &str) -> Report {
    let starts = source.text.match_indices("x").map(|(at, _)| at as u32).filter(|&at| part.contains(at));
    let finding = |at: u32| {
        let (span, message, severity) = (Span::new(at, at + 1), message.to_string(), Severity::Warning);
        Diagnostic { rule: "slow", severity, span, message, notes: Vec::new(), help: None, fix: None }
    };
    Report { diagnostics: starts.map(finding).collect(), ..Report::default() }
}

/// The text, and so much behind it that it is long.
fn long(text: &str) -> String {
    format!("{text}{}", "# and so on\n".repeat(6000))
}

/// What was said about each line.
fn said(findings: &[Value]) -> Vec<(u64, String)> {
    let said = |found: &Value| {
        let line = found["range"]["start"]["line"].as_u64().expect("a line");
        (line, found["message"].as_str().expect("a message").to_string())
    };
    findings.iter().map(said).collect()
}

fn lines_saying(messages: &[&str]) -> Vec<(u64, String)> {
    messages.iter().zip(0..).map(|(message, line)| (line, message.to_string())).collect()
}

fn typed(line: u32, text: &str) -> Value {
    let place = json!({"line": line, "character": 1});
    json!([{"range": {"start": place, "end": place}, "text": text}])
}

#[tokio::test]
async fn the_part_that_has_changed_is_told_first() {
    let mut editor = Editor::start(SLOW, push("utf-8")).await;
    editor.open(A, 0, &long("x\nx\nx\n")).await;
    assert_eq!(said(&editor.published(A).await.1), lines_saying(&["whole"; 3]));
    editor.change(A, 1, typed(1, " = 1\nx")).await;
    let (version, findings) = editor.published(A).await;
    assert_eq!((version, said(&findings)), (json!(1), lines_saying(&["whole", "part", "part", "whole"])));
    let (version, findings) = editor.published(A).await;
    assert_eq!((version, said(&findings)), (json!(1), lines_saying(&["whole"; 4])));
}

#[tokio::test]
async fn whoever_types_on_does_not_wait_for_the_rest() {
    let mut editor = Editor::start(SLOW, push("utf-8")).await;
    editor.open(A, 0, &long("x\nx\nx\n")).await;
    editor.published(A).await;
    let start = Instant::now();
    for version in 1..=5 {
        editor.change(A, version, typed(2, if version == 1 { " # patience" } else { " " })).await;
        let (of, findings) = editor.published(A).await;
        assert_eq!((of, said(&findings)), (json!(version), lines_saying(&["whole", "whole", "part"])));
    }
    assert!(start.elapsed() < Duration::from_secs(2), "each key has waited for all of the text");
    let (version, findings) = editor.published(A).await;
    assert_eq!((version, said(&findings)), (json!(5), lines_saying(&["whole"; 3])));
}

#[tokio::test]
async fn who_asks_is_told_to_ask_again_when_there_is_more_to_say() {
    let mut params = pull("utf-8");
    params["capabilities"]["workspace"] = json!({"diagnostics": {"refreshSupport": true}});
    let mut editor = Editor::start(SLOW, params).await;
    editor.open(A, 0, &long("x\nx\n")).await;
    let items = |answer: Value| said(answer["items"].as_array().expect("a list"));
    assert_eq!(items(editor.pull(A, None).await.expect("an answer")), lines_saying(&["whole"; 2]));
    editor.change(A, 1, typed(1, " ")).await;
    assert_eq!(items(editor.pull(A, None).await.expect("an answer")), lines_saying(&["whole", "part"]));
    editor.told("workspace/diagnostic/refresh").await;
    assert_eq!(items(editor.pull(A, None).await.expect("an answer")), lines_saying(&["whole"; 2]));
    // One that cannot be told so gets all of it at once.
    let mut editor = Editor::start(SLOW, pull("utf-8")).await;
    editor.open(A, 0, &long("x\nx\n")).await;
    editor.pull(A, None).await.expect("an answer");
    editor.change(A, 1, typed(1, " ")).await;
    assert_eq!(items(editor.pull(A, None).await.expect("an answer")), lines_saying(&["whole"; 2]));
}

/// Whatever was typed: in the end, what is told is what a check of the text finds, and what is told at once is that
/// already when no other statement depends on the one that changes.
#[tokio::test]
async fn the_last_word_is_that_of_a_check() {
    let function = |number: usize| {
        format!(
            "async def feed_{number}():\n    yield {number}\n\n\nasync def use_{number}():\n    await feed_{number}()\n\n\n"
        )
    };
    let mut text = long(&(0..120).map(function).collect::<String>());
    let mut editor = Editor::start(Check::OURS, push("utf-8")).await;
    editor.open(A, 0, &text).await;
    assert_eq!(editor.published(A).await.1.len(), 120);
    let edits = [
        // A finding comes and goes, lines come and go, a mistake is mended where nobody types.
        (485, "await ", "return ", 119),
        (485, "return ", "await ", 120),
        (3, "", "    pass\n", 120),
        (3, "    pass\n", "", 120),
        (481, "    yield 60", "    pass", 119),
        (480, "async ", "", 119),
        (480, "def", "class", 119),
    ];
    for ((line, old, new, expected), version) in edits.into_iter().zip(1..) {
        let at = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        let column = text[at..].find(old).expect("it stands there");
        let place = |column: usize| json!({"line": line, "character": column});
        let lines = old.matches('\n').count();
        let end = if lines == 0 { place(column + old.len()) } else { json!({"line": line + lines, "character": 0}) };
        let change = json!([{"range": {"start": place(column), "end": end}, "text": new}]);
        text.replace_range(at + column..at + column + old.len(), new);
        editor.change(A, version, change).await;
        let source = Source::new("/p/a.py", text.as_str());
        let found = check(&source, &Project::alone(), &Config::default()).diagnostics;
        assert_eq!(found.len(), expected, "{old:?} {new:?}");
        let place_of = |one: &Diagnostic| u64::from(source.place(one.span.start).line) - 1;
        let wanted: Vec<u64> = found.iter().map(place_of).collect();
        // What is told at once need not be the last word, and the last word on the text before may still be on its way.
        let mut told = told_of(&mut editor, version).await;
        if told != wanted {
            told = told_of(&mut editor, version).await;
        }
        assert_eq!(told, wanted, "{old:?} {new:?}");
    }
}

/// The lines of what is told next about a version.
async fn told_of(editor: &mut Editor, version: i32) -> Vec<u64> {
    loop {
        let (told, findings) = editor.published(A).await;
        if told == version {
            return said(&findings).into_iter().map(|(line, _)| line).collect();
        }
    }
}
