//! A folder with a few files in it, to run the program in.

use std::path::PathBuf;

use snapbox::cmd::{Command, OutputAssert};

/// What the program minds of the machine it runs on.
const MINDED: [&str; 9] = [
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "CLICOLOR",
    "COLUMNS",
    "FORCE_HYPERLINK",
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "BUILD_SOURCESDIRECTORY",
];

pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        String::from_utf8(std::fs::read(self.path(path)).unwrap()).unwrap()
    }

    /// The program with these arguments, separated by spaces, away from the settings of whoever runs the tests.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiterlint"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("AITERLINT_") || MINDED.contains(&text.as_ref()) {
                command = command.env_remove(&name);
            }
        }
        let home = self.path("no-home");
        command
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("XDG_CACHE_HOME", &home)
            .env("LOCALAPPDATA", &home)
            .current_dir(self.folder.path())
            .args(arguments.split(' '))
    }

    pub fn run(&self, arguments: &str) -> OutputAssert {
        self.command(arguments).assert()
    }

    /// Expects a clean run over this many files.
    pub fn checks(&self, arguments: &str, files: usize) {
        let files = format!("{files} file{}", if files == 1 { "" } else { "s" });
        self.run(arguments).code(0).stdout_eq("").stderr_eq(format!("No mistakes found in {files}.\n"));
    }

    /// Expects status 2 and these sentences.
    pub fn refuses(&self, arguments: &str, sentences: &str) {
        self.run(arguments).code(2).stderr_eq(sentences.to_string());
    }
}
