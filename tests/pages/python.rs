//! CPython: the judge of what is Python, and of what a page says that Python does.
//!
//! Where no `python3` is at hand, the tests that ask it are skipped with a sentence; on CI that is a failure.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use aiterlint::config::PythonVersion;
use serde::Deserialize;

/// A run that has not ended by then hangs: a page's runs end within five seconds, on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The `python3` of this machine.
pub struct Python {
    program: PathBuf,
    pub version: pep440_rs::Version,
}

impl Python {
    /// None where there is none; an error where there must be one.
    pub fn of_this_machine() -> Result<Option<&'static Python>, String> {
        static FOUND: LazyLock<Option<Python>> = LazyLock::new(Python::find);
        expect_on_ci(FOUND.as_ref(), std::env::var_os("CI").is_some_and(|ci| !ci.is_empty()))
    }

    /// Asks `python3` where it really is: it may be a wrapper that costs more than the run.
    fn find() -> Option<Python> {
        let question = "import sys; print(sys.executable, '%d.%d.%d' % sys.version_info[:3], sep='\\n')";
        let output = Command::new("python3").args(["-I", "-c", question]).output().ok()?;
        let answer = String::from_utf8(output.stdout).ok()?;
        let (program, version) = answer.trim_end().split_once('\n')?;
        Some(Python { program: program.into(), version: version.trim().parse().ok()? })
    }

    /// Runs `main.py` of a folder as on a bare machine: no settings from outside, no installed packages, no warnings.
    pub fn run(&self, folder: &Path, patience: Duration) -> Result<Ended, String> {
        let output = |name: &str| fs::File::create(folder.join(name)).map_err(|error| error.to_string());
        let mut child = Command::new(&self.program)
            .args(["-E", "-s", "-S", "-B", "-X", "utf8", "-W", "ignore", "main.py"])
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .env_remove("FORCE_COLOR")
            .stdin(Stdio::null())
            .stdout(output(".stdout")?)
            .stderr(output(".stderr")?)
            .spawn()
            .map_err(|error| error.to_string())?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                break Some(status);
            }
            if started.elapsed() > patience {
                // It may have ended meanwhile: then there is nothing to kill, and nothing to say about it.
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
        Ok(Ended { success: status.map(|status| status.success()), stdout: read(".stdout")?, stderr: read(".stderr")? })
    }
}

fn expect_on_ci<T>(found: Option<T>, on_ci: bool) -> Result<Option<T>, String> {
    match found {
        None if on_ci => Err("there is no `python3`, and on CI nothing is skipped".into()),
        found => Ok(found),
    }
}

/// How a run ended.
pub struct Ended {
    /// None when it had to be stopped.
    pub success: Option<bool>,
    pub stdout: String,
    pub stderr: String,
}

/// One Python process that says of one text after the other whether it is Python.
pub struct Judge {
    process: Mutex<(Child, ChildStdin, BufReader<ChildStdout>)>,
    version: PythonVersion,
}

#[derive(Deserialize, Debug)]
pub struct Verdict {
    /// The parser's objection.
    pub syntax: Option<Mistake>,
    /// The compiler's, which knows more rules than the grammar has.
    pub compile: Option<Mistake>,
}

#[derive(Deserialize, Debug)]
pub struct Mistake {
    pub line: usize,
    pub message: String,
}

const JUDGE: &str = r#"
import ast, json, sys

def mistake(judge, text):
    try:
        judge(text)
    except (SyntaxError, ValueError) as error:
        return {"line": getattr(error, "lineno", None) or 1, "message": getattr(error, "msg", str(error))}

for line in sys.stdin:
    text = json.loads(line)
    verdict = {"syntax": mistake(ast.parse, text), "compile": mistake(lambda t: compile(t, "t", "exec"), text)}
    print(json.dumps(verdict), flush=True)
"#;

impl Judge {
    /// As for `Python`.
    pub fn of_this_machine() -> Result<Option<&'static Judge>, String> {
        static JUDGE: LazyLock<Result<Option<Judge>, String>> = LazyLock::new(|| {
            let python = Python::of_this_machine()?;
            python.map(|python| Judge::new(python).map_err(|error| error.to_string())).transpose()
        });
        JUDGE.as_ref().map(Option::as_ref).map_err(String::clone)
    }

    fn new(python: &Python) -> std::io::Result<Judge> {
        let mut child = Command::new(&python.program)
            .args(["-I", "-S", "-X", "utf8", "-W", "ignore", "-c", JUDGE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { unreachable!("both are pipes") };
        let part = |at: usize| python.version.release().get(at).copied().unwrap_or(0) as u8;
        let version = PythonVersion::new(part(0), part(1));
        Ok(Judge { process: Mutex::new((child, stdin, BufReader::new(stdout))), version })
    }

    /// False for code that is written for a newer Python than this one.
    pub fn reads(&self, target: Option<PythonVersion>) -> bool {
        target.is_none_or(|target| target <= self.version)
    }

    pub fn verdict(&self, text: &str) -> Verdict {
        let mut process = self.process.lock().expect("nothing panics while it asks");
        let (_, stdin, stdout) = &mut *process;
        let question = serde_json::to_string(text).expect("text is JSON");
        writeln!(stdin, "{question}").expect("the judge listens");
        let mut answer = String::new();
        stdout.read_line(&mut answer).expect("the judge answers");
        serde_json::from_str(&answer).expect("the judge speaks JSON")
    }
}

/// The harness's own tests.
pub mod itself {
    use super::*;

    pub fn a_run_that_hangs_is_stopped() {
        let Ok(Some(python)) = Python::of_this_machine() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("main.py"), "print('on', flush=True)\nwhile True: pass\n").expect("it is written");
        let ended = python.run(folder.path(), Duration::from_secs(1)).expect("it starts");
        assert_eq!(ended.success, None);
        assert_eq!(ended.stdout, "on\n");
    }

    pub fn a_missing_python_is_a_failure_on_ci_alone() {
        assert_eq!(expect_on_ci(None::<()>, false), Ok(None));
        assert_eq!(expect_on_ci(Some(1), true), Ok(Some(1)));
        assert!(expect_on_ci(None::<()>, true).unwrap_err().contains("no `python3`"));
    }
}
