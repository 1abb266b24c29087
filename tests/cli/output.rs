//! Where output goes, and what happens when it cannot go there.

use std::process::{Command, Stdio};

use super::project::Project;

#[test]
fn the_machine_formats_print_nothing_else() {
    let project = Project::new(&[("a.py", "")]);
    project.run("lint --output-format json").code(0).stdout_eq("[]\n").stderr_eq("");
    project.run("lint --output-format json-lines").code(0).stdout_eq("").stderr_eq("");
}

#[test]
fn quiet_leaves_out_how_it_went_but_no_error() {
    let project = Project::new(&[("a.py", "")]);
    project.run("lint --quiet").code(0).stdout_eq("").stderr_eq("");
    project.refuses("lint -q nowhere", "error: nowhere: there is no such file or folder\n");
}

#[test]
fn standard_input_comes_back_as_it_went_in() {
    let project = Project::new(&[]);
    let text = "\u{feff}x = 1\r\ny = 2";
    let fixed = project.command("lint --fix -").stdin(text).assert().code(0);
    assert_eq!(fixed.get_output().stdout, text.as_bytes());
    project
        .command("lint --diff -")
        .stdin(text)
        .assert()
        .code(0)
        .stdout_eq("")
        .stderr_eq("Nothing to fix in 1 file.\n");
}

#[test]
fn colours_come_when_they_are_wanted() {
    let project = Project::new(&[]);
    let is_coloured = |arguments: &str, variables: &[(&str, &str)]| {
        let mut command = project.command(arguments);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        command.assert().code(2).get_output().stderr.contains(&0x1b)
    };
    assert!(!is_coloured("lint x", &[]));
    assert!(is_coloured("lint x --color always", &[]));
    assert!(is_coloured("--color always lint x", &[("NO_COLOR", "1")]));
    assert!(is_coloured("lint x", &[("FORCE_COLOR", "1")]));
    assert!(is_coloured("lint x", &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured("lint x", &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!is_coloured("lint x", &[("FORCE_COLOR", "0")]));
    assert!(!is_coloured("lint x --color never", &[("CLICOLOR_FORCE", "1")]));
}

/// Runs with a standard output that nobody reads any more.
#[test]
fn a_closed_pipe_ends_quietly() {
    let project = Project::new(&[("a.py", "")]);
    for arguments in ["--help", "lint --help", "lint --output-format json", "rules", "config show"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
            .args(arguments.split(' '))
            .current_dir(project.path("."))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
        assert_eq!(output.status.code(), Some(0), "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_sentence() {
    let project = Project::new(&[("a.py", "")]);
    let output = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "--output-format", "json"])
        .current_dir(project.path("."))
        .stdout(std::fs::File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: standard output cannot be written: no space left on device\n"
    );
}

#[test]
fn statistics_count_each_rule() {
    let one = "async def main(agen):\n    return aiter(agen, 0)\n\n\n";
    let project = Project::new(&[("a.py", &one.repeat(2)), ("b.py", one), ("c.py", "await aiter(x)\n")]);
    project.run("lint --statistics").code(1).stdout_eq("3  aiter-two-args [..]\n1  await-aiter    [..]\n");
    let json =
        "[\n  {\n    \"rule\": \"aiter-two-args\",\n    \"count\": 3,\n    \"fixable\": 0,\n    \"summary\": [..]\n...";
    project.run("lint --statistics --output-format json").code(1).stdout_eq(json);
    project
        .run("lint --statistics --output-format json-lines a.py")
        .code(1)
        .stdout_eq("{\"rule\":\"aiter-two-args\",\"count\":2,[..]}\n");
    project.run("lint --statistics --output-format grouped --output-format json=all.json").code(1);
    assert!(project.read("all.json").contains("\"message\""));
    project.refuses(
        "lint --statistics --output-format sarif",
        "error: --statistics has no form as `sarif`, only as full, concise, grouped, json and json-lines\n",
    );
}
