//! Settings files: which one counts, what they may say, and what is said about mistakes.

use super::project::Project;

/// Expects these lines of `config show`, whatever else it shows.
fn shows(project: &Project, arguments: &str, lines: &[&str]) {
    let shown = project.run(arguments).code(0).stderr_eq("");
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    let squeezed: Vec<String> =
        shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in lines {
        assert!(squeezed.iter().any(|shown| shown == line), "no `{line}` in\n{shown}");
    }
}

#[test]
fn the_nearest_file_with_settings_counts() {
    let project = Project::new(&[
        ("pyproject.toml", "[project]\nrequires-python = '>=3.9'\n[tool.aiterlint]\nignore = ['all']\n"),
        ("a.py", ""),
        // Without settings of its own it only knows its Python better.
        ("one/pyproject.toml", "[project]\nrequires-python = '>=3.12'\n"),
        ("one/sub/b.py", ""),
        ("two/pyproject.toml", "[tool.aiterlint]\ntarget-version = '3.8'\n"),
        ("two/aiterlint.toml", "select = ['all']\n"),
    ]);
    shows(
        &project,
        "config show a.py",
        &[
            "Settings for a.py (pyproject.toml)",
            "ignore all pyproject.toml:4",
            "target-version 3.9 pyproject.toml:2 (requires-python)",
        ],
    );
    shows(
        &project,
        "config show one/sub/b.py",
        &["ignore all pyproject.toml:4", "target-version 3.12 one/pyproject.toml:2 (requires-python)"],
    );
    shows(
        &project,
        "config show two",
        &[
            "Settings for two (two/aiterlint.toml)",
            "select all two/aiterlint.toml:1",
            "ignore - default",
            "target-version 3.9 pyproject.toml:2 (requires-python)",
        ],
    );
}

#[test]
fn the_command_line_goes_on_top() {
    let text = "ignore = ['all']\ntarget-version = '3.9'\n";
    let project = Project::new(&[("aiterlint.toml", text), ("other.toml", "extend-select = ['all']\n")]);
    shows(&project, "config show", &["ignore all aiterlint.toml:1", "target-version 3.9 aiterlint.toml:2"]);
    shows(
        &project,
        "config show --select all --target-version py313",
        &["select all the command line", "ignore - default", "target-version 3.13 the command line"],
    );
    shows(&project, "config show --isolated", &["Settings for . (no settings file)", "ignore - default"]);
    shows(
        &project,
        "config show --config other.toml",
        &["Settings for . (other.toml)", "extend-select all other.toml:1", "target-version unknown default"],
    );
}

#[test]
fn a_mistake_has_a_place_and_the_other_files_are_checked() {
    let project = Project::new(&[
        ("good/a.py", ""),
        ("bad/pyproject.toml", "[tool.aiterlint]\nselct = ['all']\n"),
        ("bad/a.py", ""),
        ("bad/sub/b.py", ""),
        ("worse/aiterlint.toml", "select = ['all'\n"),
        ("worse/a.py", ""),
    ]);
    project.refuses(
        "lint",
        "error: bad/pyproject.toml:2:1: there is no setting `selct`; did you mean `select`?\n\
         error: worse/aiterlint.toml:[..]: this is not TOML: [..]\n\
         No mistakes found in 1 file.\n",
    );
    project.refuses(
        "config show bad",
        "error: bad/pyproject.toml:2:1: there is no setting `selct`; did you mean `select`?\n",
    );
    // Who takes the settings from elsewhere does not care.
    project.checks("lint --isolated", 4);
}

#[test]
fn rules_and_levels_are_checked_by_name() {
    let project = Project::new(&[("a.py", "")]);
    let is_refused = |text: &str, sentence: &str| {
        project.write("aiterlint.toml", text.as_bytes());
        project.refuses("lint", &format!("error: aiterlint.toml:{sentence}\n"));
    };
    is_refused("select = ['all', 'zzz']\n", "1:18: there is no rule `zzz`; `aiterlint rules` lists them all");
    is_refused("ignore = 'all'\n", "1:10: `ignore` takes a list of rule names, such as [\"[..]\"]");
    is_refused("ignore = [1]\n", "1:11: `ignore` takes a list of rule names, such as [\"[..]\"]");
    is_refused("[rules]\nzzz = 'error'\n", "2:1: there is no rule `zzz`; `aiterlint rules` lists them all");
    is_refused("rules = 'error'\n", "1:9: `rules` is a table of rule names, each of which takes [..]");
    is_refused("target-version = 3.10\n", "1:18: `target-version` takes a text such as \"3.10\"");
    is_refused(
        "target_version = '3.10'\n",
        "1:1: there is no setting `target_version`; did you mean `target-version`?",
    );
}

#[test]
fn a_settings_file_that_is_asked_for_must_be_one() {
    let project = Project::new(&[("a.py", ""), ("pyproject.toml", "[tool.ruff]\n")]);
    project.refuses("lint --config nowhere.toml", "error: nowhere.toml: there is no such file\n");
    project
        .refuses("lint --config pyproject.toml", "error: pyproject.toml: this file has no `[tool.aiterlint]` table\n");
}

#[test]
fn somebody_else_s_broken_file_is_not_ours() {
    let project = Project::new(&[("a.py", ""), ("pyproject.toml", "[tool.ruff\n")]);
    project.checks("lint", 1);
}

#[test]
fn what_is_excluded_is_not_searched() {
    let project = Project::new(&[
        ("pyproject.toml", "[tool.aiterlint]\nexclude = ['/data', '*_pb2.py', '!build', 'build/tmp']\n"),
        ("data/a.py", ""),
        ("pkg/data/b.py", ""),
        ("pkg/c_pb2.py", ""),
        ("build/d.py", ""),
        ("build/tmp/e.py", ""),
    ]);
    project.checks("lint", 2);
    project.checks("lint pkg", 1);
    // A file named itself is always checked.
    project.checks("lint data/a.py pkg/c_pb2.py", 2);
}

#[test]
fn settings_are_found_from_below_and_from_beside() {
    let project = Project::new(&[
        ("aiterlint.toml", "exclude = ['skip.py']\n"),
        ("pkg/skip.py", ""),
        ("pkg/a.py", ""),
        ("work/here.txt", ""),
    ]);
    let below = project.command("lint ../pkg").current_dir(project.path("work")).assert();
    below.code(0).stderr_eq("No mistakes found in 1 file.\n");
    let inside = project.command("lint").current_dir(project.path("pkg")).assert();
    inside.code(0).stderr_eq("No mistakes found in 1 file.\n");
}
