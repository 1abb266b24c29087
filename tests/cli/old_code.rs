//! Living with code that was there before: comments that silence, a baseline, and only what has changed.

use std::process::Command;

use super::project::Project;

/// Two findings of one rule, one on each line, and one that has a fix.
const OLD: &str = "\
async def f(a):
    return aiter(a, 1), aiter(a, 2)


class Ticks:
    async def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

const OLD_COUNT: &str = "Found 3 mistakes in 1 file; 1 fixable with --fix.\n";

pub fn git(project: &Project, arguments: &str) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]);
    command.args(["-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"]);
    let output = command.args(arguments.split(' ')).current_dir(project.path(".")).output().expect("git is there");
    assert!(output.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn comments_are_written_for_what_is_there() {
    let project = Project::new(&[("a.py", OLD), ("b.py", "x = 1\n")]);
    project
        .run("lint --add-ignore --diff")
        .code(1)
        .stderr_eq("Would silence 3 mistakes in 1 file; none left.\n")
        .stdout_eq(
            "--- a.py\n+++ a.py\n...\n+    return aiter(a, 1), aiter(a, 2)  # aiterlint: ignore[aiter-two-args]\n...",
        );
    assert_eq!(project.read("a.py"), OLD);
    project.run("lint --add-ignore").code(0).stdout_eq("").stderr_eq("Silenced 3 mistakes in 1 file; none left.\n");
    let silent = OLD
        .replace("aiter(a, 2)", "aiter(a, 2)  # aiterlint: ignore[aiter-two-args]")
        .replace("__aiter__(self):", "__aiter__(self):  # aiterlint: ignore[aiter-is-coroutine]");
    assert_eq!(project.read("a.py"), silent);
    project.checks("lint", 2);
    project.run("lint --add-ignore").code(0).stderr_eq("No mistakes found in 2 files.\n");
    assert_eq!(project.read("a.py"), silent);
}

#[test]
fn a_reason_goes_with_them_and_into_reports() {
    let project = Project::new(&[("a.py", OLD)]);
    project.command("lint").arg("--add-ignore=from before 2026").assert().code(0);
    assert_eq!(project.read("a.py").matches("]: from before 2026\n").count(), 2);
    let sarif = project.run("lint --output-format sarif").code(0);
    let sarif: serde_json::Value = serde_json::from_slice(&sarif.get_output().stdout).unwrap();
    let suppressions = serde_json::json!([{"kind": "inSource", "justification": "from before 2026"}]);
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"], suppressions);
    let refused = "error: invalid value '#1' for '--add-ignore[=<REASON>]': a reason is one line without `#`\n...";
    project.refuses("lint --add-ignore=#1", refused);
    project.refuses(
        "lint --add-ignore --fix",
        "error: the argument '--add-ignore[=<REASON>]' cannot be used with[..]\n...",
    );
}

#[test]
fn standard_input_comes_back_with_comments() {
    let project = Project::new(&[]);
    let silenced = project.command("lint --add-ignore -").stdin("x = aiter(1, 2)\n").assert();
    silenced.code(0).stdout_eq("x = aiter(1, 2)  # aiterlint: ignore[aiter-two-args]\n");
}

#[test]
fn comments_that_are_of_no_use_are_found_and_removed() {
    let text = "x = 1  # aiterlint: ignore[aiter-two-args]\n# aiterlint: off[no-such-rule]\ny = 1\n# aiterlint: on\n";
    let project = Project::new(&[("a.py", text)]);
    project.run("lint --output-format concise").code(1).stdout_eq(
        "\
a.py:1:8: warning[unused-ignore] this comment silences nothing [*]
a.py:2:18: warning[unknown-rule] no rule is called `no-such-rule` [*]
",
    );
    project.run("lint --fix").code(0).stderr_eq("Fixed 3 mistakes in 1 file; none left.\n");
    assert_eq!(project.read("a.py"), "x = 1\ny = 1\n");
}

#[test]
fn a_baseline_knows_what_was_there() {
    let project = Project::new(&[("src/a.py", OLD)]);
    project.refuses(
        "lint --baseline ci/known.json",
        "error: ci/known.json: there is no such baseline; --update-baseline writes it\n",
    );
    project
        .run("lint --baseline ci/known.json --update-baseline")
        .code(0)
        .stdout_eq("")
        .stderr_eq("ci/known.json has 3 mistakes in 1 file.\n");
    let written = project.read("ci/known.json");
    let content: serde_json::Value = serde_json::from_str(&written).unwrap();
    let counts = content["files"]["../src/a.py"].as_object().unwrap();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["aiter-is-coroutine", "aiter-two-args"]);
    assert_eq!(counts["aiter-two-args"].as_object().unwrap().values().collect::<Vec<_>>(), [2]);

    let known = "No new mistakes found in 1 file; the baseline knows 3.\n";
    project.run("lint --baseline ci/known.json").code(0).stdout_eq("").stderr_eq(known);
    // From wherever it is asked, and however the paths are written.
    let below = project.command("lint --baseline ../ci/known.json .").current_dir(project.path("src")).assert();
    below.code(0).stderr_eq(known);
    let by_variable = project.command("lint ./src/../src").env("AITERLINT_BASELINE", "./ci/known.json").assert();
    by_variable.code(0).stderr_eq(known);

    // Code that moves stays known, within its file and with it.
    project.write("src/a.py", format!("import os\n\n\nif os:\n{}", OLD.replace("    ", "  ")).as_bytes());
    std::fs::rename(project.path("src/a.py"), project.path("src/b.py")).unwrap();
    project.write("src/b.py", format!("import os\n\n\n{OLD}").as_bytes());
    project.run("lint --baseline ci/known.json").code(0).stderr_eq(known);

    // What is new fails, also when it looks like what is known.
    project.write("src/b.py", format!("{OLD}\nasync def g(a):\n    return aiter(a, 1), aiter(a, 2)\n").as_bytes());
    let new = project.run("lint --baseline ci/known.json --output-format concise").code(1);
    new.stdout_eq("src/b.py:13:12: [..]\nsrc/b.py:13:25: [..]\n")
        .stderr_eq("Found 2 mistakes in 1 file, besides 3 in the baseline.\n");
    let sarif = project.run("lint --baseline ci/known.json --output-format sarif").code(1);
    let sarif: serde_json::Value = serde_json::from_slice(&sarif.get_output().stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|result| result["suppressions"][0]["kind"] == "external").count(), 3);

    // What is mended is told, and forgotten when somebody says so.
    project.write("src/b.py", b"x = 1\n");
    project.run("lint --baseline ci/known.json").code(0).stderr_eq(
        "No mistakes found in 1 file.\nGone from the baseline: 3 mistakes; write it anew with --update-baseline.\n",
    );
    project.run("lint --baseline ci/known.json --update-baseline").code(0);
    assert_eq!(project.read("ci/known.json"), "{\n  \"version\": 1,\n  \"files\": {}\n}\n");
}

#[test]
fn a_baseline_keeps_what_a_run_does_not_look_at() {
    let project = Project::new(&[("a.py", OLD), ("b.py", OLD)]);
    project
        .run("lint --baseline known.json --update-baseline")
        .code(0)
        .stderr_eq("known.json has 6 mistakes in 2 files.\n");
    let before = project.read("known.json");
    project.run("lint a.py --baseline known.json --update-baseline").code(0);
    project.run("lint --select aiter-two-args --baseline known.json --update-baseline").code(0);
    assert_eq!(project.read("known.json"), before);
    project
        .run("lint --select aiter-two-args --baseline known.json")
        .code(0)
        .stderr_eq("No new mistakes found[..]knows 4.\n");
    std::fs::remove_file(project.path("b.py")).unwrap();
    project
        .run("lint --fix --baseline known.json --update-baseline")
        .code(0)
        .stderr_eq("known.json has 2 mistakes in 1 file.\n");
}

#[test]
fn a_damaged_baseline_is_refused() {
    let project = Project::new(&[
        ("a.py", OLD),
        ("known.json", "{\n<<<<<<< HEAD\n"),
        ("new.json", "{\"version\": 2, \"files\": {}}"),
    ]);
    let sentence = "error: known.json:2:1: this is no baseline; delete it and write it anew with --update-baseline\n";
    project.refuses("lint --baseline known.json", sentence);
    project.refuses("lint --baseline known.json --update-baseline", sentence);
    project.refuses(
        "lint --baseline new.json",
        "error: new.json: this baseline has the form 2, and this aiterlint knows only 1[..]\n",
    );
    project.refuses(
        "lint --update-baseline",
        "error: the following required arguments were not provided:\n  --baseline <FILE>\n...",
    );
    assert_eq!(project.read("known.json"), "{\n<<<<<<< HEAD\n");
    project.write("folder/a", b"");
    project.refuses("lint --baseline folder", "error: folder: this is a folder, not a file\n");
    project.refuses("lint --baseline a.py/x.json --update-baseline", "error: a.py/x.json: [..]\n");
}

#[test]
fn only_what_has_changed_counts() {
    let project = Project::new(&[("src/a.py", OLD), ("src/b.py", OLD), ("src/c.py", "x = 1\n")]);
    project.refuses("lint --changed", "error: this folder is in no git repository, so nobody knows what has changed\n");
    git(&project, "init -q");
    project.run("lint --changed src/a.py").code(1).stderr_eq(OLD_COUNT);
    git(&project, "add .");
    project.run("lint --changed src/a.py").code(1).stderr_eq(OLD_COUNT);
    git(&project, "commit -q -m one");
    project.run("lint --changed").code(0).stdout_eq("").stderr_eq("No line differs in what there is to check.\n");

    // Another line of the file, a line with a mistake, and a file that git does not know.
    project.write(
        "src/a.py",
        format!("x = 1\n{}", OLD.replace("async def __aiter__(self):", "async def __aiter__(self, ):")).as_bytes(),
    );
    project.write("src/new.py", b"y = aiter(1, 2)\n");
    let changed = ["src/a.py:7:15: [..]aiter-is-coroutine[..]\n", "src/new.py:1:5: [..]\n"];
    let run = project.run("lint --changed --output-format concise").code(1);
    run.stdout_eq(changed.concat()).stderr_eq("Found 2 mistakes in 2 files; 1 fixable with --fix.\n");
    let below = project.command("lint --changed --output-format concise").current_dir(project.path("src")).assert();
    below.code(1).stdout_eq("a.py:7:15: [..]\nnew.py:1:5: [..]\n");
    // What an editor has not saved yet counts as it is.
    let typed = format!("{OLD}y = aiter(1, 2)\n");
    let unsaved =
        project.command("lint --changed - --stdin-filename src/b.py --output-format concise").stdin(typed).assert();
    unsaved.code(1).stdout_eq("src/b.py:11:5: [..]\n");

    // Fixes too leave the rest alone.
    project.write("src/b.py", format!("{OLD}\n\n{}", OLD.replace("Ticks", "Clock")).as_bytes());
    project.run("lint --changed --fix src/b.py").code(1);
    let fixed = project.read("src/b.py");
    assert!(fixed.starts_with(OLD) && fixed.matches("async def __aiter__").count() == 1, "{fixed}");
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let project = Project::new(&[("a.py", OLD), ("b.py", "x = 1\n")]);
    git(&project, "init -q");
    git(&project, "add .");
    git(&project, "commit -q -m one");
    git(&project, "branch feature");
    // Meanwhile somebody mends the old code on main.
    project.write("a.py", b"x = 1\n");
    git(&project, "commit -q -a -m two");
    git(&project, "checkout -q feature");
    git(&project, "mv a.py moved.py");
    project.write("b.py", b"x = aiter(1, 2)\n");
    git(&project, "commit -q -a -m three");
    let run = project.run("lint --since main --output-format concise").code(1);
    run.stdout_eq("b.py:1:5: [..]\n");
    project.run("lint --since main~1 --output-format concise").code(1).stdout_eq("b.py:1:5: [..]\n");
    project.refuses("lint --since nowhere", "error: git knows no revision `nowhere`; a shallow clone may lack it\n");
    project.refuses("lint --since --help", "error: [..]\n...");
    project.refuses(
        "lint --since main --changed",
        "error: the argument '--since <REV>' cannot be used with '--changed'\n...",
    );
}

#[test]
fn a_cause_that_has_changed_counts_for_its_effect() {
    let body = "async def main(source):\n    rows = (x async for x in source)\n    async for row in rows:\n        print(row)\n";
    let project = Project::new(&[("a.py", body)]);
    git(&project, "init -q");
    git(&project, "add .");
    git(&project, "commit -q -m one");
    let twice = body.replace("source)\n", "source)\n    print([row async for row in rows])\n").replacen(
        "main(source)\n    print([row async for row in rows])",
        "main(source)",
        1,
    );
    project.write("a.py", twice.as_bytes());
    project
        .run("lint --changed --output-format concise")
        .code(1)
        .stdout_eq("a.py:4:22: warning[reuse-exhausted] [..]\n");
}

#[test]
fn without_git_nobody_knows_what_has_changed() {
    let project = Project::new(&[("a.py", OLD)]);
    let run = project.command("lint --changed").env("PATH", project.path(".")).assert();
    run.code(2).stderr_eq(
        "error: git cannot be started: there is no such file or folder; without it nobody knows what has changed\n",
    );
}

#[test]
fn a_damaged_repository_is_told_in_git_s_words() {
    let project = Project::new(&[("a.py", OLD)]);
    git(&project, "init -q");
    git(&project, "add .");
    git(&project, "commit -q -m one");
    let tree = Command::new("git").args(["rev-parse", "HEAD^{tree}"]).current_dir(project.path(".")).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    std::fs::remove_file(project.path(&format!(".git/objects/{}/{}", &tree[..2], tree[2..].trim()))).unwrap();
    project.refuses("lint --changed", "error: git refuses: [..]\n");
}
