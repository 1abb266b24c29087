//! Three texts, ten thousand random edits at twenty times the speed of a typist, and everything else that an editor
//! does in between: at the end the server has the same texts, needs no more memory, and has never said anything about
//! one version that belongs to another.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use aiterlint::check::check;
use aiterlint::config::Config;
use aiterlint::project::Project;
use aiterlint::text::Source;
use ropey::Rope;
use serde_json::{Value, json};

use crate::process::Program;

const EDITS: usize = 10_000;

/// A fast typist has ten keys a second.
const PAUSE: Duration = Duration::from_millis(5);

const START: &str = "\
class Ticks:
    async def __aiter__(self):
        return self
    async def __anext__(self):
        raise StopAsyncIteration


async def feed(n):
    for i in range(n):
        yield i


async def main():
    it = feed(3)
    async for x in it:
        print('𝄞', x)
    async for x in it:
        print(x)
    for y in feed(1):
        print(y)
";

/// What is typed: things that mean something, things that break the text, and things that are easily counted wrong.
const PIECES: [&str; 22] = [
    "a",
    "(",
    ")",
    "[",
    "]",
    ":",
    "\n",
    "\r\n",
    "    ",
    "\t",
    "\"\"\"",
    "'",
    "𝄞",
    "é",
    "\\",
    "#",
    "await ",
    "async ",
    "feed(1)",
    "yield x\n",
    "    async for z in feed(2):\n        pass\n",
    "\u{2028}",
];

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

struct Text {
    uri: String,
    version: i64,
    rope: Rope,
}

impl Text {
    fn position(&self, at: usize) -> Value {
        let line = self.rope.char_to_line(at);
        let column = self.rope.char_to_utf16_cu(at) - self.rope.char_to_utf16_cu(self.rope.line_to_char(line));
        json!({"line": line, "character": column})
    }

    /// Nobody's cursor stands between `\r` and `\n`.
    fn place(&self, at: usize) -> usize {
        let is_between =
            at > 0 && at < self.rope.len_chars() && self.rope.char(at - 1) == '\r' && self.rope.char(at) == '\n';
        at - usize::from(is_between)
    }
}

struct Soak {
    program: Program,
    said: Receiver<Value>,
    dice: Dice,
    texts: Vec<Text>,
    renamed: usize,
    /// Every text that there was, by address and version.
    past: HashMap<(String, i64), String>,
    /// The last findings about each.
    shown: HashMap<String, (i64, Value)>,
    asked: usize,
    answered: usize,
    /// How many findings-bearing versions were compared.
    compared: usize,
}

impl Soak {
    fn new() -> Soak {
        let mut program = Program::start(json!(null));
        program.send(json!({"method": "initialized", "params": {}}));
        let (sender, said) = channel();
        let mut reader = program.reader();
        std::thread::spawn(move || {
            while let Some(message) = reader.next() {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut soak = Soak {
            program,
            said,
            dice: Dice(3),
            texts: Vec::new(),
            renamed: 0,
            past: HashMap::new(),
            shown: HashMap::new(),
            asked: 0,
            answered: 0,
            compared: 0,
        };
        for name in ["a", "b", "c"] {
            let uri = format!("file:///nowhere/{name}.py");
            soak.texts.push(Text { uri, version: 0, rope: Rope::from_str(&START.repeat(4)) });
            soak.open(soak.texts.len() - 1);
        }
        soak
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.program.send(json!({"method": method, "params": params}));
    }

    fn open(&mut self, which: usize) {
        let text = &self.texts[which];
        let whole = text.rope.to_string();
        let item = json!({"uri": text.uri, "languageId": "python", "version": text.version, "text": whole});
        self.past.insert((text.uri.clone(), text.version), whole);
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    fn edit(&mut self, which: usize) {
        let piece = PIECES[self.dice.below(PIECES.len())];
        let text = &mut self.texts[which];
        let length = text.rope.len_chars();
        let start = text.place(self.dice.below(length + 1));
        // A text that has become long or hopeless begins again.
        if length > 4000 || self.dice.below(60) == 0 {
            text.rope = Rope::from_str(&START.repeat(4));
            text.version += 1;
            let change = json!([{"text": text.rope.to_string()}]);
            return self.changed(which, change);
        }
        let end = text.place((start + [0, 0, 0, 1, 1, 5][self.dice.below(6)]).min(length)).max(start);
        let range = json!({"start": text.position(start), "end": text.position(end)});
        text.rope.remove(start..end);
        text.rope.insert(start, piece);
        text.version += 1;
        self.changed(which, json!([{"range": range, "text": piece}]));
    }

    fn changed(&mut self, which: usize, change: Value) {
        let text = &self.texts[which];
        self.past.insert((text.uri.clone(), text.version), text.rope.to_string());
        let document = json!({"uri": text.uri, "version": text.version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": change}));
    }

    fn ask(&mut self, which: usize) {
        let text = &self.texts[which];
        let at = text.place(self.dice.below(text.rope.len_chars() + 1));
        let (document, place) = (json!({"uri": text.uri}), text.position(at));
        let range = json!({"start": place, "end": place});
        let (method, params) = match self.dice.below(3) {
            0 => ("textDocument/hover", json!({"textDocument": document, "position": place})),
            1 => ("textDocument/inlayHint", json!({"textDocument": document, "range": range})),
            _ => {
                let context = json!({"diagnostics": []});
                let params = json!({"textDocument": document, "range": range, "context": context});
                ("textDocument/codeAction", params)
            }
        };
        self.asked += 1;
        self.program.send(json!({"id": 1000 + self.asked, "method": method, "params": params}));
    }

    /// As an editor does it: the text is closed under its old name and opened under the new one.
    fn rename(&mut self, which: usize) {
        let old = self.texts[which].uri.clone();
        self.renamed += 1;
        let new = format!("file:///nowhere/renamed{}.py", self.renamed);
        self.notify("textDocument/didClose", json!({"textDocument": {"uri": old}}));
        self.notify("workspace/didRenameFiles", json!({"files": [{"oldUri": old, "newUri": new}]}));
        self.texts[which].uri = new;
        self.texts[which].version = 0;
        self.open(which);
    }

    /// Takes in what the server has said.
    fn listen(&mut self, patience: Duration) -> bool {
        let Ok(message) = self.said.recv_timeout(patience) else { return false };
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().expect("an address").to_string();
            match params["version"].as_i64() {
                Some(version) => {
                    // To check every one again would take longer than all the rest.
                    if version % 25 == 0 {
                        self.compare(&uri, version, &params["diagnostics"]);
                    }
                    self.shown.insert(uri, (version, params["diagnostics"].clone()));
                }
                None => {
                    assert_eq!(params["diagnostics"], json!([]), "only what is closed has no version");
                    self.shown.remove(&uri);
                }
            }
        } else if message.get("id").is_some() {
            let code = &message["error"]["code"];
            assert!(code.is_null() || *code == -32801, "{message}");
            self.answered += 1;
        } else {
            assert_eq!(message["method"], "window/logMessage", "{message}");
            panic!("{message}");
        }
        true
    }

    /// The findings are those of the version that they name.
    fn compare(&mut self, uri: &str, version: i64, told: &Value) {
        let text = &self.past[&(uri.to_string(), version)];
        let source = Source::new("t.py", text.as_str());
        let found = check(&source, &Project::alone(), &Config::default()).diagnostics;
        let expected: Vec<(String, u64)> =
            found.iter().map(|it| (it.rule.to_string(), u64::from(source.lines().line(it.span.start)) - 1)).collect();
        let of =
            |it: &Value| (it["code"].as_str().unwrap().to_string(), it["range"]["start"]["line"].as_u64().unwrap());
        let told: Vec<(String, u64)> = told.as_array().expect("a list").iter().map(of).collect();
        assert_eq!(told, expected, "version {version} of {uri}:\n{text}");
        self.compared += usize::from(!expected.is_empty());
    }
}

#[test]
fn ten_thousand_edits_leave_everything_in_place() {
    let mut soak = Soak::new();
    let mut memory = 0;
    for number in 0..EDITS {
        let start = Instant::now();
        let which = soak.dice.below(3);
        soak.edit(which);
        match soak.dice.below(40) {
            0..=7 => soak.ask(which),
            8 => {
                let uri = soak.texts[which].uri.clone();
                soak.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
            }
            9 if number % 3 == 0 => soak.rename(which),
            _ => {}
        }
        while soak.listen(Duration::ZERO) {}
        if number == EDITS / 5 {
            memory = soak.program.memory();
        }
        sleep(PAUSE.saturating_sub(start.elapsed()));
    }
    // Everything has been said when the last version of each text has been told about and every question answered.
    let is_done = |soak: &Soak| {
        let is_told = |text: &Text| soak.shown.get(&text.uri).is_some_and(|(version, _)| *version == text.version);
        soak.texts.iter().all(is_told) && soak.answered == soak.asked
    };
    while !is_done(&soak) {
        assert!(soak.listen(Duration::from_secs(60)), "the server has nothing more to say");
    }
    for which in 0..3 {
        let (uri, version) = (soak.texts[which].uri.clone(), soak.texts[which].version);
        let told = soak.shown[&uri].1.clone();
        soak.compare(&uri, version, &told);
        // A finding at the very end of the text shows that the server has it to the last character.
        let end = soak.texts[which].position(soak.texts[which].rope.len_chars());
        soak.texts[which].version += 1;
        soak.changed(which, json!([{"range": {"start": {"line": 0, "character": 0}, "end": end}, "text": START}]));
        soak.past.insert((uri.clone(), version + 1), START.to_string());
        while soak.shown[&uri].0 != version + 1 {
            assert!(soak.listen(Duration::from_secs(60)), "the server has nothing more to say");
        }
        let told = soak.shown[&uri].1.clone();
        soak.compare(&uri, version + 1, &told);
    }
    assert_eq!(soak.shown.len(), 3, "what was closed or renamed has no findings: {:?}", soak.shown.keys());
    assert!(soak.compared > 50 && soak.asked > 1000 && soak.renamed > 20);
    let grown = soak.program.memory().saturating_sub(memory);
    assert!(grown < memory / 4 + 4096, "{memory} kB have grown by {grown} kB");
}
