//! What README.md and docs/command-line.md show is what the program says.

use std::path::Path;
use std::process::Command;

use aiterlint::config::Level;
use aiterlint::rules::RULES;

#[test]
fn the_first_example_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md is there");
    let (_, rest) = readme.split_once("```py\n").expect("it opens with Python");
    let (code, rest) = rest.split_once("```").expect("the block ends");
    let (before, rest) = rest.split_once("```text\n").expect("the answer follows");
    let (shown, after) = rest.split_once("```").expect("the block ends");
    assert!(before.trim().is_empty(), "the answer follows at once");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feed.py"), code).expect("the example is written");
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "--isolated", "--color", "never", "feed.py"])
        .current_dir(folder.path())
        .env("AITERLINT_NO_CACHE", "1")
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    if said.trim() != shown.trim() && std::env::var_os("BLESS").is_some() {
        let head = &readme[..readme.len() - rest.len()];
        let text = format!("{head}{}\n```{after}", said.trim());
        std::fs::write(root.join("README.md"), text).expect("README.md is written");
        return;
    }
    assert_eq!(said.trim(), shown.trim(), "BLESS=1 cargo test --test readme writes it");
}

/// The lists under "What it finds": each rule in its group.
#[test]
fn every_rule_is_listed() {
    const GROUPS: [(&str, &str); 7] = [
        ("class", "Writing an async iterator class"),
        ("generator", "Writing an async generator"),
        ("use", "Using one"),
        ("flow", "What has already happened"),
        ("version", "Version and syntax"),
        ("style", "Style"),
        ("tool", "About the tool itself"),
    ];
    let list = |(group, title): (&str, &str)| {
        let rules = RULES.iter().filter(|rule| rule.meta().group == group).map(|rule| {
            let off = if rule.meta().level == Level::Off { " *off*" } else { "" };
            format!("[{name}](rules/{name}.md){off}", name = rule.name)
        });
        format!("- **{title}**: {}\n", rules.collect::<Vec<_>>().join(" · "))
    };
    let expected: String = GROUPS.into_iter().map(list).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md is there");
    let (before, rest) = readme.split_once("\n- **").expect("the lists begin");
    let (shown, after) = rest.split_once("\n\n").expect("the lists end");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{before}\n{expected}\n{after}")).expect("README.md is written");
        return;
    }
    assert_eq!(format!("- **{shown}\n"), expected, "BLESS=1 cargo test --test readme writes it");
}

#[test]
fn the_sample_has_findings() {
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "docs/sample"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("AITERLINT_NO_CACHE", "1")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
}

/// docs/command-line.md: its files are written, its lines are run one after the other in one folder, and what they say
/// is what stands below them.
#[cfg(unix)]
#[test]
fn the_command_line_is_as_described() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-line.md");
    let page = std::fs::read_to_string(&path).expect("docs/command-line.md is there");
    let folder = tempfile::tempdir().expect("a folder");
    let mut status = 0;
    let mut said = String::new();
    for (number, part) in page.split("```").enumerate() {
        // Text and blocks take turns.
        let is_block = number % 2 == 1;
        let part = match part.split_once('\n') {
            Some(("console", lines)) if is_block => format!("console\n{}", talk(lines, folder.path(), &mut status)),
            Some((_, text)) if is_block => {
                if let Some(name) = text.lines().next().and_then(|line| line.strip_prefix("# ")) {
                    let file = folder.path().join(name);
                    std::fs::create_dir_all(file.parent().expect("a file stands in a folder")).expect("it is made");
                    std::fs::write(file, text).expect("the example is written");
                }
                part.to_string()
            }
            _ => part.to_string(),
        };
        if number > 0 {
            said.push_str("```");
        }
        said.push_str(&part);
    }
    if said != page && std::env::var_os("BLESS").is_some() {
        std::fs::write(path, said).expect("docs/command-line.md is written");
        return;
    }
    let differing = page.lines().zip(said.lines()).find(|(shown, said)| shown != said);
    assert!(said == page, "BLESS=1 cargo test --test readme writes it; first {differing:?}\n{said}");
}

/// The lines after `$ `, which go on after `> `, each with what bash says to it.
#[cfg(unix)]
fn talk(lines: &str, folder: &Path, status: &mut i32) -> String {
    let mut commands: Vec<String> = Vec::new();
    for line in lines.lines() {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), commands.last_mut()) {
            (Some(first), ..) => commands.push(first.to_string()),
            (None, Some(more), Some(command)) => command.push_str(&format!("\n{more}")),
            _ => {}
        }
    }
    let answers = commands.iter().map(|command| {
        let (answer, ended) = bash(command, folder, *status);
        *status = ended;
        format!("$ {}\n{answer}", command.replace('\n', "\n> "))
    });
    answers.collect()
}

/// What bash says to a line after one that ended with this status, and how the line ends.
#[cfg(unix)]
fn bash(line: &str, folder: &Path, before: i32) -> (String, i32) {
    const MINDED: [&str; 12] = [
        "AITERLINT_",
        "CI_PROJECT_DIR",
        "BUILD_SOURCESDIRECTORY",
        "CLICOLOR",
        "COLUMNS",
        "CONDA_",
        "FORCE_",
        "GITHUB_",
        "GIT_",
        "NO_COLOR",
        "VIRTUAL_ENV",
        "XDG_",
    ];
    let mut command = Command::new("bash");
    for (name, _) in std::env::vars_os() {
        if MINDED.iter().any(|minded| name.to_string_lossy().starts_with(minded)) {
            command.env_remove(name);
        }
    }
    let program = Path::new(env!("CARGO_BIN_EXE_aiterlint")).parent().expect("it is in a folder").to_path_buf();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path)));
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.org");
    }
    let output = command
        .args(["-c", &format!("exec 2>&1\n(exit {before})\n{line}")])
        .env("PATH", path.expect("a path"))
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", folder.join(".home"))
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("bash runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code().expect("it ends by itself"))
}
