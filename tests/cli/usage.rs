//! Asking for help, and asking wrongly.

use super::project::Project;

fn project() -> Project {
    Project::new(&[("a.py", "x = 1\n")])
}

#[test]
fn help_and_version_are_no_failure() {
    let project = project();
    project.run("--version").code(0).stdout_eq("aiterlint [..]\n").stderr_eq("");
    project
        .run("lint -h")
        .code(0)
        .stdout_eq("Check files and folders\n\nUsage: aiterlint lint [OPTIONS] [PATHS]...\n...");
    project.run("lint --help").code(0).stdout_eq("Check files and folders.\n\nChecks the Python files[..]\n...");
}

#[test]
fn without_a_command_help_comes_and_it_is_wrong_use() {
    let project = Project::new(&[]);
    project.command("").env("LC_ALL", "C").assert().code(2);
    project.run("frobnicate").code(2).stderr_eq("error: unrecognized subcommand 'frobnicate'\n...");
}

#[test]
fn a_path_in_the_command_s_place_is_understood() {
    project().refuses("a.py", "error: `a.py` is not a command; to check it, write `aiterlint lint a.py`\n");
}

#[test]
fn wrong_flags_and_values_exit_with_two() {
    let project = project();
    project.refuses(
        "lint --fux",
        "error: unexpected argument '--fux' found\n\n  tip: a similar argument exists: '--fix'\n...",
    );
    project.refuses("lint --output-format concis", "error: invalid value 'concis'[..]\n...\n  tip: [..]'concise'\n...");
    project.refuses("lint --threads 0", "error: invalid value '0' for '--threads <N>': 0 is not in 1..=1024\n...");
    project.refuses("lint --color red", "error: invalid value 'red'[..]\n...");
    project.refuses(
        "lint --target-version 2.7",
        "error: invalid value '2.7' for '--target-version <VERSION>': `2.7` is not Python 3; write a version such as \
         \"3.10\"\n...",
    );
    project.refuses(
        "lint --target-version three",
        "error: invalid value 'three' for '--target-version <VERSION>': `three` is not a version of Python; write one \
         such as \"3.10\"\n...",
    );
    project.refuses(
        "lint --stdin-filename a.py a.py",
        "error: --stdin-filename names what is read from `-`, and `-` is not among the paths\n",
    );
}

#[test]
fn unknown_rules_exit_with_two_wherever_they_are_named() {
    let project = project();
    for flag in ["--select", "--ignore", "--extend-select"] {
        let sentence = format!(
            "error: invalid value 'zzz' for '{flag} <RULE>': there is no rule `zzz`; `aiterlint rules` lists them \
             all\n...",
        );
        project.refuses(&format!("lint {flag} all,zzz"), &sentence);
        project.refuses(&format!("lint {flag} all {flag} zzz"), &sentence);
    }
    project.refuses("explain zzz", "error: there is no rule `zzz`; `aiterlint rules` lists them all\n");
}

#[test]
fn help_is_short_or_long() {
    let project = project();
    let said = |arguments: &str| {
        let run = project.run(arguments).code(0).stderr_eq("");
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    for command in ["lint", "explain", "rules", "config", "clean", "completions", "man"] {
        let (short, long) = (said(&format!("{command} -h")), said(&format!("{command} --help")));
        assert!(short.lines().count() * 2 < long.lines().count() && !short.contains("Examples:"), "{short}");
        assert!(long.contains("\nExamples:\n  aiterlint "), "{long}");
    }
}

/// What stands in a help text must be what somebody can type.
#[test]
fn the_examples_of_the_help_run() {
    let project = project();
    for command in ["lint", "explain", "rules", "config", "clean", "completions", "man"] {
        let help = project.run(&format!("{command} --help")).code(0);
        let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        for example in examples.lines().map(str::trim).filter(|line| line.starts_with("aiterlint ")) {
            // Of a pipe the first part; what it reads and writes is at home.
            let ours = example.trim_start_matches("aiterlint ").split(['|', '>', '<']).next().unwrap().trim();
            let ours = ours.replace("~/", "home/").replace("origin/main", "HEAD").replace("src tests", "a.py");
            let output = project.command(&ours).stdin("x = 1\n").assert();
            let output = output.get_output();
            let said = String::from_utf8_lossy(&output.stderr);
            let has_no_git = said.contains("in no git repository") || said.contains("there is no such file or folder");
            assert!(output.status.success() || has_no_git, "{example}: {said}");
        }
    }
}

#[test]
fn every_flag_is_typed_in_a_test() {
    let project = project();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let tests: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let commands =
        ["lint", "explain", "rules", "config", "config show", "config schema", "clean", "completions", "man"];
    for command in commands {
        let help = project.run(&format!("{command} -h")).code(0);
        let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
        let words = help.split(|c: char| !c.is_ascii_lowercase() && c != '-');
        for flag in words.filter(|word| word.starts_with("--") && word.len() > 3) {
            let is_typed = [" ", "=", "\"", "\\"].iter().any(|end| tests.contains(&format!("{flag}{end}")));
            assert!(is_typed, "no test types {flag} of {command}");
        }
    }
}

#[test]
fn shells_complete_commands_and_flags() {
    let project = project();
    for (shell, part) in [
        ("bash", "complete -F _aiterlint"),
        ("zsh", "#compdef aiterlint"),
        ("fish", "complete -c aiterlint"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[aiterlint]"),
    ] {
        let script = project.run(&format!("completions {shell}")).code(0).stderr_eq("");
        let script = String::from_utf8(script.get_output().stdout.clone()).unwrap();
        assert!(script.contains(part) && script.contains("update-baseline"), "{shell}: {script}");
    }
    project.refuses("completions ksh", "error: invalid value 'ksh' for '<SHELL>'\n  [possible values: bash, [..]\n...");
}

#[cfg(unix)]
#[test]
fn bash_asks_the_script() {
    let project = project();
    let program = env!("CARGO_BIN_EXE_aiterlint");
    let typed = |words: &str| {
        let script = format!(
            "source <('{program}' completions bash) 2>/dev/null; COMP_WORDS=({words}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _aiterlint aiterlint \"${{COMP_WORDS[-1]}}\" x; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let output = std::process::Command::new("bash").args(["-c", &script]).current_dir(project.path(".")).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_string()
    };
    assert_eq!(typed("aiterlint ex"), "explain");
    assert_eq!(typed("aiterlint lint --unsa"), "--unsafe-fixes");
    assert_eq!(typed("aiterlint completions fi"), "fish");
}

#[test]
fn man_pages_are_written() {
    let project = project();
    project.run("man share/man1").code(0).stdout_eq("").stderr_eq("");
    for (page, part) in [("aiterlint", "aiterlint\\-lint(1)"), ("aiterlint-lint", "\\-\\-update\\-baseline")] {
        let text = project.read(&format!("share/man1/{page}.1"));
        assert!(text.contains(part), "{text}");
    }
    project.refuses("man a.py/x", "error: a.py/x: the pages cannot be written: [..]\n");
}

#[test]
fn every_flag_of_lint_is_taken() {
    let project = project();
    project.checks(
        "lint --select all --ignore all --extend-select all --fix --unsafe-fixes --no-cache --exit-zero --isolated \
         --threads 2 --target-version 3.10 --color never --output-format concise --error-on error --statistics \
         --force-exclude --exclude x --config force-exclude=true",
        1,
    );
}

/// Where there is too little room, each failure is still one sentence, also one that nobody has thought of.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_cannot_be_started_are_a_sentence() {
    let files: Vec<String> = (0..300).map(|number| format!("m{number}.py")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|name| (name.as_str(), "x = 1\n")).collect();
    let project = Project::new(&files);
    let said = |kilobytes: u32, threads: u32| {
        let program = env!("CARGO_BIN_EXE_aiterlint");
        let line = format!("ulimit -v {kilobytes}; '{program}' lint --isolated --no-cache --threads {threads}");
        let mut bash = std::process::Command::new("bash");
        // Each thread would take room of its own, and not the same on every machine.
        bash.args(["-c", &line]).env("MALLOC_ARENA_MAX", "1").env("NO_COLOR", "1").current_dir(project.path("."));
        // On a busy machine the limit may strike a thread that has just started, where Rust ends the program for want of
        // memory. What is looked for here is the limit that strikes a start.
        let mut outputs = std::iter::repeat_with(|| bash.output().unwrap()).take(10);
        let output = outputs.find(|output| output.status.code().is_some()).expect("it ends by itself");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let checking = said(2_000_000, 300);
    let begin = "error: 300 threads cannot be started: ";
    assert!(checking.starts_with(begin) && checking.ends_with("; try --threads 1\n"), "{checking}");
    assert_eq!(checking.lines().count(), 1, "{checking}");
    let searching = said(400_000, 1000);
    let begin = "error: aiterlint itself failed (failed to spawn thread: ";
    assert!(searching.starts_with(begin) && searching.ends_with("); please report this\n"), "{searching}");
    assert_eq!(searching.lines().count(), 1, "{searching}");
}
