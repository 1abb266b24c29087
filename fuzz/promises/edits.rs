//! After any edits the findings are those of the text as it is now: with the trees that were parsed before, and in the
//! server, which has heard of nothing but the edits.
//!
//! The input is a text, then edits: a line `@@ PLACE LENGTH`, both in characters, and below it what is put there.

use std::sync::Arc;

use aiterlint::check::check;
use aiterlint::config::Config;
use aiterlint::project::{Found, Project, Texts};
use aiterlint::syntax::Trees;
use aiterlint::text::Source;
use serde_json::{Value, json};

use super::editor::Editor;
use super::every_rule;
use super::mutations::{self, Dice};

/// After so many edits nothing new happens.
const MOST: usize = 12;

pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut text = super::text(input).into_owned();
    if dice.below(2) == 0 {
        let edit = format!("\n@@ {} {}\n", dice.below(text.len() + 1), [0, 0, 1, 1, 5, 40][dice.below(6)]);
        let at = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]).collect::<Vec<_>>();
        text.insert_str(*dice.pick(&at), &edit);
    }
    mutations::mutated(&text, dice).into_bytes()
}

/// One change: these characters give their place to that text.
struct Edit {
    start: usize,
    end: usize,
    new: String,
}

pub fn holds(input: &[u8]) {
    let input = super::text(input);
    let mut parts = input.split("\n@@ ");
    let mut text: Vec<char> = parts.next().unwrap_or_default().chars().collect();
    let first: String = text.iter().collect();
    let mut edits = Vec::new();
    let mut versions = vec![first.clone()];
    for part in parts.take(MOST) {
        let edit = edit(part, &text);
        text.splice(edit.start..edit.end, edit.new.chars());
        versions.push(text.iter().collect());
        edits.push(edit);
    }
    trees(&versions);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(server(&versions, &edits, ["utf-8", "utf-16", "utf-32"][input.len() % 3]));
}

fn edit(part: &str, text: &[char]) -> Edit {
    let (numbers, new) = part.split_once('\n').unwrap_or((part, ""));
    let mut numbers = numbers.split(' ').map(|number| number.trim().parse().unwrap_or(0_usize));
    // No cursor stands between `\r` and `\n`.
    let boundary = |at: usize| at - usize::from(at > 0 && text.get(at - 1..=at) == Some(&['\r', '\n']));
    let start = boundary(numbers.next().unwrap_or(0) % (text.len() + 1));
    let end = boundary((start + numbers.next().unwrap_or(0) % 1000).min(text.len())).max(start);
    Edit { start, end, new: new.to_string() }
}

/// A text with its past.
struct Edited(Arc<Trees>);

impl Texts for Edited {
    fn find(&self, _: &str, _: u32, _: &str) -> Vec<Found> {
        Vec::new()
    }

    fn read(&self, _: &str) -> Option<Arc<Source>> {
        None
    }

    fn trees(&self, _: &str) -> Option<Arc<Trees>> {
        Some(self.0.clone())
    }
}

fn trees(versions: &[String]) {
    let trees = Arc::new(Trees::default());
    let (edited, every) = (Project::new(Edited(trees.clone())), every_rule());
    for text in versions {
        let source = Source::new("fuzzed.py", text.as_str());
        trees.next_version();
        edited.forget("fuzzed.py");
        let (old, new) = (check(&source, &edited, &every), check(&source, &Project::alone(), &every));
        assert_eq!(old, new, "with the trees of before, in\n{text}");
    }
}

async fn server(versions: &[String], edits: &[Edit], encoding: &str) {
    const URI: &str = "file:///nowhere/fuzzed.py";
    let capabilities = json!({"general": {"positionEncodings": [encoding]}, "textDocument": {"diagnostic": {}, "publishDiagnostics": {}}});
    let mut editor =
        Editor::start(aiterlint::server::Check::OURS, json!({"rootUri": null, "capabilities": capabilities})).await;
    editor.open(URI, 0, &versions[0]).await;
    for ((edit, text), version) in edits.iter().zip(versions).zip(1..) {
        let range = json!({"start": position(text, edit.start, encoding), "end": position(text, edit.end, encoding)});
        editor.change(URI, version, json!([{"range": range, "text": edit.new}])).await;
    }
    let answer = editor.pull(URI, None).await.expect("an answer");
    let told = answer["items"].as_array().expect("a list").iter();
    let told: Vec<(Value, Value)> = told.map(|it| (it["code"].clone(), it["range"].clone())).collect();
    let text = versions.last().expect("there is a first one");
    let source = Source::new("/nowhere/fuzzed.py", text.as_str());
    let place = |at: u32| position(text, text[..at as usize].chars().count(), encoding);
    let found = check(&source, &Project::alone(), &Config::default()).diagnostics;
    let found: Vec<(Value, Value)> = found
        .iter()
        .map(|it| (json!(it.rule), json!({"start": place(it.span.start), "end": place(it.span.end)})))
        .collect();
    assert_eq!(told, found, "the server, in\n{text}");
    editor.leave().await;
}

/// A place as the protocol names it: lines end with `\n`, `\r\n` or `\r`.
fn position(text: &str, at: usize, encoding: &str) -> Value {
    let before: String = text.chars().take(at).collect();
    let is_split = before.ends_with('\r') && text[before.len()..].starts_with('\n');
    let unified = before.replace("\r\n", "\n");
    let breaks = unified.matches(['\n', '\r']).count() - usize::from(is_split);
    let line = match is_split {
        true => before[..before.len() - 1].rsplit(['\n', '\r']).next().map(|line| format!("{line}\r")),
        false => before.rsplit(['\n', '\r']).next().map(str::to_string),
    };
    let line = line.unwrap_or_default();
    let character = match encoding {
        "utf-8" => line.len(),
        "utf-16" => line.encode_utf16().count(),
        _ => line.chars().count(),
    };
    json!({"line": breaks, "character": character})
}
