//! The formats for other programs: each held against what its readers ask for, and where reports go.

use serde_json::Value;

use super::project::Project;

const BAD: &str = "\
class Ticks:
    async def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

/// A mistake in each of two files, one of which has a second that is silenced.
fn project() -> Project {
    let silenced = "async def main(agen):\n    return aiter(agen, 0)  # aiterlint: ignore[aiter-two-args] it is ours\n";
    Project::new(&[("src/a.py", BAD), ("src/odd name é.py", &format!("{BAD}{silenced}"))])
}

fn output(project: &Project, arguments: &str, status: i32) -> String {
    let run = project.run(arguments).code(status).stderr_eq("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn check_schema(schema: &str, report: &str) -> Value {
    let path = format!("{}/tests/schemas/{schema}", env!("CARGO_MANIFEST_DIR"));
    // One pattern of SARIF's schema has a bracket too many, and is no regular expression to everybody.
    let schema = std::fs::read_to_string(path).unwrap().replace("{2}]?$", "{2}?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let report: Value = serde_json::from_str(report).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(wrong, [""; 0], "{report:#}");
    report
}

#[test]
fn sarif_keeps_to_its_schema_and_keeps_what_is_silenced() {
    let project = project();
    let report = check_schema("sarif-2.1.0.json", &output(&project, "lint --output-format sarif", 1));
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let address = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!((address(&results[0]), address(&results[1])), ("src/a.py".into(), "src/odd%20name%20%C3%A9.py".into()));
    assert_eq!(results[2]["suppressions"], serde_json::json!([{"kind": "inSource", "justification": "it is ours"}]));
    assert!(results[0]["fixes"][0]["artifactChanges"].is_array() && results[0].get("suppressions").is_none());
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["help"]["markdown"].as_str().unwrap().contains("## Why")));

    check_schema("sarif-2.1.0.json", &output(&Project::new(&[("a.py", "")]), "lint --output-format sarif", 0));
}

#[test]
fn gitlab_s_report_is_a_list_of_issues() {
    let project = project();
    let report = check_schema("gitlab-code-quality.json", &output(&project, "lint --output-format gitlab ./src", 1));
    assert_eq!(report[0]["location"]["path"], "src/a.py");
    let empty = Project::new(&[("a.py", "")]);
    assert_eq!(
        check_schema("gitlab-code-quality.json", &output(&empty, "lint --output-format gitlab", 0)),
        Value::Array(vec![])
    );
}

#[test]
fn reviewdog_s_report_has_its_parts() {
    let report = check_schema("rdjson.json", &output(&project(), "lint --output-format rdjson", 1));
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 2);
}

#[test]
fn junit_s_report_is_read_by_its_reader() {
    let read = |text: &str| quick_junit::Report::deserialize_from_str(text).unwrap();
    let report = read(&output(&project(), "lint --output-format junit", 1));
    assert_eq!((report.tests, report.failures, report.errors), (2, 2, 0));
    let report = read(&output(&Project::new(&[("a.py", "")]), "lint --output-format junit", 0));
    assert_eq!((report.tests, report.failures), (1, 0));
}

#[test]
fn checkstyle_s_report_is_xml() {
    let text = output(&project(), "lint --output-format checkstyle", 1);
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut files, mut errors) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == b"file" => files += 1,
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == b"error" => errors += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((files, errors), (2, 2));
}

#[test]
fn the_formats_of_jobs_have_a_line_for_each() {
    let project = project();
    project.run("lint src/a.py --output-format github").code(1).stderr_eq("").stdout_eq(
        "::error title=aiterlint aiter-is-coroutine,file=src/a.py,line=2,endLine=2,col=[..],endColumn=[..]::\
         src/a.py:2:[..]: error[aiter-is-coroutine] [..]\n",
    );
    project.run("lint src/a.py --output-format azure").code(1).stderr_eq("").stdout_eq(
        "##vso[task.logissue type=error;sourcepath=src/a.py;linenumber=2;columnnumber=[..];\
         code=aiter-is-coroutine;][..]\n",
    );
    project
        .run("lint src/a.py --output-format pylint")
        .code(1)
        .stderr_eq("")
        .stdout_eq("src/a.py:2: [aiter-is-coroutine] [..]\n");
    project
        .run("lint src/a.py --output-format grouped")
        .code(1)
        .stdout_eq("src/a.py\n  2:[..]  error[aiter-is-coroutine] [..] [*]\n");
}

#[test]
fn paths_begin_where_the_service_has_the_repository() {
    let project = project();
    let path = |variable: &str, format: &str| {
        let root = std::fs::canonicalize(project.path(".")).unwrap();
        let command = project.command(&format!("lint a.py --output-format {format}"));
        let run = command.env(variable, root).current_dir(project.path("src")).assert().code(1);
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    assert!(path("GITHUB_WORKSPACE", "github").contains("file=src/a.py,"));
    assert!(path("CI_PROJECT_DIR", "gitlab").contains("\"path\": \"src/a.py\""));
    assert!(path("BUILD_SOURCESDIRECTORY", "azure").contains("sourcepath=src/a.py;"));
}

#[test]
fn several_reports_at_once() {
    let project = project();
    let run = project.run("lint --output-format sarif=out/r.sarif --output-format junit=j.xml --output-format concise");
    run.code(1)
        .stdout_eq("src/a.py:2:[..]\nsrc/odd name é.py:2:[..]\n")
        .stderr_eq("Found 2 mistakes in 2 files; [..]\n");
    assert!(project.read("out/r.sarif").starts_with("{\n") && project.read("j.xml").starts_with("<?xml"));
    // Everything to files: then only how it went is printed.
    let found = "Found 2 mistakes in 2 files; 2 fixable with --fix.\n";
    project.run("lint --output-format gitlab=g.json").code(1).stdout_eq("").stderr_eq(found);
    project.run("lint --output-format gitlab=g.json -q").code(1).stdout_eq("").stderr_eq("");
    assert!(project.read("g.json").starts_with("[\n"));
}

#[test]
fn output_file_takes_the_format_without_a_path() {
    let project = project();
    let found = "Found 2 mistakes in 2 files; 2 fixable with --fix.\n";
    project.run("lint --output-file out.txt --color always").code(1).stdout_eq("");
    assert!(project.read("out.txt").starts_with("error[aiter-is-coroutine]: "));
    project.run("lint --output-file deep/er/out.json --output-format json").code(1).stdout_eq("").stderr_eq(found);
    assert!(project.read("deep/er/out.json").starts_with("[\n"));
    let run = project.command("lint").env("AITERLINT_OUTPUT_FORMAT", "concise").env("AITERLINT_OUTPUT_FILE", "e.txt");
    run.assert().code(1).stdout_eq("");
    assert!(project.read("e.txt").starts_with("src/a.py:2:"));
}

#[test]
fn fixes_and_reports_go_together() {
    let project = project();
    project.run("lint --fix --output-format json=left.json src/a.py").code(0).stdout_eq("");
    assert_eq!(project.read("left.json"), "[]\n");
    let run = project.command("lint --fix - --output-format json=left.json").stdin(BAD).assert().code(0);
    run.stdout_eq(BAD.replace("async def __aiter__", "def __aiter__"));
}

#[test]
fn reports_that_do_not_go_together_are_refused() {
    let project = project();
    project.refuses(
        "lint --output-format full --output-format json",
        "error: `full` and `json` cannot both go to one place; give one of them a file, as in `--output-format \
         json=PATH`\n",
    );
    project.refuses(
        "lint --output-format json=a --output-file b",
        "error: --output-file is for a format without a path, and each has one\n",
    );
    project.refuses(
        "lint --output-format json=a --output-format sarif=a",
        "error: two reports cannot both be written to `a`\n",
    );
    project.refuses("lint --output-format sarif=", "error: `sarif=` names no file; write `sarif=PATH`\n...");
    project.refuses("lint --output-format sarf=a", "error: invalid value 'sarf'[..]\n...\n  tip: [..]'sarif'\n...");
    project.refuses(
        "lint --output-file src",
        "error: src: cannot be written: this is a folder, not a file\nFound 2 mistakes in 2 files; [..]\n",
    );
}

#[test]
fn rule_names_are_links_where_the_terminal_knows_them() {
    let project = project();
    let text = |arguments: &str, force: &str| {
        let run = project.command(arguments).env("FORCE_HYPERLINK", force).assert().code(1);
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    let link = "\u{1b}]8;;https://docs.python.org/";
    for format in ["full", "concise", "grouped"] {
        let arguments = format!("lint src/a.py --output-format {format}");
        assert!(text(&format!("{arguments} --color always"), "1").contains(link), "{format}");
        assert!(!text(&format!("{arguments} --color always"), "0").contains(link), "{format}");
        assert!(!text(&arguments, "1").contains('\u{1b}'), "{format}");
    }
}
