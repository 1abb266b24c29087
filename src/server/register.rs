//! What the client is asked to do after the greeting: to say which files change on disk, to ask for findings.

use serde_json::{Value, json};
use tower_lsp::lsp_types::{
    DiagnosticOptions, DiagnosticServerCapabilities, Registration, Unregistration, WorkDoneProgressOptions,
};

use super::client::Client;
use super::wishes::{Mode, Wishes};

/// Python, what settings may be in, and what every virtual environment has.
const WATCHED: [&str; 3] = ["**/*.{py,pyi}", "**/*.toml", "**/pyvenv.cfg"];

const FINDINGS: &str = "textDocument/diagnostic";

/// Everything there is to register, or only what depends on wishes, in place of what was registered before.
pub fn registrations(client: &Client, wishes: &Wishes, again: bool) -> (Vec<Unregistration>, Vec<Registration>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    if client.registers_findings {
        let mut options = json!(options(wishes));
        options["documentSelector"] = json!([{"language": "python"}]);
        if again {
            old.push(Unregistration { id: FINDINGS.to_string(), method: FINDINGS.to_string() });
        }
        new.push(registration(FINDINGS, Some(options)));
    }
    if client.watches && !again {
        let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({"globPattern": glob})).collect();
        new.push(registration("workspace/didChangeWatchedFiles", Some(json!({"watchers": watchers}))));
    }
    if client.registers_settings && !again {
        new.push(registration("workspace/didChangeConfiguration", Some(json!({"section": super::wishes::SECTION}))));
    }
    (old, new)
}

fn registration(method: &str, register_options: Option<Value>) -> Registration {
    Registration { id: method.to_string(), method: method.to_string(), register_options }
}

/// How a client is to ask for findings.
pub fn options(wishes: &Wishes) -> DiagnosticOptions {
    DiagnosticOptions {
        identifier: Some("aiterlint".to_string()),
        inter_file_dependencies: true,
        workspace_diagnostics: wishes.diagnostic_mode == Mode::Workspace,
        work_done_progress_options: WorkDoneProgressOptions { work_done_progress: Some(true) },
    }
}

/// The same in the greeting, for a client that cannot be told later.
pub fn offer(client: &Client, wishes: &Wishes) -> Option<DiagnosticServerCapabilities> {
    (client.pulls && !client.registers_findings).then(|| DiagnosticServerCapabilities::Options(options(wishes)))
}
