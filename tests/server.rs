//! The server as an editor meets it: over pipes in memory, and as a process.

#[path = "server/actions.rs"]
mod actions;
#[path = "server/agree.rs"]
mod agree;
#[path = "real/code.rs"]
mod code;
#[path = "server/draft.rs"]
mod draft;
#[path = "server/editor.rs"]
mod editor;
#[path = "server/findings.rs"]
mod findings;
#[path = "server/guard.rs"]
mod guard;
#[path = "server/notebook.rs"]
mod notebook;
#[path = "server/process.rs"]
mod process;
#[path = "server/project.rs"]
mod project;
#[path = "server/soak.rs"]
mod soak;
#[path = "server/text.rs"]
mod text;

use std::thread::sleep;
use std::time::Duration;

use aiterlint::check::Report;
use aiterlint::diagnostic::{Diagnostic, Severity};
use aiterlint::server::Check;
use aiterlint::text::Span;
use serde_json::{Value, json};

/// A client that is told, and counts columns in the given encoding.
fn push(encoding: &str) -> Value {
    json!({"processId": null, "rootUri": null, "capabilities": {
        "general": {"positionEncodings": [encoding]},
        "textDocument": {"publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true,
                                                "tagSupport": {"valueSet": [1, 2]}, "versionSupport": true}},
    }})
}

/// The same, but it asks.
fn pull(encoding: &str) -> Value {
    let mut params = push(encoding);
    params["capabilities"]["textDocument"]["diagnostic"] = json!({});
    params
}

/// Says the whole text of a file in one finding, so that a test sees what the server sees.
const ECHO: Check = Check {
    whole: |source, _, _, _| Some(Report { diagnostics: vec![finding(&source.text)], ..Report::default() }),
    part: |_, _, _, _| None,
};

/// Takes its time over a text that asks for it, and stumbles over one that asks for that.
const MOODY: Check = Check {
    whole: |source, project, config, is_wanted| {
        if source.text.contains("slow") {
            sleep(Duration::from_millis(1500));
        }
        assert!(!source.text.contains("bad"), "a mistake of ours");
        (ECHO.whole)(source, project, config, is_wanted)
    },
    part: |_, _, _, _| None,
};

fn finding(message: &str) -> Diagnostic {
    let (message, severity) = (message.to_string(), Severity::Warning);
    Diagnostic { rule: "echo", severity, span: Span::at(0), message, notes: Vec::new(), help: None, fix: None }
}

/// What `ECHO` has said.
fn echoed(findings: &[Value]) -> &str {
    findings[0]["message"].as_str().expect("a message")
}
