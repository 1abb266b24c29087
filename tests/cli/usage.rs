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
fn every_flag_of_lint_is_taken() {
    let project = project();
    project.checks(
        "lint --select all --ignore all --extend-select all --fix --unsafe-fixes --no-cache --exit-zero --isolated \
         --threads 2 --target-version 3.10 --color never --output-format concise --error-on error --statistics \
         --force-exclude --exclude x --config force-exclude=true",
        1,
    );
}
