//! Notebooks: checked cell by cell, and written back with their own formatting.

use super::project::Project;

/// As Jupyter writes it, with what must survive: odd numbers, escapes, outputs, a cell of text, no line end.
const NOTEBOOK: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": ["async def __aiter__(self): \u00e9"]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [{"output_type": "stream", "text": ["1.0e3\n"]}],
   "source": [
    "%matplotlib inline\n",
    "class Ticks:\n",
    "    async def __aiter__(self):\n",
    "        return self\n",
    "\n",
    "    async def __anext__(self):\n",
    "        raise StopAsyncIteration  # \u00fcber"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "files = !ls\n",
    "async def feed():\n",
    "    yield 1\n",
    "\n",
    "print([row async for row in feed()], await anext(feed()))"
   ]
  },
  {
   "cell_type": "code",
   "metadata": {},
   "source": ["for row in feed():\n", "    print(row)\n"]
  },
  {
   "cell_type": "code",
   "metadata": {},
   "source": ["%%bash\n", "for row in feed():"]
  }
 ],
 "metadata": {"kernelspec": {"language": "python", "name": "python3"}, "a": 1.50},
 "nbformat": 4,
 "nbformat_minor": 5
}"##;

fn project() -> Project {
    Project::new(&[("lab/a.ipynb", NOTEBOOK), (".ipynb_checkpoints/a.ipynb", NOTEBOOK)])
}

fn json(project: &Project, arguments: &str) -> serde_json::Value {
    let run = project.run(arguments).code(1);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

#[test]
fn findings_stand_in_cells() {
    let project = project();
    project.run("lint --output-format concise").code(1).stdout_eq(
        "\
lab/a.ipynb:cell 2:3:15: error[aiter-is-coroutine] [..] [*]
lab/a.ipynb:cell 4:1:12: error[sync-for-over-async] [..]
",
    );
    project
        .run("lint --output-format grouped")
        .code(1)
        .stdout_eq("lab/a.ipynb:cell 2\n  3:15 [..]\n\nlab/a.ipynb:cell 4\n  1:12 [..]\n");
    let full = project.run("lint --select sync-for-over-async").code(1);
    full.stdout_eq(
        "\
error[sync-for-over-async]: a plain `for` cannot loop over an async generator
  ┌─ lab/a.ipynb:cell 4:1:12
  │
1 │ for row in feed():
  │            ^^^^^^
  │
  ┌─ lab/a.ipynb:cell 3:2:11
  │
2 │ async def feed():
  │           ---- `feed` is an async generator
  │
  = fix (unsafe): use `async for`

",
    );
    let found = json(&project, "lint --output-format json");
    assert_eq!(
        (&found[0]["path"], &found[0]["cell"], &found[0]["start"]["line"]),
        (&"lab/a.ipynb".into(), &2.into(), &3.into())
    );
    let edit = &found[0]["fix"]["edits"][0];
    assert_eq!((&edit["start"]["line"], &edit["start"]["column"]), (&3.into(), &5.into()));
}

#[test]
fn services_are_told_the_place_in_the_file() {
    let project = project();
    let line = NOTEBOOK.lines().position(|line| line.contains("async def __aiter__(self):\\n")).unwrap() + 1;
    let github = format!(
        "::error title=aiterlint aiter-is-coroutine,file=lab/a.ipynb,line={line},endLine={line},col=20,[..]\n..."
    );
    project.run("lint --output-format github").code(1).stdout_eq(github);
    let sarif = json(&project, "lint --output-format sarif");
    let result = &sarif["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&line.into(), &20.into()));
    let deleted = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"];
    assert_eq!(
        (&deleted["startLine"], &deleted["startColumn"], &deleted["endColumn"]),
        (&line.into(), &10.into(), &16.into())
    );
}

#[test]
fn fixes_change_their_line_and_no_other_byte() {
    let project = project();
    let fixed = NOTEBOOK.replace("\"    async def __aiter__(self):\\n", "\"    def __aiter__(self):\\n");
    let diff = project.run("lint --diff").code(1);
    let diff = String::from_utf8_lossy(&diff.get_output().stdout).into_owned();
    let lines: Vec<&str> = diff.lines().filter(|line| line.starts_with(['-', '+'])).collect();
    let (old, new) = ("-    \"    async def __aiter__(self):\\n\",", "+    \"    def __aiter__(self):\\n\",");
    assert_eq!(lines, ["--- lab/a.ipynb", "+++ lab/a.ipynb", old, new]);
    project.run("lint --fix").code(1).stderr_eq("Fixed 1 mistake in 1 file; 1 left, 1 fixable with --unsafe-fixes.\n");
    assert_eq!(project.read("lab/a.ipynb"), fixed);
    let sent = project.command("lint --fix - --stdin-filename a.ipynb").stdin(NOTEBOOK).assert().code(1);
    assert_eq!(String::from_utf8_lossy(&sent.get_output().stdout), fixed);
    project.run("lint --add-ignore=old").code(0);
    let silent = fixed.replace(
        "feed():\\n\", \"    print",
        "feed():  # aiterlint: ignore[sync-for-over-async]: old\\n\", \"    print",
    );
    assert_eq!(project.read("lab/a.ipynb"), silent);
    project.checks("lint", 1);
}

#[test]
fn a_baseline_and_changed_lines_are_about_the_code() {
    let project = project();
    project.run("lint --baseline known.json --update-baseline").code(0);
    project.write("lab/a.ipynb", NOTEBOOK.replace("\"execution_count\": 1", "\"execution_count\": 2").as_bytes());
    project
        .run("lint --baseline known.json")
        .code(0)
        .stderr_eq("No new mistakes found in 1 file; the baseline knows 2.\n");
    super::old_code::git(&project, "init -q");
    super::old_code::git(&project, "add .");
    super::old_code::git(&project, "commit -q -m one");
    // A cell that is run again has not changed; another line of the cell is another line.
    let run =
        NOTEBOOK.replace("\"execution_count\": 1", "\"execution_count\": 3").replace("print(row)", "print(row, row)");
    project.write("lab/a.ipynb", run.as_bytes());
    project.run("lint --changed").code(0);
    project.write(
        "lab/a.ipynb",
        run.replace("class Ticks:", "class Ticks(object):").replace("aiter__(self)", "aiter__(self, )").as_bytes(),
    );
    project.run("lint --changed --output-format concise").code(1).stdout_eq("lab/a.ipynb:cell 2:3:15: [..]\n");
}

#[test]
fn what_is_no_notebook_is_named_and_skipped() {
    let project = Project::new(&[("a.ipynb", "{\n"), ("b.py", ""), ("c.ipynb", "{\"cells\": [], \"nbformat\": 4}")]);
    let said = "warning: a.ipynb: is no notebook: line 2, column 0; skipped\nNo mistakes found in 2 files.\n";
    project.run("lint").code(0).stderr_eq(said);
    let sent = project.command("lint - --stdin-filename a.ipynb").stdin("{").assert();
    sent.code(2).stderr_eq("error: a.ipynb: is no notebook: line 1, column 1\n");
}

#[test]
fn the_first_line_of_a_cell_may_be_ipython_s() {
    let text = NOTEBOOK.replace("%matplotlib inline", "%%time -n 1");
    let project = Project::new(&[("a.ipynb", &text)]);
    project.run("lint --fix").code(1).stderr_eq("Fixed 1 mistake in 1 file; 1 left, 1 fixable with --unsafe-fixes.\n");
    assert_eq!(
        project.read("a.ipynb"),
        text.replace("    async def __aiter__(self):\\n", "    def __aiter__(self):\\n")
    );
}

#[test]
fn cells_await_at_the_top_and_nowhere_else_without_async() {
    let cell = r#"["async def feed():\n", "    yield 1\n", "for a in feed():\n", "    [b for b in feed()]\n", "next(feed())\n", "class A:\n", "    for c in feed(): pass\n", "def f():\n", "    next(feed())\n"]"#;
    let notebook =
        format!(r#"{{"cells": [{{"cell_type": "code", "source": {cell}}}], "nbformat": 4, "nbformat_minor": 5}}"#);
    let project = Project::new(&[("a.ipynb", &notebook), ("a.py", "async def feed():\n    yield 1\nnext(feed())\n")]);
    let said = project.run("lint a.ipynb --isolated --target-version 3.10").code(1);
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    let ends: Vec<&str> = said.lines().filter(|line| line.contains("  = ")).map(str::trim).collect();
    let expected = [
        "= fix (unsafe): use `async for`",
        "= fix (unsafe): use `async for`",
        "= fix (unsafe): use `await anext(…)`",
        "= help: only `async for` in an `async def` can: this has to move into one",
        "= help: a sync function cannot step an async iterator: this function has to become async first",
    ];
    assert_eq!(ends, expected, "{said}");
    project.run("lint a.ipynb --isolated --target-version 3.10 --select next-on-async --fix --unsafe-fixes").code(1);
    assert!(project.read("a.ipynb").contains(r#""await anext(feed())\n", "class A"#), "{}", project.read("a.ipynb"));
    let said = project.run("lint a.py").code(1);
    said.stdout_eq("...\n  = help: only an `async def` can step an async iterator: this has to move into one\n\n");
}
