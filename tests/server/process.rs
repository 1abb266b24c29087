//! The program itself, as editors start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<Reader>,
}

/// What the program says.
pub struct Reader(BufReader<ChildStdout>);

impl Reader {
    /// The next message; None when nothing more comes.
    pub fn next(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).ok()?;
            match line.trim().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse().expect("a number"),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        serde_json::from_slice(&body).ok()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    pub fn start(process_id: Value) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiterlint"));
        command.args(["server", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let stdout = child.stdout.take().map(|pipe| Reader(BufReader::new(pipe)));
        let mut program = Program { stdin: child.stdin.take(), stdout, child };
        program.send(json!({"id": 1, "method": "initialize", "params": {"processId": process_id, "capabilities": {}}}));
        assert_eq!(program.read()["result"]["serverInfo"]["name"], "aiterlint");
        program
    }

    pub fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        let stdin = self.stdin.as_mut().expect("the pipe is open");
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("it reads");
        stdin.flush().expect("it reads");
    }

    fn read(&mut self) -> Value {
        self.stdout.as_mut().and_then(Reader::next).expect("it writes")
    }

    /// For a thread of its own.
    pub fn reader(&mut self) -> Reader {
        self.stdout.take().expect("nobody has it")
    }

    /// How much memory it has, in kB; 0 where that cannot be told.
    pub fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }

    /// The exit code, although the pipe may still be open.
    fn code(mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().expect("it can be ended");
        panic!("the server does not end");
    }
}

#[test]
fn it_ends_with_0_after_shutdown_and_with_1_without() {
    let mut program = Program::start(json!(null));
    program.send(json!({"id": 2, "method": "shutdown"}));
    assert_eq!(program.read(), json!({"jsonrpc": "2.0", "result": null, "id": 2}));
    program.send(json!({"method": "exit"}));
    assert_eq!(program.code(), Some(0));
    let mut program = Program::start(json!(null));
    program.send(json!({"method": "exit"}));
    assert_eq!(program.code(), Some(1));
}

#[test]
fn it_ends_with_the_pipe() {
    let mut program = Program::start(json!(null));
    program.stdin = None;
    assert_eq!(program.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn it_ends_with_its_client_though_others_hold_the_pipe() {
    let mut client = Command::new("sleep").arg("600").spawn().expect("it starts");
    let program = Program::start(json!(client.id()));
    client.kill().expect("it can be ended");
    client.wait().expect("it has ended");
    assert_eq!(program.code(), Some(0));
}

#[test]
fn a_number_that_is_nobodys_is_no_dead_client() {
    let mut program = Program::start(json!(i32::MAX - 7));
    program.send(json!({"id": 2, "method": "shutdown"}));
    assert_eq!(program.read()["id"], 2);
    program.send(json!({"method": "exit"}));
    assert_eq!(program.code(), Some(0));
}
