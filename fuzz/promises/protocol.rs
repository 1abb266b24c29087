//! Whatever a client sends, the server goes on, and what it says is well formed. Its panics, which it survives and
//! reports, are mistakes all the same.
//!
//! Each line of the input is a message; an input that begins with a header is sent as it is.

use serde_json::{Value, json};

use super::editor::Editor;
use super::mutations::{self, Dice, code_of_pages};

/// A word of the protocol takes the place of another, or a text in it changes.
pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    let text = super::text(input);
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    if lines.is_empty() || dice.below(4) == 0 {
        return mutations::mutated(&text, dice).into_bytes();
    }
    let at = dice.below(lines.len());
    let other = dice.below(lines.len());
    match (dice.below(4), serde_json::from_str::<Value>(&lines[at])) {
        (0, _) => lines.swap(at, other),
        (1, _) => lines.insert(at, lines[other].clone()),
        (_, Ok(mut message)) => {
            let values = count(&message);
            change(&mut message, &mut dice.below(values), dice);
            lines[at] = message.to_string();
        }
        _ => drop(lines.remove(at)),
    }
    lines.join("\n").into_bytes()
}

/// How many values there are in a value, itself too.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(parts) => 1 + parts.iter().map(count).sum::<usize>(),
        Value::Object(parts) => 1 + parts.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// Changes the part with that number.
fn change(value: &mut Value, number: &mut usize, dice: &mut Dice) {
    if *number == 0 {
        *value = changed(value, dice);
    }
    let mut go_on = |part: &mut Value| {
        *number = number.wrapping_sub(1);
        change(part, number, dice);
    };
    match value {
        Value::Array(parts) => parts.iter_mut().for_each(&mut go_on),
        Value::Object(parts) => parts.values_mut().for_each(&mut go_on),
        _ => {}
    }
}

fn changed(value: &Value, dice: &mut Dice) -> Value {
    match (value, dice.below(6)) {
        (Value::String(text), 0..=3) => json!(mutations::mutated(text, dice)),
        (Value::Number(_), 0..=2) => json!(dice.below(30)),
        (_, 0) => json!([value, value]),
        (_, 1) => json!({"a": value}),
        (_, 2) => json!(4_294_967_296_u64),
        (_, 3) => json!(-1),
        (_, 4) => json!(dice.pick(code_of_pages())),
        _ => Value::Null,
    }
}

pub fn holds(input: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // Nothing that is thought of here leads to real files.
    let input = super::text(input).replace("file:///", "file:/").replace("file:/", "file:///nowhere-at-all/");
    let input = input.replace("..", ".");
    runtime.block_on(talk(&input));
}

async fn talk(input: &str) {
    let mut editor = Editor::connect(aiterlint::server::Check::OURS);
    if input.starts_with("Content-Length") {
        editor.try_send(input.as_bytes()).await;
        editor.hang_up();
        editor.ended().await;
        return;
    }
    for line in input.lines() {
        let frame = format!("Content-Length: {}\r\n\r\n{line}", line.len());
        if !editor.try_send(frame.as_bytes()).await {
            return;
        }
    }
    // One answer more than there are texts to look after, for it is those that come after all questions.
    for number in 0..4 {
        let id = format!("last {number}");
        let hover = json!({"textDocument": {"uri": "untitled:none"}, "position": {"line": 0, "character": 0}});
        let question = json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": hover});
        let frame = question.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{frame}", frame.len());
        if !editor.try_send(frame.as_bytes()).await {
            return;
        }
        loop {
            let Some(message) = editor.next().await else { return };
            assert!(!message.to_string().contains("aiterlint itself failed"), "{message}");
            if message["id"] == *id {
                break;
            }
        }
    }
}
