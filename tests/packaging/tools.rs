//! The programs that the tests need, and how they are run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

/// What the program minds, and what would lead it and pip elsewhere.
const STRANGE: [&str; 11] = [
    "AITERLINT_",
    "CARGO_BIN_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "GITHUB_",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "PIP_TARGET",
    "PYTHONPATH",
    "VIRTUAL_ENV",
];

/// Where everything is.
#[derive(Clone)]
pub struct Tools {
    /// Kept from run to run.
    folder: PathBuf,
    /// Where cargo builds for the tests.
    target: PathBuf,
}

/// A file with a finding that has a safe fix.
pub const BAD: &str = "\
class Ticks:
    async def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program that cargo has built.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_aiterlint"))
}

impl Tools {
    /// Installs what is missing. The error says what is in the way.
    pub fn prepare() -> Result<Tools, String> {
        let debug = program().parent().and_then(Path::parent).ok_or("cargo builds in no folder")?;
        let tools = Tools { folder: debug.join("packaging"), target: debug.to_path_buf() };
        let wanted = std::fs::read_to_string(root().join("tests/packaging/requirements.txt"));
        // What pip installs knows its folder: in a copy it would still run what stands in the first one.
        let wanted = format!("# {}\n{}", tools.folder.display(), wanted.map_err(|error| error.to_string())?);
        let mark = tools.folder.join("installed.txt");
        if std::fs::read_to_string(&mark).ok().as_ref() == Some(&wanted) && tools.bin("maturin").exists() {
            return Ok(tools);
        }
        let said = |failed: Failed| failed.message().unwrap_or_default().to_string();
        let environment = tools.folder.join("tools").to_string_lossy().into_owned();
        tools.run(&tools.target, "python3", &["-m", "venv", "--clear", &environment], 0).map_err(said)?;
        let python = tools.bin("python").to_string_lossy().into_owned();
        let install = ["-m", "pip", "install", "--quiet", "-r", "tests/packaging/requirements.txt"];
        tools.run(root(), &python, &install, 0).map_err(said)?;
        std::fs::write(&mark, wanted).map_err(|error| error.to_string())?;
        Ok(tools)
    }

    pub fn bin(&self, name: &str) -> PathBuf {
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join("tools").join(bin).join(name)
    }

    /// A command in a folder, with the tools and the program that cargo has built before everything else.
    pub fn command(&self, folder: &Path, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if STRANGE.iter().any(|strange| name.to_string_lossy().starts_with(strange)) {
                command.env_remove(name);
            }
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let first = [self.bin(""), self::program().parent().unwrap_or(Path::new("")).to_path_buf()];
        let path = std::env::join_paths(first.into_iter().chain(std::env::split_paths(&path)));
        command
            .current_dir(folder)
            .env("PATH", path.unwrap_or_default())
            .env("NO_COLOR", "1")
            .env("AITERLINT_CACHE_DIR", self.folder.join("cache"))
            .env("PRE_COMMIT_HOME", self.folder.join("pre-commit"))
            .env("PRE_COMMIT_COLOR", "never")
            // What is compiled for the tests is used again; what comes out must not take the place of their program.
            .env("CARGO_BUILD_BUILD_DIR", &self.target)
            .env("CARGO_TARGET_DIR", self.folder.join("out"))
            .env("MATURIN_PEP517_ARGS", "--profile dev");
        command
    }

    /// Runs a command and gives what it printed; another exit status is a failure.
    pub fn run(&self, folder: &Path, program: &str, arguments: &[&str], status: i32) -> Result<String, Failed> {
        let mut command = self.command(folder, program);
        expect(command.args(arguments), status)
    }

    /// A folder under git, with these files in it.
    pub fn repository(&self, files: &[(&str, &str)]) -> Result<tempfile::TempDir, Failed> {
        let folder = tempfile::tempdir()?;
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().ok_or("a file stands in a folder")?)?;
            std::fs::write(path, text)?;
        }
        self.git(folder.path(), "init -q -b main")?;
        self.git(folder.path(), "add .")?;
        self.git(folder.path(), "-c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m one")?;
        Ok(folder)
    }

    pub fn git(&self, folder: &Path, arguments: &str) -> Result<String, Failed> {
        self.run(folder, "git", &arguments.split(' ').collect::<Vec<_>>(), 0)
    }

    /// What YAML means, as JSON.
    pub fn yaml(&self, text: &str) -> Result<serde_json::Value, Failed> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("a.yml"), text)?;
        let script = "import json, yaml; print(json.dumps(yaml.load(open('a.yml'), yaml.BaseLoader)))";
        let python = self.bin("python").to_string_lossy().into_owned();
        Ok(serde_json::from_str(&self.run(folder.path(), &python, &["-c", script], 0)?)?)
    }
}

/// What a command prints, if it ends with this status.
pub fn expect(command: &mut Command, status: i32) -> Result<String, Failed> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.code() == Some(status) {
        true => Ok(said),
        false => Err(format!("{command:?} ended with {}, not {status}:\n{said}", output.status).into()),
    }
}

/// Fails unless a text holds all of these.
pub fn holds(text: &str, parts: &[&str]) -> Result<(), Failed> {
    match parts.iter().find(|part| !text.contains(**part)) {
        Some(part) => Err(format!("there is no `{part}` in:\n{text}").into()),
        None => Ok(()),
    }
}
