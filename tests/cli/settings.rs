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
fn a_settings_file_that_cannot_be_read_is_named() {
    let project = Project::new(&[("a.py", ""), ("pyproject.toml/b.txt", "")]);
    // A folder of that name is not about us.
    project.checks("lint", 1);
    project.write("aiterlint.toml", b"select = ['\xff']\n");
    project.refuses("lint", "error: aiterlint.toml: cannot be read: stream did not contain valid UTF-8\n");
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

const TWO: &str = "async def main(agen):\n    return aiter(agen, 0)\n";

/// A mistake on line 1, and one on line 4.
fn bad() -> String {
    format!(
        "class A:\n    async def __aiter__(self):\n        return self\n\n    async def __anext__(self):\n        return 1\n\n\n{TWO}"
    )
}

/// The rules that speak, in their order.
fn speak(project: &Project, arguments: &str) -> String {
    let run = project.run(&format!("lint --output-format concise {arguments}"));
    let lines = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    let said = lines.lines().filter_map(|line| {
        let (file, rest) = line.split_once(':')?;
        let rule = rest.split_once('[')?.1.split_once(']')?.0;
        Some(format!("{file} {rule}"))
    });
    said.collect::<Vec<_>>().join("; ")
}

#[test]
fn some_files_have_settings_of_their_own() {
    let project = Project::new(&[
        (
            "pyproject.toml",
            "[tool.aiterlint.per-file.'tests/']\nignore = ['aiter-is-coroutine']\n\
             [tool.aiterlint.per-file.'*_test.py']\nrules.aiter-two-args = 'off'\nextend-select = ['aiter-is-coroutine']\n",
        ),
        ("a.py", &bad()),
        ("tests/b.py", &bad()),
        ("tests/c_test.py", &bad()),
    ]);
    assert_eq!(
        speak(&project, "."),
        "a.py aiter-is-coroutine; a.py aiter-two-args; tests/b.py aiter-two-args; tests/c_test.py aiter-is-coroutine"
    );
    shows(&project, "config show a.py", &["ignore - default", "per-file tests/, *_test.py pyproject.toml:[..]"][..1]);
    shows(&project, "config show tests/b.py", &["ignore aiter-is-coroutine pyproject.toml:2"]);
    let is_refused = |text: &str, sentence: &str| {
        project.write("pyproject.toml", format!("[tool.aiterlint]\n{text}\n").as_bytes());
        project.refuses("lint", &format!("error: pyproject.toml:{sentence}\n"));
    };
    is_refused(
        "per-file = []",
        "2:12: `per-file` is a table of patterns with settings of their own, as in [per-file.\"tests/**\"]",
    );
    is_refused(
        "per-file.a = 1",
        "2:14: `per-file` is a table of patterns with settings of their own, as in [per-file.\"tests/**\"]",
    );
    is_refused("per-file.a.exclude = []", "2:12: `exclude` cannot differ from file to file");
    is_refused("per-file.a.ignor = []", "2:12: there is no setting `ignor`; did you mean `ignore`?");
    is_refused("per-file.'a['.ignore = []", "2:10: `a[` is not a pattern as in .gitignore");
}

#[test]
fn a_file_extends_another() {
    let project = Project::new(&[
        ("base.toml", "ignore = ['aiter-is-coroutine']\nexclude = ['/gen']\n[rules]\naiter-two-args = 'warning'\n"),
        ("app/aiterlint.toml", "extend = '../base.toml'\nextend-select = ['aiter-is-coroutine']\n"),
        ("app/a.py", &bad()),
    ]);
    shows(
        &project,
        "config show app",
        &[
            "Settings for app (app/aiterlint.toml)",
            "extend-select aiter-is-coroutine app/aiterlint.toml:2",
            "ignore - base.toml:1",
            "exclude /gen base.toml:2",
            "rules.aiter-two-args warning base.toml:4",
        ],
    );
    assert_eq!(speak(&project, "app"), "app/a.py aiter-is-coroutine; app/a.py aiter-two-args");
    let is_refused = |sentence: &str| project.refuses("lint app", &format!("error: {sentence}\n"));
    project.write("base.toml", b"extend = 'app/aiterlint.toml'\n");
    is_refused("base.toml:1:10: `app/aiterlint.toml` extends this file, so this file cannot extend it");
    project.write("base.toml", b"ignor = []\n");
    is_refused("base.toml:1:1: there is no setting `ignor`; did you mean `ignore`?");
    project.write("app/aiterlint.toml", b"extend = '../nowhere.toml'\n");
    is_refused("app/aiterlint.toml:1:10: there is no file `../nowhere.toml` to extend");
    project.write("app/aiterlint.toml", b"extend = '..'\n");
    is_refused("app/aiterlint.toml:1:10: `..` is not a settings file");
    project.write("app/aiterlint.toml", b"extend = ['x']\n");
    is_refused("app/aiterlint.toml:1:10: `extend` takes the path of a settings file, such as \"../base.toml\"");
    project.write("app/aiterlint.toml", b"extend = '../pyproject.toml'\n");
    project.write("pyproject.toml", b"[project]\n");
    is_refused("app/aiterlint.toml:1:10: `../pyproject.toml` has no `[tool.aiterlint]` table");
}

#[test]
fn single_settings_come_from_the_command_line() {
    let project = Project::new(&[("aiterlint.toml", "ignore = ['aiter-two-args']\n"), ("a.py", &bad())]);
    assert_eq!(speak(&project, "--config rules.aiter-is-coroutine=off"), "");
    assert_eq!(speak(&project, "--config ignore=[\"aiter-is-coroutine\"]"), "");
    assert_eq!(speak(&project, "--config select=[\"aiter-two-args\"]"), "a.py aiter-two-args");
    assert_eq!(
        speak(&project, "--isolated --config select=['all'] --config ignore=['aiter-is-coroutine','bad-signature']"),
        "a.py aiter-two-args"
    );
    shows(
        &project,
        "config show --config target-version=3.10 --config rules.aiter-is-coroutine=info",
        &["target-version 3.10 the command line", "rules.aiter-is-coroutine info the command line"],
    );
    let is_refused = |pair: &str, sentence: &str| {
        project.refuses(&format!("lint --config {pair}"), &format!("error: --config {pair}: {sentence}\n"));
    };
    is_refused("selct=[]", "there is no setting `selct`; did you mean `select`?");
    is_refused("rules.zzz=off", "there is no rule `zzz`; `aiterlint rules` lists them all");
    is_refused("rules.await-aiter=loud", "there is no level `loud`; the levels are off, info, warning, error");
    is_refused("select=[", "this is not TOML: [..]");
    is_refused("force-exclude=yes", "`force-exclude` takes true or false");
    is_refused("extend=x.toml", "`extend` is for a settings file; to take settings from one, write `--config FILE`");
    project.refuses(
        "lint --config a.toml --config b.toml",
        "error: --config names two files, `a.toml` and `b.toml`, and only one can count\n",
    );
    project.refuses(
        "lint --isolated --config a.toml",
        "error: --isolated reads no settings file, and --config names `a.toml`\n",
    );
}

#[test]
fn the_environment_chooses_too() {
    let project = Project::new(&[("other.toml", "ignore = ['all']\n"), ("a.py", &bad())]);
    let found = |name: &str, value: &str, arguments: &str| {
        let run =
            project.command(format!("lint -q --output-format concise {arguments}").trim()).env(name, value).assert();
        run.get_output().stdout.iter().filter(|&&byte| byte == b'\n').count()
    };
    assert_eq!(found("AITERLINT_CONFIG", "other.toml", ""), 0);
    assert_eq!(found("AITERLINT_CONFIG", "other.toml", "--isolated"), 2);
    assert_eq!(found("AITERLINT_NO_CACHE", "1", ""), 2);
    assert_eq!(found("AITERLINT_THREADS", "1", ""), 2);
    project.command("lint").env("AITERLINT_THREADS", "0").assert().code(2);
    project
        .command("lint -q")
        .env("AITERLINT_OUTPUT_FORMAT", "json-lines")
        .assert()
        .code(1)
        .stdout_eq("{[..]}\n{[..]}\n");
    project.command("lint -q").env("AITERLINT_ERROR_ON", "error").assert().code(1);
}

#[test]
fn a_level_decides_what_fails() {
    let project = Project::new(&[("a.py", TWO)]);
    let warning = "--config rules.aiter-two-args=warning";
    project.run(&format!("lint {warning}")).code(1);
    project.run(&format!("lint {warning} --error-on warning")).code(1);
    project.run(&format!("lint {warning} --error-on error")).code(0).stderr_eq("Found 1 mistake in 1 file.\n");
    project.run("lint --error-on error").code(1);
    project.refuses(
        "lint --error-on loud",
        "error: invalid value 'loud' for '--error-on <LEVEL>'\n  [possible values: error, warning, info]\n...",
    );
    project.write("aiterlint.toml", b"error-on = 'error'\nrules.aiter-two-args = 'info'\n");
    project.run("lint").code(0);
    project.run("lint --error-on info").code(1);
    project.write("aiterlint.toml", b"error-on = 'off'\n");
    project.refuses("lint", "error: aiterlint.toml:1:12: `error-on` takes \"error\", \"warning\" or \"info\"\n");
}

#[test]
fn include_says_which_files_are_code() {
    let project = Project::new(&[
        ("aiterlint.toml", "include = ['*.py', '/scripts/']\n"),
        ("a.py", ""),
        ("b.pyi", ""),
        ("scripts/tool", ""),
        ("scripts/deep/other", ""),
        ("other/tool", ""),
    ]);
    project.run("lint --show-files").code(0).stdout_eq("a.py\nscripts/deep/other\nscripts/tool\n").stderr_eq("");
    project.write("aiterlint.toml", b"include = 'a.py'\n");
    project.refuses(
        "lint",
        "error: aiterlint.toml:1:11: `include` takes a list of patterns as in .gitignore, such as [\"*.py\", \"scripts/*\"]\n",
    );
}

#[test]
fn what_is_forced_out_stays_out_although_it_is_named() {
    let project = Project::new(&[
        ("aiterlint.toml", "exclude = ['/gen', '*_pb2.py', '!/build']\n"),
        ("gen/deep/a.py", TWO),
        ("b_pb2.py", TWO),
        ("build/c.py", TWO),
        ("venv/d.py", TWO),
        ("e.py", TWO),
    ]);
    let all = "gen/deep/a.py b_pb2.py build/c.py venv/d.py e.py";
    project
        .run(&format!("lint --show-files {all}"))
        .code(0)
        .stdout_eq("b_pb2.py\nbuild/c.py\ne.py\ngen/deep/a.py\nvenv/d.py\n");
    project.run(&format!("lint --show-files --force-exclude {all}")).code(0).stdout_eq("build/c.py\ne.py\n");
    project.run("lint --show-files --force-exclude gen").code(0).stdout_eq("");
    let below = project.command("lint --force-exclude a.py").current_dir(project.path("gen/deep")).assert();
    below.code(0).stdout_eq("").stderr_eq("");
    // What comes from standard input goes back as it came.
    let stdin = |arguments: &str| project.command(arguments).stdin(TWO).assert().code(0);
    stdin("lint --force-exclude - --stdin-filename gen/x.py").stdout_eq("");
    stdin("lint --force-exclude --fix - --stdin-filename gen/x.py").stdout_eq(TWO);
    project.write("aiterlint.toml", b"exclude = ['/gen']\nforce-exclude = true\n");
    project.run("lint --show-files gen/deep/a.py e.py").code(0).stdout_eq("e.py\n");
}

#[test]
fn patterns_of_the_command_line_add() {
    let project =
        Project::new(&[("aiterlint.toml", "exclude = ['a.py']\n"), ("a.py", ""), ("b.py", ""), ("x/c.py", "")]);
    project.run("lint --show-files --exclude b.py").code(0).stdout_eq("x/c.py\n");
    project.run("lint --show-files --exclude /x --exclude !a.py").code(0).stdout_eq("a.py\nb.py\n");
    project.refuses(
        "lint --exclude a[",
        "error: invalid value 'a[' for '--exclude <PATTERN>': this is not a pattern as in .gitignore\n...",
    );
}

#[test]
fn settings_are_shown_for_each_path() {
    let project = Project::new(&[
        ("aiterlint.toml", "ignore = ['all']\n"),
        ("a.py", ""),
        ("x/pyproject.toml", "[tool.aiterlint]\n"),
    ]);
    let run = project.run("lint --show-settings a.py x").code(0).stderr_eq("");
    let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(
        text.contains("Settings for a.py (aiterlint.toml)\n")
            && text.contains("\n\nSettings for x (x/pyproject.toml)\n"),
        "{text}"
    );
    project.refuses("lint --show-settings nowhere", "error: nowhere: there is no such file or folder\n");
    project.refuses("lint --show-files nowhere", "error: nowhere: there is no such file or folder\n");
    project.refuses(
        "lint --show-settings --show-files",
        "error: the argument '--show-settings' cannot be used with '--show-files'\n...",
    );
}

#[test]
fn verbose_tells_what_was_read_and_what_was_not() {
    let project = Project::new(&[
        ("aiterlint.toml", "exclude = ['/gen']\n"),
        ("a.py", TWO),
        ("gen/b.py", ""),
        ("venv/c.py", ""),
        ("mine/pyvenv.cfg", ""),
    ]);
    project.run("lint --verbose --output-format concise").code(1).stdout_eq("a.py:2:[..]\n").stderr_eq(
        "settings: aiterlint.toml for 1 file\n\
         left out: ./gen: excluded by the settings\n\
         left out: ./mine: a virtual environment\n\
         left out: ./venv: never holds code of the project itself\n\
         checked: a.py in [..] ms: 1 mistake, 0 silenced\n\
         found 1 file in [..] ms, checked in [..] ms with [..]\n\
         Found 1 mistake in 1 file.\n",
    );
    project.refuses("lint -v -q", "error: the argument '--verbose' cannot be used with '--quiet'\n...");
}

/// The schema as the program prints it, without the names of the rules: those change with every rule.
fn without_rules(text: &str) -> serde_json::Value {
    let mut schema: serde_json::Value = serde_json::from_str(text).unwrap();
    schema["definitions"]["rule"]["enum"] = serde_json::Value::Null;
    schema
}

#[test]
fn the_schema_is_shipped_and_says_what_the_reader_says() {
    let project = Project::new(&[]);
    let run = project.run("config schema").code(0).stderr_eq("");
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.schema.json");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(shipped, &text).unwrap();
    }
    let old = std::fs::read_to_string(shipped).unwrap_or("{\"definitions\": {\"rule\": {}}}".to_string());
    assert_eq!(without_rules(&old), without_rules(&text), "BLESS=1 cargo test --test cli schema writes {shipped}");

    let schema = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let agree = |settings: &str| {
        project.write("aiterlint.toml", settings.as_bytes());
        let is_read = project.run("lint --show-files .").get_output().status.code() == Some(0);
        let value: toml::Table = settings.parse().unwrap();
        let is_valid = schema.is_valid(&serde_json::to_value(value).unwrap());
        assert_eq!(is_read, is_valid, "{settings}");
        is_valid
    };
    project.write("a.py", b"");
    project.write("base.toml", b"");
    // Every example that anybody could copy.
    for document in ["README.md", "docs/ci.md"] {
        let path = format!("{}/{document}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let examples = text.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap_or_default());
        for example in examples.filter(|example| example.contains("[tool.aiterlint]")) {
            let value: toml::Table = example.parse().unwrap();
            let value = serde_json::to_value(&value["tool"]["aiterlint"]).unwrap();
            let wrong: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{document}: {wrong:?}\n{example}");
        }
    }
    let every_key = "select = ['all']\nextend-select = ['await-aiter']\nignore = []\ntarget-version = '3.10'\n\
                     error-on = 'warning'\ninclude = ['*.py']\nexclude = ['x']\nforce-exclude = true\n\
                     extend = 'base.toml'\nrules = { await-aiter = 'off' }\nper-file = { 'x/*' = { ignore = ['all'] } }\n";
    assert!(agree(every_key));
    for wrong in [
        "x = 1",
        "select = 'all'",
        "ignore = ['zzz']",
        "rules = { zzz = 'off' }",
        "rules = { await-aiter = 'loud' }",
        "rules = { all = 'off' }",
        "target-version = '2.7'",
        "error-on = 'off'",
        "force-exclude = 'yes'",
        "extend = 1",
        "per-file = { x = { exclude = [] } }",
    ] {
        assert!(!agree(wrong), "{wrong}");
    }
}
