//! Findings in one module because of another, over whole projects.
//!
//! Each folder of `tests/projects/` is a small project, one for every way in which Python finds a module, and some larger
//! ones: a client as tutorials write them, the traps that working code holds. `# error: rule-name` at the end of a line
//! says what is found there, several names with commas between them; nothing else may be found. Each project is copied
//! to a folder of its own first, without these comments, so that nothing above it and no word in a comment can help.
//!
//! The look that decides what is parsed at all follows names from module to module on the text alone. It may lose
//! nothing: every file is checked once that way and once parsed whole, and both must find the same.
//!
//! `{here}` in a file of an installed package stands for the folder of the project: installers write whole paths.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aiterlint::check::{Reading, check_reading};
use aiterlint::config::Config;
use aiterlint::files::Modules;
use aiterlint::project::Project;
use aiterlint::text::Source;
use tempfile::TempDir;

/// A line of a file on which a rule speaks.
type Place = (String, usize, String);

struct Copied {
    folder: TempDir,
    /// The project's own files, installed ones left out.
    files: Vec<PathBuf>,
    expected: Vec<Place>,
}

impl Copied {
    fn new(name: &str) -> Copied {
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects").join(name);
        let folder = tempfile::tempdir().expect("a folder");
        let mut copied = Copied { folder, files: Vec::new(), expected: Vec::new() };
        let here = copied.here();
        copied.copy(&original, &here);
        copied.files.sort();
        copied.expected.sort();
        copied
    }

    fn here(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there")
    }

    fn copy(&mut self, from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("the folder is made");
        for entry in fs::read_dir(from).expect("the project is there").flatten() {
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                if !from.ends_with("__pycache__") {
                    self.copy(&from, &to);
                }
            } else {
                self.copy_file(&from, to);
            }
        }
    }

    fn copy_file(&mut self, from: &Path, to: PathBuf) {
        let text = fs::read_to_string(from).expect("projects are UTF-8");
        let text = text.replace("{here}", &self.here().to_string_lossy().replace('\\', "/"));
        let shown = self.shown(&to);
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let Some((code, rules)) = line.split_once("# error: ") else {
                lines.push(line);
                continue;
            };
            lines.push(code.trim_end());
            let rules = rules.split(',').map(|rule| rule.trim().to_string());
            self.expected.extend(rules.map(|rule| (shown.clone(), index + 1, rule)));
        }
        fs::write(&to, lines.join("\n") + "\n").expect("the file is written");
        let is_installed = to.components().any(|part| part.as_os_str() == "site-packages");
        if to.extension().is_some_and(|end| end == "py") && !is_installed {
            self.files.push(to);
        }
    }

    fn shown(&self, file: &Path) -> String {
        file.strip_prefix(self.here()).expect("inside").to_string_lossy().replace('\\', "/")
    }

    /// What is found, the way in which the program does it.
    fn found(&self, python: Option<PathBuf>, reading: Reading) -> Vec<Place> {
        let project = Project::new(Modules::new(python));
        let config = Config::default();
        let mut found = Vec::new();
        for file in &self.files {
            let source = Source::new(file.to_string_lossy(), fs::read_to_string(file).expect("it was written"));
            for one in check_reading(&source, &project, &config, reading).diagnostics {
                let line = source.lines().line(one.span.start) as usize;
                found.push((self.shown(file), line, one.rule.to_string()));
            }
        }
        found.sort();
        found
    }

    fn compare(&self, found: &[Place], how: &str) {
        let mut said: Vec<String> = Vec::new();
        let mut left = found.to_vec();
        for expected in &self.expected {
            match left.iter().position(|one| one == expected) {
                Some(at) => drop(left.remove(at)),
                None => said.push(format!("{}:{} {} is expected and says nothing", expected.0, expected.1, expected.2)),
            }
        }
        said.extend(left.iter().map(|(file, line, rule)| format!("{file}:{line} {rule} speaks and is not expected")));
        said.sort();
        assert!(said.is_empty(), "{how}:\n{}", said.join("\n"));
    }
}

/// The project, with an environment that is named in it, read both ways.
fn check(name: &str, environment: Option<&str>) {
    let copied = Copied::new(name);
    assert!(!copied.files.is_empty(), "{name} holds no files");
    let python = environment.map(|environment| copied.here().join(environment));
    copied.compare(&copied.found(python.clone(), Reading::Whole), "every file parsed whole");
    copied.compare(&copied.found(python, Reading::Islands), "parsed where the look says so");
}

macro_rules! projects {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name), None);
            }
        )*

        /// Folders that have a test of their own below.
        const NAMED: &[&str] = &[$(stringify!($name)),*];
    };
}

projects! {
    aliases
    client
    cycles
    editable_finder
    members
    namespace
    pth
    pyi
    reexports
    relative
    roots
    src_layout
    star
    stubs_package
    traps
    twins
    type_checking
    venv
}

#[test]
fn python_option_names_an_environment() {
    check("python_option", Some("environments/new"));
}

#[test]
fn python_option_names_an_interpreter() {
    check("python_option", Some("environments/new/bin/python"));
}

/// The variable is that of a process: the built program is asked.
#[test]
fn virtual_env_names_an_environment() {
    let copied = Copied::new("virtual_env");
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "--isolated", "--no-cache", "--output-format", "concise", "."])
        .current_dir(copied.here())
        .env("VIRTUAL_ENV", copied.here().join("environment"))
        .output()
        .expect("the program runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    let found: Vec<Place> = shown.lines().filter_map(place).collect();
    copied.compare(&found, &shown);
}

/// `app.py:3:5: error[rule-name] …`
fn place(line: &str) -> Option<Place> {
    let mut parts = line.split(':');
    let (file, number) = (parts.next()?, parts.next()?.parse().ok()?);
    let rule = line.split_once('[')?.1.split_once(']')?.0;
    Some((file.to_string(), number, rule.to_string()))
}

#[test]
fn every_project_is_checked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects");
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_known = NAMED.contains(&&*name) || ["python_option", "virtual_env"].contains(&&*name);
        assert!(is_known, "tests/projects/{name} has no test");
    }
}
