//! Asks CPython whether a text is Python: parsers that recover from everything do not know.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Reads a length and a text of so many bytes, says whether it is Python, and so on.
const PROGRAM: &str = "
import ast, sys, warnings
warnings.simplefilter('ignore')
texts = sys.stdin.buffer
while line := texts.readline():
    text = texts.read(int(line))
    try:
        ast.parse(text.decode())
        answer = 'yes'
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        answer = 'no'
    print(answer, flush=True)
";

struct Python {
    /// It ends when nobody holds the other end of its input.
    _child: Child,
    texts: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Whether CPython parses it; None on a machine without CPython.
pub fn is_python(text: &str) -> Option<bool> {
    static PYTHON: LazyLock<Option<Mutex<Python>>> = LazyLock::new(|| Python::start().map(Mutex::new));
    let mut python = PYTHON.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
    Some(python.parses(text))
}

impl Python {
    fn start() -> Option<Python> {
        let mut command = Command::new("python3");
        command.args(["-I", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let (texts, answers) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Python { _child: child, texts, answers })
    }

    fn parses(&mut self, text: &str) -> bool {
        write!(self.texts, "{}\n{text}", text.len()).and_then(|()| self.texts.flush()).expect("python3 reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("python3 answers");
        assert!(!answer.is_empty(), "python3 has ended");
        answer == "yes\n"
    }
}
