//! The server's text is the client's.

use ropey::Rope;
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{ECHO, echoed, pull, push};

const A: &str = "file:///p/a.py";

/// A source of numbers, the same ones in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// The editor's side of one text, as a rope of its own.
struct Typed {
    rope: Rope,
    encoding: &'static str,
}

impl Typed {
    fn position(&self, at: usize) -> Value {
        let line = self.rope.char_to_line(at);
        let before = self.rope.slice(self.rope.line_to_char(line)..at);
        let character = match self.encoding {
            "utf-8" => before.len_bytes(),
            "utf-16" => before.len_utf16_cu(),
            _ => before.len_chars(),
        };
        json!({"line": line, "character": character})
    }

    /// One random edit, as a change of the protocol.
    fn edit(&mut self, random: &mut Random) -> Value {
        let pieces =
            ["a", "\n", "\r\n", "\r", "𝄞", "é", "\t", "async for x in y:\n    pass\n", "\"\"\"", "(", "\u{2028}"];
        let length = self.rope.len_chars();
        let start = self.boundary(random.below(length + 1));
        let reach = if length > 400 { 80 } else { 4 };
        let end = self.boundary((start + random.below(reach)).min(length)).max(start);
        let piece = random.pick(&pieces);
        let range = json!({"start": self.position(start), "end": self.position(end)});
        self.rope.remove(start..end);
        self.rope.insert(start, piece);
        json!({"range": range, "text": piece})
    }

    /// No cursor stands between `\r` and `\n`.
    fn boundary(&self, at: usize) -> usize {
        let is_between =
            at > 0 && at < self.rope.len_chars() && self.rope.char(at - 1) == '\r' && self.rope.char(at) == '\n';
        at - usize::from(is_between)
    }
}

/// A thousand edits as fast as they can be sent; whatever is told on the way is the text of the version it names.
async fn type_quickly(encoding: &'static str) {
    let mut editor = Editor::start(ECHO, push(encoding)).await;
    let mut random = Random(7);
    let mut typed = Typed { rope: Rope::from_str("\u{feff}x = '𝄞'\r\ny\rz\n"), encoding };
    let mut texts = vec![typed.rope.to_string()];
    editor.open(A, 0, &texts[0]).await;
    for version in 1..=1000 {
        let changes: Vec<Value> = (0..=random.below(2)).map(|_| typed.edit(&mut random)).collect();
        editor.change(A, version, json!(changes)).await;
        texts.push(typed.rope.to_string());
    }
    let mut last = -1;
    while last < 1000 {
        let (version, findings) = editor.published(A).await;
        let version = version.as_i64().expect("a version");
        assert!(version > last, "{version} after {last}");
        assert_eq!(echoed(&findings), texts[version as usize], "{encoding} version {version}");
        last = version;
    }
    editor.leave().await;
}

#[tokio::test]
async fn quick_edits_end_in_the_same_text() {
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        type_quickly(encoding).await;
    }
}

#[tokio::test]
async fn the_first_encoding_that_is_known_is_agreed() {
    let mut editor = Editor::connect(ECHO);
    let mut params = push("");
    params["capabilities"]["general"]["positionEncodings"] = json!(["utf-7", "utf-32", "utf-8"]);
    let greeting = editor.request("initialize", params).await.unwrap();
    assert_eq!(greeting["capabilities"]["positionEncoding"], "utf-32");
    let mut editor = Editor::connect(ECHO);
    let greeting = editor.request("initialize", json!({"capabilities": {}})).await.unwrap();
    assert_eq!(greeting["capabilities"]["positionEncoding"], "utf-16");
}

#[tokio::test]
async fn a_text_can_be_replaced_closed_and_opened_again() {
    let mut editor = Editor::start(ECHO, push("utf-16")).await;
    editor.open(A, 1, "one").await;
    assert_eq!(echoed(&editor.published(A).await.1), "one");
    editor.change(A, 2, json!([{"text": "two"}])).await;
    assert_eq!(echoed(&editor.published(A).await.1), "two");
    editor.close(A).await;
    assert_eq!(editor.published(A).await, (Value::Null, Vec::new()));
    editor.open(A, 1, "three").await;
    assert_eq!(echoed(&editor.published(A).await.1), "three");
    // Changes to what is not open are for nobody.
    editor.change("file:///p/b.py", 1, json!([{"text": "x"}])).await;
    editor.close("file:///p/b.py").await;
    editor.leave().await;
}

#[tokio::test]
async fn positions_out_of_reach_do_no_harm() {
    let mut editor = Editor::start(ECHO, pull("utf-16")).await;
    editor.open(A, 1, "ab\ncd").await;
    let far = json!({"line": 99, "character": 99});
    let change = json!([
        {"range": {"start": far, "end": far}, "text": "!"},
        {"range": {"start": {"line": 0, "character": 99}, "end": {"line": 0, "character": 1}}, "text": "?"},
    ]);
    editor.change(A, 2, change).await;
    let found = editor.pull(A, None).await.unwrap();
    assert_eq!(echoed(found["items"].as_array().unwrap()), "a?\ncd!");
    editor.leave().await;
}
