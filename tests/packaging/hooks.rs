//! The hooks, run by pre-commit itself in a scratch repository.

use crate::Outcome;
use crate::documents::blocks;
use crate::tools::{BAD, Tools, holds, root};

pub fn they_block_a_commit_and_mend_it(tools: &Tools) -> Outcome {
    let settings = "[tool.aiterlint]\nexclude = ['old.py']\n";
    let project = tools.repository(&[("a.py", BAD), ("old.py", BAD), ("b.txt", BAD), ("pyproject.toml", settings)])?;
    let hooks = root().to_string_lossy().into_owned();
    let try_them = |status| tools.run(project.path(), "pre-commit", &["try-repo", &hooks, "--all-files"], status);
    let said = try_them(1)?;
    let blocked = "- hook id: aiterlint\n- exit code: 1\n\nerror[aiter-is-coroutine]";
    holds(&said, &[blocked, "- hook id: aiterlint-fix\n- files were modified by this hook"])?;
    holds(&said, &["Found 1 mistake in 1 file", "Fixed 1 mistake in 1 file; none left."])?;
    let text = |path: &str| std::fs::read_to_string(project.path().join(path));
    if text("a.py")? != BAD.replace("async def __aiter__", "def __aiter__") || text("old.py")? != BAD {
        return Err("a.py is to be mended, and old.py, which is excluded, is to be left alone".into());
    }
    tools.git(project.path(), "add .")?;
    let said = try_them(0)?;
    match said.lines().filter(|line| line.ends_with("Passed")).count() {
        2 => Ok(()),
        _ => Err(format!("both hooks were to pass:\n{said}").into()),
    }
}

pub fn they_are_described_as_they_must_be(tools: &Tools) -> Outcome {
    tools.run(root(), "pre-commit", &["validate-manifest", ".pre-commit-hooks.yaml"], 0)?;
    let folder = tempfile::tempdir()?;
    let example = blocks("yaml")?.into_iter().find(|block| block.starts_with("# .pre-commit-config.yaml"));
    let example = example.ok_or("docs/ci.md shows no .pre-commit-config.yaml")?;
    std::fs::write(folder.path().join("example.yaml"), &example)?;
    tools.run(folder.path(), "pre-commit", &["validate-config", "example.yaml"], 0)?;
    let hooks = tools.yaml(&std::fs::read_to_string(root().join(".pre-commit-hooks.yaml"))?)?;
    let named = tools.yaml(&example)?["repos"][0]["hooks"][0]["id"].clone();
    match hooks.as_array().is_some_and(|hooks| hooks.iter().any(|hook| hook["id"] == named)) {
        true => Ok(()),
        false => Err(format!("docs/ci.md uses the hook {named}, and there is none").into()),
    }
}
