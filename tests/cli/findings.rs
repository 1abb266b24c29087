//! Findings from the file to the screen, by mistakes that the rules have known from the start.

use std::process::{Command, Stdio};

use super::project::Project;

const BAD: &str = "\
class Ticks:
    async def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

const GOOD: &str = "\
class Ticks:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

/// A mistake that no fix mends.
const UNFIXABLE: &str = "async def main(agen):\n    return aiter(agen, None)\n";

fn project() -> Project {
    Project::new(&[("src/a.py", BAD), ("src/b.py", GOOD), ("src/c.py", BAD)])
}

fn stdout_of(project: &Project, arguments: &str) -> String {
    String::from_utf8(project.run(arguments).get_output().stdout.clone()).unwrap()
}

#[test]
fn findings_exit_with_one_unless_told_otherwise() {
    let project = project();
    let found = "Found 2 mistakes in 2 files; 2 fixable with --fix.\n";
    project.run("lint").code(1).stderr_eq(found);
    project.run("lint --exit-zero").code(0).stderr_eq(found);
    project.run("lint --quiet").code(1).stderr_eq("");
    project.run("lint src/b.py").code(0).stdout_eq("");
    project.run("lint nowhere").code(2);
    project
        .run("lint src nowhere")
        .code(2)
        .stderr_eq(format!("error: nowhere: there is no such file or folder\n{found}"));
}

#[test]
fn concise_has_a_line_for_each() {
    project().run("lint --output-format concise").code(1).stdout_eq(
        "src/a.py:2:[..]: error[aiter-is-coroutine] [..] [*]\nsrc/c.py:2:[..]: error[aiter-is-coroutine] [..] [*]\n",
    );
}

#[test]
fn full_draws_the_code() {
    project().run("lint src/a.py").code(1).stdout_eq(
        "\
error[aiter-is-coroutine]: [..]
  ┌─ src/a.py:2:[..]
...
2 │ [..]async def __aiter__(self):
...
  = fix (safe): [..]

",
    );
}

#[test]
fn json_has_exactly_its_keys() {
    let project = project();
    let lines = stdout_of(&project, "lint --output-format json-lines");
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let list: Vec<serde_json::Value> = serde_json::from_str(&stdout_of(&project, "lint --output-format json")).unwrap();
    assert_eq!(lines, list);
    assert_eq!(lines.len(), 2);
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&lines[0]), "rule severity message path start end notes fix url");
    assert_eq!(keys(&lines[0]["start"]), "line column");
    assert_eq!(keys(&lines[0]["fix"]), "title safety edits");
    assert_eq!(keys(&lines[0]["fix"]["edits"][0]), "start end text");
    assert_eq!(lines[0]["path"], "src/a.py");
    assert_eq!(lines[0]["rule"], "aiter-is-coroutine");
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["start"]["line"], 2);
    assert!(lines[0]["url"].as_str().unwrap().starts_with("https://docs.python.org/"));
}

#[test]
fn paths_are_shown_as_they_were_given() {
    let project = project();
    let path = |argument: &str| {
        let line = stdout_of(&project, &format!("lint {argument} --output-format json-lines"));
        let finding: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        finding["path"].as_str().unwrap().to_string()
    };
    assert_eq!(path("."), "src/a.py");
    assert_eq!(path("src"), "src/a.py");
    assert_eq!(path("./src"), "./src/a.py");
    assert_eq!(path("./src/c.py"), "./src/c.py");
    let absolute = project.path("src/a.py").to_string_lossy().into_owned();
    assert_eq!(path(&absolute), absolute);
}

#[test]
fn rules_are_chosen_by_name() {
    let project = project();
    project.run("lint --select aiter-is-coroutine").code(1);
    project.run("lint --ignore aiter-is-coroutine").code(0).stdout_eq("");
    project.run("lint --select all --ignore anext-not-awaitable,aiter-is-coroutine").code(0);
    project.run("lint --select anext-not-awaitable").code(0);
    project.run("lint --ignore all --extend-select aiter-is-coroutine").code(1);
    project.refuses(
        "lint --select aiter_is_corutine",
        "error: invalid value 'aiter_is_corutine' for '--select <RULE>': there is no rule `aiter_is_corutine`; did you \
         mean `aiter-is-coroutine`?\n...",
    );
    project.refuses(
        "explain anext_not_awaitabel",
        "error: there is no rule `anext_not_awaitabel`; did you mean `anext-not-awaitable`?\n",
    );
}

#[test]
fn settings_choose_too() {
    let project = project();
    project.write("pyproject.toml", b"[tool.aiterlint]\nignore = ['aiter-is-coroutine']\n");
    project.run("lint").code(0);
    project.run("lint --select aiter-is-coroutine").code(1);
    project.run("lint --isolated").code(1);
    project.write("pyproject.toml", b"[tool.aiterlint.rules]\naiter-is-coroutine = 'warning'\n");
    project
        .run("lint src/a.py --output-format concise")
        .stdout_eq("src/a.py:2:[..]: warning[aiter-is-coroutine] [..]\n");
    project.write("pyproject.toml", b"[tool.aiterlint]\nselect = ['aiter-is-corutine']\n");
    project.refuses(
        "lint",
        "error: pyproject.toml:2:11: there is no rule `aiter-is-corutine`; did you mean `aiter-is-coroutine`?\n",
    );
}

#[test]
fn output_is_sorted_and_the_same_for_any_number_of_threads() {
    let project = Project::new(&[]);
    for number in 0..200 {
        project.write(&format!("pkg{}/m{number}.py", number % 7), BAD.as_bytes());
    }
    for format in ["full", "concise", "json", "json-lines"] {
        let one = stdout_of(&project, &format!("lint --threads 1 --output-format {format}"));
        for threads in [2, 8] {
            assert_eq!(stdout_of(&project, &format!("lint --threads {threads} --output-format {format}")), one);
        }
    }
    let lines = stdout_of(&project, "lint --output-format concise");
    let paths: Vec<&str> = lines.lines().filter_map(|line| line.split(':').next()).collect();
    assert!(paths.len() == 200 && paths.is_sorted());
}

#[test]
fn a_pipe_closed_in_the_middle_ends_quietly() {
    let project = Project::new(&[("a.py", &BAD.repeat(500))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
        .args(["lint", "--output-format", "json", "--no-cache"])
        .current_dir(project.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 100];
    std::io::Read::read_exact(&mut child.stdout.take().unwrap(), &mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn fix_writes_what_is_safe_and_shows_what_is_left() {
    let project = project();
    project.write("src/d.py", UNFIXABLE.as_bytes());
    let fixed = project.run("lint --fix --output-format concise").code(1);
    fixed
        .stdout_eq("src/d.py:2:[..]: error[aiter-two-args] [..]\n")
        .stderr_eq("Fixed 2 mistakes in 2 files; 1 left.\n");
    assert_eq!(project.read("src/a.py"), GOOD);
    assert_eq!(project.read("src/c.py"), GOOD);
    assert_eq!(project.read("src/d.py"), UNFIXABLE);
    project.run("lint --fix src/a.py").code(0).stdout_eq("").stderr_eq("No mistakes found in 1 file.\n");
}

#[test]
fn diff_shows_and_writes_nothing() {
    let project = project();
    project.run("lint --diff").code(1).stderr_eq("Would fix 2 mistakes in 2 files; none left.\n").stdout_eq(
        "\
--- src/a.py
+++ src/a.py
@@ -1,5 +1,5 @@
 class Ticks:
-    async def __aiter__(self):
+    def __aiter__(self):
         return self
 
     async def __anext__(self):
--- src/c.py
+++ src/c.py
@@ -1,5 +1,5 @@
 class Ticks:
-    async def __aiter__(self):
+    def __aiter__(self):
         return self
 
     async def __anext__(self):
",
    );
    assert_eq!(project.read("src/a.py"), BAD);
    project.run("lint --diff --fix src/a.py").code(1);
    assert_eq!(project.read("src/a.py"), BAD);
    project.run("lint --diff --exit-zero").code(0);
    project.run("lint --diff src/b.py").code(0).stdout_eq("");
}

#[test]
fn line_ends_marks_and_encodings_stay() {
    let project = Project::new(&[]);
    let windows = |text: &str| text.replace('\n', "\r\n");
    project.write("windows.py", windows(BAD).as_bytes());
    project.write("mark.py", format!("\u{feff}{BAD}").as_bytes());
    let latin = |text: &str| [b"# coding: latin-1\n# \xe9\n", text.as_bytes()].concat();
    project.write("latin.py", &latin(BAD));
    project.run("lint --fix").code(0).stderr_eq("Fixed 3 mistakes in 3 files; none left.\n");
    assert_eq!(project.read("windows.py"), windows(GOOD));
    assert_eq!(project.read("mark.py"), format!("\u{feff}{GOOD}"));
    assert_eq!(std::fs::read(project.path("latin.py")).unwrap(), latin(GOOD));
}

#[test]
fn what_cannot_be_written_back_as_it_was_is_left_alone() {
    // Shift JIS has two spellings for this sign, and of the text nobody can tell which one it was.
    let bytes = [b"# coding: shift_jis\n# \x87\x90\n", BAD.as_bytes()].concat();
    let project = Project::new(&[]);
    project.write("a.py", &bytes);
    let sentence = "error: a.py: cannot be written back as Shift_JIS unchanged, so it was not fixed\n...";
    project.refuses("lint --fix", sentence);
    assert_eq!(std::fs::read(project.path("a.py")).unwrap(), bytes);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = project();
    let real = project.path("src/a.py");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("src/a.py", project.path("link.py")).unwrap();
    project.run("lint --fix link.py").code(0);
    assert_eq!(project.read("src/a.py"), GOOD);
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(project.path("link.py").symlink_metadata().unwrap().is_symlink());
    // Nothing of the writing is left behind.
    assert_eq!(std::fs::read_dir(project.path("src")).unwrap().count(), 3);

    let locked = project.path("src/c.py");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).unwrap();
    let refused = project.run("lint --fix src/c.py --output-format concise").code(2);
    refused
        .stdout_eq("src/c.py:2:[..]\n")
        .stderr_eq("error: src/c.py: is read-only, so it was not fixed\nFixed 0 mistakes; 1 left.\n");
    assert_eq!(project.read("src/c.py"), BAD);
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let project = Project::new(&[]);
    let fixed = project.command("lint --fix - --stdin-filename a.py").stdin(BAD).assert();
    fixed.code(0).stdout_eq(GOOD).stderr_eq("Fixed 1 mistake in 1 file; none left.\n");
    let both = format!("{BAD}{UNFIXABLE}");
    let fixed = project.command("lint --fix - --output-format concise").stdin(both).assert().code(1);
    fixed
        .stdout_eq(format!("{GOOD}{UNFIXABLE}"))
        .stderr_eq("-:8:[..]: error[aiter-two-args] [..]\nFixed 1 mistake in 1 file; 1 left.\n");
    let found = project.command("lint - --stdin-filename src/x.py --output-format concise").stdin(BAD).assert();
    found.code(1).stdout_eq("src/x.py:2:[..]: error[aiter-is-coroutine] [..] [*]\n");
}

#[test]
fn columns_count_characters() {
    let text = "async def main(数, agen):\n\treturn 数, '𝄞', aiter(agen, None)\n";
    let project = Project::new(&[("a.py", text)]);
    let line = stdout_of(&project, "lint --output-format json-lines");
    let finding: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(finding["start"]["line"], 2);
    let start = finding["start"]["column"].as_u64().unwrap() as usize;
    let end = finding["end"]["column"].as_u64().unwrap() as usize;
    let marked: String = text.lines().nth(1).unwrap().chars().skip(start - 1).take(end - start).collect();
    assert!("aiter(agen, None)".contains(&marked) && !marked.is_empty(), "{marked}");
}

#[test]
fn rules_are_listed_and_explained() {
    let project = Project::new(&[]);
    let list = stdout_of(&project, "rules");
    let summaries: Vec<usize> = list.lines().filter_map(|line| line.find(" fix ")).collect();
    assert!(list.lines().count() >= 5 && summaries.len() == list.lines().count(), "{list}");
    let list: Vec<serde_json::Value> =
        serde_json::from_str(&stdout_of(&project, "rules --output-format json")).unwrap();
    for rule in &list {
        let name = rule["name"].as_str().unwrap();
        assert!(!rule["summary"].as_str().unwrap().contains('\n'), "{name}");
        project.run(&format!("explain {name}")).code(0).stdout_eq(format!("{name}\n\n...")).stderr_eq("");
        let markdown = stdout_of(&project, &format!("explain {name} --output-format markdown"));
        assert!(markdown.starts_with(&format!("# {name}\n\n")) && !markdown.contains("severity = "), "{markdown}");
        let json: serde_json::Value =
            serde_json::from_str(&stdout_of(&project, &format!("explain {name} --output-format json"))).unwrap();
        assert_eq!(json["page"], markdown.as_str());
    }
    assert!(list.iter().any(|rule| rule["name"] == "aiter-is-coroutine" && rule["level"] == "error"));
}

#[test]
fn packages_are_read_where_the_user_says() {
    let feed = "async def feed():\n    yield 1\n";
    let project = Project::new(&[
        ("app/a.py", "from feeds import feed\n\nfor item in feed():\n    print(item)\n"),
        ("env/pyvenv.cfg", ""),
        ("env/bin/python", ""),
        ("env/lib/python3.12/site-packages/feeds.py", feed),
    ]);
    project.checks("lint app", 1);
    for python in ["env", "env/bin/python"] {
        let run = project.run(&format!("lint app --python {python} --output-format concise")).code(1);
        run.stdout_eq("app/a.py:3:13: error[sync-for-over-async] [..]\n");
    }
    project.refuses("lint --python nowhere", "error: --python names `nowhere`, and there is no such file or folder\n");
}

/// The thousand files are the old or the new text, whenever somebody pulls the plug.
#[test]
fn killed_in_the_middle_of_fixing_no_file_is_half_written() {
    // Long enough that a file is not written in one go by chance.
    let padding = "# a line that says nothing, as there are many\n".repeat(20);
    let (old, new) = (format!("{BAD}{padding}"), format!("{GOOD}{padding}"));
    let names: Vec<String> = (0..1000).map(|number| format!("pkg{}/m{number:03}.py", number % 10)).collect();
    let project = Project::new(&[]);
    for name in &names {
        project.write(name, old.as_bytes());
    }
    let mut interrupted = 0;
    for after in [1, 100, 300] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aiterlint"))
            .args(["lint", "--fix", "--quiet", "--threads", "2"])
            .current_dir(project.path("."))
            .spawn()
            .unwrap();
        let length = |name: &String| std::fs::metadata(project.path(name)).unwrap().len();
        let fixed = || names.iter().filter(|name| length(name) == new.len() as u64).count();
        let before = fixed();
        while child.try_wait().unwrap().is_none() && fixed() < before + after {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        child.kill().unwrap();
        interrupted += usize::from(!child.wait().unwrap().success());
        for name in &names {
            let text = project.read(name);
            assert!(text == old || text == new, "{name} is neither the old nor the new text:\n{text}");
        }
    }
    assert!(interrupted > 0, "it was always quicker than this test");
    // Another one that was killed, with certainty.
    project.write("pkg0/.aiterlint-Ab12cd.tmp", b"class Ti");
    project.run("lint --fix").code(0);
    let left = (0..10).flat_map(|number| std::fs::read_dir(project.path(&format!("pkg{number}"))).unwrap());
    let left: Vec<_> =
        left.map(|entry| entry.unwrap().file_name()).filter(|name| !name.to_string_lossy().ends_with(".py")).collect();
    assert!(left.is_empty(), "they lie about: {left:?}");
    assert!(names.iter().all(|name| project.read(name) == new));
}
