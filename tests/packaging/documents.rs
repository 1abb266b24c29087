//! docs/ci.md and action.yml: what they say is done, in a repository as somebody's own.

use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::Outcome;
use crate::tools::{BAD, Tools, expect, holds, program, root};

/// The blocks of docs/ci.md in a language.
pub fn blocks(language: &str) -> Result<Vec<String>, Failed> {
    let text = std::fs::read_to_string(root().join("docs/ci.md"))?;
    let begin = format!("```{language}\n");
    let blocks = text.split(&begin).skip(1);
    Ok(blocks.map(|block| block.split("```").next().unwrap_or_default().to_string()).collect())
}

/// A repository in which main has a finding, and a branch one more.
fn project(tools: &Tools) -> Result<tempfile::TempDir, Failed> {
    let project = tools.repository(&[("src/app.py", BAD)])?;
    tools.git(project.path(), "checkout -q -b feature")?;
    std::fs::write(project.path().join("src/new.py"), BAD)?;
    // Programs of others, which take what they are given.
    for name in ["docker", "reviewdog", "jq"] {
        let path = project.path().join("bin").join(name);
        std::fs::create_dir_all(project.path().join("bin"))?;
        std::fs::write(&path, "#!/bin/sh\n[ -t 0 ] || cat\n")?;
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    Ok(project)
}

/// Runs a line of a shell: there may be findings, but nothing may be wrong with the line itself.
fn runs(tools: &Tools, folder: &Path, line: &str) -> Outcome {
    let mut command = tools.command(folder, "bash");
    // The others stand aside; of a pipe the first to fail decides.
    command.args(["-c", &format!("set -eo pipefail; PATH=$PATH:$PWD/bin; {line}")]).stdin(std::process::Stdio::null());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_fine = matches!(output.status.code(), Some(0 | 1)) && !said.contains("error: ") && !said.contains("bash:");
    if is_fine { Ok(()) } else { Err(format!("`{line}` ended with {}:\n{said}", output.status).into()) }
}

pub fn its_commands_run(tools: &Tools) -> Outcome {
    let project = project(tools)?;
    let blocks = blocks("sh")?;
    let lines: Vec<&str> = blocks.iter().flat_map(|block| block.lines()).collect();
    if lines.len() < 10 {
        return Err(format!("docs/ci.md was to have more commands than {lines:?}").into());
    }
    lines.iter().try_for_each(|line| runs(tools, project.path(), line))?;
    for made in ["checkstyle.xml", "aiterlint.sarif", "aiterlint-baseline.json", "aiterlint.bash", "man1/aiterlint.1"] {
        if !project.path().join(made).exists() {
            return Err(format!("the commands of docs/ci.md have not written {made}").into());
        }
    }
    for settings in self::blocks("toml")? {
        std::fs::write(project.path().join("pyproject.toml"), settings)?;
        runs(tools, project.path(), "aiterlint config show src/app.py")?;
    }
    Ok(())
}

pub fn its_jobs_run(tools: &Tools) -> Outcome {
    let project = project(tools)?;
    let mut scripts = Vec::new();
    for block in blocks("yaml")? {
        collect(&tools.yaml(&block)?, &mut scripts);
    }
    // Installing is what the other tests do.
    scripts.retain(|line| !line.starts_with("pip install "));
    if scripts.len() < 2 {
        return Err(format!("docs/ci.md was to have more jobs than {scripts:?}").into());
    }
    scripts.iter().try_for_each(|line| runs(tools, project.path(), line))?;
    for made in ["quality.json", "junit.xml"] {
        if !project.path().join(made).exists() {
            return Err(format!("the jobs of docs/ci.md have not written {made}").into());
        }
    }
    Ok(())
}

/// Whatever a job runs: a text under `script`, or a list of them.
fn collect(value: &Value, scripts: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| match (key.as_str(), value) {
            ("script", Value::String(line)) => scripts.push(line.clone()),
            ("script", Value::Array(lines)) => {
                scripts.extend(lines.iter().filter_map(Value::as_str).map(str::to_string))
            }
            (_, value) => collect(value, scripts),
        }),
        Value::Array(values) => values.iter().for_each(|value| collect(value, scripts)),
        _ => {}
    }
}

/// Its steps, with what GitHub would put in.
pub fn the_action_runs(tools: &Tools) -> Outcome {
    let project = project(tools)?;
    let action = tools.yaml(&std::fs::read_to_string(root().join("action.yml"))?)?;
    let steps = action["runs"]["steps"].as_array().ok_or("the action has steps")?;
    let temporary = tempfile::tempdir()?;
    let environment = temporary.path().join("environment");
    let mut status = 0;
    let mut said = String::new();
    for step in steps {
        let mut command = tools.command(project.path(), "bash");
        // As GitHub starts it.
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap_or_default()]);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            command.env(name, fill(value, &action, temporary.path())?);
        }
        for line in std::fs::read_to_string(&environment).unwrap_or_default().lines() {
            command.envs(line.split_once('='));
        }
        command.env("GITHUB_ENV", &environment).env("GITHUB_WORKSPACE", project.path());
        said = expect(&mut command, status)?;
        // The first step installs, the second one finds something.
        status = 1;
    }
    holds(&said, &["::error ", "file=src/app.py,", "file=src/new.py,"])?;
    match std::fs::read_to_string(&environment)?.contains(&*program().to_string_lossy()) {
        false => Ok(()),
        true => Err("the action is to run what it has installed".into()),
    }
}

/// `${{ … }}` as GitHub fills it in, with the inputs as they are by default.
fn fill(text: &str, action: &Value, temporary: &Path) -> Result<String, Failed> {
    let mut text = text.to_string();
    while let (Some(start), Some(end)) = (text.find("${{"), text.find("}}")) {
        let name = text[start + 3..end].trim().to_string();
        let value = match name.split_once('.') {
            Some(("inputs", input)) => action["inputs"][input]["default"].as_str().unwrap_or_default().to_string(),
            Some(("runner", "temp")) => temporary.to_string_lossy().into_owned(),
            Some(("github", "action_path")) => root().to_string_lossy().into_owned(),
            _ => return Err(format!("nobody here knows what `{name}` is").into()),
        };
        text.replace_range(start..end + 2, &value);
    }
    Ok(text)
}
