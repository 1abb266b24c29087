//! The wheel and the source package, as pip builds and installs them.

use std::path::Path;

use crate::Outcome;
use crate::tools::{BAD, Tools, holds, root};

pub fn a_wheel_installs_and_runs(tools: &Tools) -> Outcome {
    let folder = tempfile::tempdir()?;
    build(tools, root(), folder.path())?;
    runs(tools, folder.path())
}

/// It builds where nothing of the repository is.
pub fn the_source_package_is_whole(tools: &Tools) -> Outcome {
    let folder = tempfile::tempdir()?;
    let out = folder.path().to_string_lossy().into_owned();
    tools.run(root(), "maturin", &["sdist", "--out", &out], 0)?;
    let package = only(folder.path(), ".tar.gz")?;
    tools.run(folder.path(), "tar", &["xzf", &package], 0)?;
    std::fs::remove_file(folder.path().join(&package))?;
    build(tools, &folder.path().join(package.trim_end_matches(".tar.gz")), folder.path())?;
    runs(tools, folder.path())
}

fn build(tools: &Tools, source: &Path, into: &Path) -> Outcome {
    let (source, into) = (source.to_string_lossy().into_owned(), into.to_string_lossy().into_owned());
    // maturin is there already.
    let arguments = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", &into, &source];
    let python = tools.bin("python").to_string_lossy().into_owned();
    tools.run(root(), &python, &arguments, 0)?;
    Ok(())
}

/// Installs the wheel of a folder into a new environment, and uses it.
fn runs(tools: &Tools, folder: &Path) -> Outcome {
    let wheel = only(folder, ".whl")?;
    tools.run(folder, "python3", &["-m", "venv", "fresh"], 0)?;
    let bin = folder.join("fresh").join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = bin.join("python").to_string_lossy().into_owned();
    tools.run(folder, &python, &["-m", "pip", "install", "--quiet", "--no-index", &wheel], 0)?;
    let program = bin.join("aiterlint").to_string_lossy().into_owned();
    let project = tools.repository(&[("a.py", BAD)])?;
    let version = format!("aiterlint {}\n", env!("CARGO_PKG_VERSION"));
    for mut start in [vec![program.as_str()], vec![python.as_str(), "-m", "aiterlint"]] {
        let first = start.remove(0);
        let with = |more: &[&'static str]| [start.clone(), more.to_vec()].concat();
        holds(&tools.run(project.path(), first, &with(&["--version"]), 0)?, &[&version])?;
        holds(&tools.run(project.path(), first, &with(&["lint"]), 1)?, &["error[aiter-is-coroutine]", "a.py:2:15"])?;
        tools.run(project.path(), first, &with(&["lint", "nowhere"]), 2)?;
        holds(
            &tools.run(project.path(), first, &with(&["explain", "aiter-is-coroutine"]), 0)?,
            &["aiter-is-coroutine"],
        )?;
    }
    Ok(())
}

/// The one file of a folder whose name ends so.
fn only(folder: &Path, end: &str) -> Result<String, libtest_mimic::Failed> {
    let names = std::fs::read_dir(folder)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.filter(|name| name.ends_with(end)).collect();
    match names.as_slice() {
        [name] => Ok(name.clone()),
        names => Err(format!("one file was to end in {end}, and there are {names:?}").into()),
    }
}
