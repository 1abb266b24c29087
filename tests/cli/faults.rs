//! Files, folders and machines that are not as they should be: a sentence for each, the rest goes on, nothing is lost.

use std::process::{Command, Output};

use super::project::Project;

const BAD: &str = "\
class Ticks:
    async def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration
";

/// A mistake that no fix mends.
const UNFIXABLE: &str = "async def main(agen):\n    return aiter(agen, None)\n";
const FOUND: &str = "error[aiter-two-args]";

/// A run under what the shell limits first. A write beyond a limit is an error for the program, as on a full disk.
#[cfg(target_os = "linux")]
fn limited(project: &Project, limits: &str, arguments: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_aiterlint");
    Command::new("sh")
        .args(["-c", &format!("trap '' XFSZ; {limits}; exec {program} lint --no-cache --isolated {arguments}")])
        .current_dir(project.path("."))
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap()
}

fn names(project: &Project) -> Vec<String> {
    let entries = std::fs::read_dir(project.path(".")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_deep_or_long_is_checked_like_the_rest() {
    let stairs: String = (0..90).map(|depth| format!("{}async def f(a):\n", " ".repeat(depth))).collect();
    let argument = |inner: &str| format!("async def f(a):\n    return aiter({inner}, 0)\n");
    let project = Project::new(&[
        ("brackets.py", &format!("x = {}{}\n{UNFIXABLE}", "(".repeat(50_000), ")".repeat(50_000))),
        ("unclosed.py", &format!("{UNFIXABLE}x = {}\n", "[".repeat(50_000))),
        ("inside.py", &argument(&format!("{}a{}", "(".repeat(20_000), ")".repeat(20_000)))),
        ("calls.py", &argument(&format!("a{}", ".b()".repeat(10_000)))),
        ("sums.py", &argument(&format!("a{}", "+a".repeat(20_000)))),
        ("stairs.py", &format!("{stairs}{}return aiter(a, 0)\n", " ".repeat(90))),
        ("line.py", &format!("async def f(a):\n    x = '{}'; return aiter(a, 0)\n", "y".repeat(2_000_000))),
    ]);
    let found = project.run("lint --output-format concise --quiet").code(1);
    let found = String::from_utf8(found.get_output().stdout.clone()).unwrap();
    for name in names(&project).iter().filter(|name| name.ends_with(".py")) {
        assert!(found.contains(&format!("{name}:")), "{name} has no finding among\n{found}");
    }
}

/// `FAULTS_MEGABYTES` asks for a larger file, and for as many thousand small ones.
#[test]
fn large_files_and_many_files_are_only_more_of_the_same() {
    let size: usize = std::env::var("FAULTS_MEGABYTES").map_or(2, |size| size.parse().unwrap());
    let line = "value = compute(1, 'two', three=[3, 4])\n";
    let project = Project::new(&[("large.py", &format!("{}{UNFIXABLE}", line.repeat(size * 1_000_000 / line.len())))]);
    for number in 0..size * 1000 {
        project.write(&format!("pkg{}/m{number}.py", number % 10), line.as_bytes());
    }
    let found = project.run("lint --output-format concise").code(1);
    found.stdout_eq("large.py:[..]: error[aiter-two-args] [..]\n").stderr_eq("Found 1 mistake in 1 file.\n");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new(&[("a.py", "")]);
    let folder = project.path(".").join(OsStr::from_bytes(b"caf\xe9"));
    let file = folder.join(OsStr::from_bytes(b"n\xff.py"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(&file, format!("{BAD}{UNFIXABLE}")).unwrap();
    for format in ["concise", "json", "sarif", "junit", "github"] {
        let found = project.run(&format!("lint --output-format {format}")).code(1);
        assert!(String::from_utf8(found.get_output().stdout.clone()).unwrap().contains("caf"), "{format}");
    }
    project.run("lint --fix").code(1).stderr_eq("Fixed 1 mistake in 1 file; 1 left.\n");
    assert_eq!(std::fs::read_to_string(file).unwrap(), format!("{}{UNFIXABLE}", BAD.replacen("async ", "", 1)));
}

#[test]
fn files_may_go_and_change_while_they_are_read() {
    let project = Project::new(&[("stays.py", UNFIXABLE)]);
    let name = |number: u32| format!("pkg{}/m{number}.py", number % 7);
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                for number in 0..200 {
                    match (number + round) % 3 {
                        0 => drop(std::fs::remove_file(project.path(&name(number)))),
                        1 => project.write(&name(number), BAD.as_bytes()),
                        _ => project.write(&name(number), &[BAD.as_bytes(), UNFIXABLE.as_bytes()].concat()),
                    }
                }
                round += 1;
            }
        });
        let outputs: Vec<Output> =
            (0..10).map(|_| project.run("lint --output-format concise").get_output().clone()).collect();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        for output in outputs {
            let (found, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(matches!(output.status.code(), Some(1 | 2)), "{said}");
            assert!(found.contains(&format!("stays.py:2:12: {FOUND}")), "{found}\n{said}");
            assert!(!said.contains("panic"), "{said}");
            let is_sentence = |line: &str| line.starts_with("error: pkg") || line.starts_with("Found ");
            assert!(said.lines().all(is_sentence), "{said}");
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_every_file_as_it_was() {
    let project = Project::new(&[("a.py", BAD), ("b.py", BAD), ("c.py", UNFIXABLE)]);
    for arguments in ["--fix", "--add-ignore", "--baseline known.json --update-baseline", "--output-file out.txt"] {
        let output = limited(&project, "ulimit -f 0", &format!("{arguments} --output-format concise"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains("error: ") && said.contains("file too large"), "{arguments}: {said}");
        assert!(!said.contains("panic"), "{arguments}: {said}");
        assert_eq!((project.read("a.py"), project.read("b.py")), (BAD.to_string(), BAD.to_string()));
        assert_eq!(project.read("c.py"), UNFIXABLE);
    }
    // Nothing half written stays beside them; a report is its user's own file, and empty.
    let left: Vec<String> = names(&project).into_iter().filter(|name| name != "out.txt").collect();
    assert_eq!(left, ["a.py", "b.py", "c.py"]);
}

#[cfg(target_os = "linux")]
#[test]
fn few_open_files_are_enough() {
    let project = Project::new(&[("a.py", UNFIXABLE)]);
    for number in 0..500 {
        project.write(&format!("pkg{}/deep/m{number}.py", number % 50), b"x = 1\n");
    }
    let output = limited(&project, "ulimit -n 16", "--output-format concise");
    assert!(String::from_utf8_lossy(&output.stdout).contains(FOUND));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "Found 1 mistake in 1 file.\n");
}

/// Without memory no program goes on; what counts is that no file is harmed.
#[cfg(target_os = "linux")]
#[test]
fn without_memory_it_ends_with_a_sentence_and_no_file_is_harmed() {
    let large = BAD.repeat(50_000);
    let project = Project::new(&[("a.py", &large)]);
    let output = limited(&project, "ulimit -v 120000", "--fix --threads 1");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.starts_with("memory allocation of ") && said.lines().count() <= 2, "{said}");
    assert!(project.read("a.py") == large);
    assert_eq!(names(&project), ["a.py"]);
}
