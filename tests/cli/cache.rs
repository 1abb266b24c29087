//! The cache: it saves time, and never changes what is found.

use std::path::PathBuf;

use super::project::Project;

/// Whether `loop.py` has a finding hangs on the end of a chain of imports.
fn chain() -> Project {
    Project::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/loop.py", "from .middle import feed\n\nfor item in feed():\n    print(item)\n"),
        ("pkg/middle.py", "from .end import feed\n"),
        ("pkg/end.py", "async def feed():\n    yield 1\n"),
        ("pkg/alone.py", "async def f(a):\n    return aiter(a, 1)  # aiterlint: ignore[aiter-two-args]: it is so\n"),
    ])
}

const LINT: &str = "lint --output-format concise --cache-dir cache";
const FOUND: &str = "pkg/loop.py:3:13: error[sync-for-over-async] [..]\n";

/// The one file of the cache.
fn file(project: &Project) -> PathBuf {
    let mut files = std::fs::read_dir(project.path("cache")).unwrap();
    let file = files.next().expect("there is a cache").unwrap().path();
    assert!(files.next().is_none(), "there is one file for each folder");
    file
}

#[test]
fn what_is_kept_is_what_is_found() {
    let project = chain();
    for format in ["full", "json", "sarif", "grouped"] {
        let said = |flags: &str| {
            let run = project.run(&format!("lint --output-format {format} {flags}")).code(1);
            String::from_utf8(run.get_output().stdout.clone()).unwrap()
        };
        let first = said("--cache-dir cache");
        assert_eq!(first, said("--cache-dir cache"));
        assert_eq!(first, said("--no-cache"));
    }
}

/// That the cache is used at all shows when it is made to tell a lie.
#[test]
fn it_is_used() {
    let project = Project::new(&[("a.py", "async def f(a):\n    return aiter(a, 1)\n")]);
    project.run(LINT).code(1);
    let bytes = std::fs::read(file(&project)).unwrap();
    let content = &bytes[16..];
    let at = content.windows(7).position(|part| part == b"exactly").expect("the message is in it");
    let mut lie = content.to_vec();
    lie[at..at + 7].copy_from_slice(b"roughly");
    let sum = aiterlint::fingerprint::of_bytes(&lie);
    std::fs::write(file(&project), [sum.as_bytes(), &lie].concat()).unwrap();
    project
        .run(LINT)
        .code(1)
        .stdout_eq("a.py:2:12: error[aiter-two-args] `aiter` takes roughly one argument (2 given)\n");
    // Not for other settings, not when nobody wants it, and not for another text.
    let exact = "[..]:2:12: [..]exactly[..]\n";
    project.run(&format!("{LINT} --target-version 3.12")).code(1).stdout_eq(exact);
    project.command(LINT).env("AITERLINT_NO_CACHE", "1").assert().code(1).stdout_eq(exact);
    std::fs::write(file(&project), [sum.as_bytes(), &lie].concat()).unwrap();
    project.write("a.py", b"async def f(b):\n    return aiter(b, 1)\n");
    project.run(LINT).code(1).stdout_eq(exact);
}

#[test]
fn a_finding_never_outlives_its_cause_elsewhere() {
    let project = chain();
    project.run(LINT).code(1).stdout_eq(FOUND);
    project.run(LINT).code(1).stdout_eq(FOUND);
    let end = project.read("pkg/end.py");
    let middle = project.read("pkg/middle.py");
    let goes_and_comes_back = |path: &str, without: Option<&str>, with: &str| {
        match without {
            Some(text) => project.write(path, text.as_bytes()),
            None => std::fs::remove_file(project.path(path)).unwrap(),
        }
        project.run(LINT).code(0).stdout_eq("");
        project.run(LINT).code(0).stdout_eq("");
        project.write(path, with.as_bytes());
        project.run(LINT).code(1).stdout_eq(FOUND);
        project.run(LINT).code(1).stdout_eq(FOUND);
    };
    // At the end of the chain, in its middle, and files that come and go.
    goes_and_comes_back("pkg/end.py", Some("def feed():\n    yield 1\n"), &end);
    goes_and_comes_back("pkg/middle.py", Some("from elsewhere import feed\n"), &middle);
    goes_and_comes_back("pkg/end.py", None, &end);
    goes_and_comes_back("pkg/middle.py", None, &middle);
    // Also when meanwhile only a part was checked.
    project.write("pkg/end.py", b"def feed():\n    yield 1\n");
    project.run(&format!("{LINT} pkg/middle.py pkg/end.py pkg/alone.py")).code(0);
    project.run(LINT).code(0).stdout_eq("");
    // A package that comes before the module of that name.
    project.write("pkg/end.py", end.as_bytes());
    project.run(LINT).code(1).stdout_eq(FOUND);
    project.write("pkg/end/__init__.py", b"def feed():\n    yield 1\n");
    project.run(LINT).code(0).stdout_eq("");
}

#[test]
fn a_cause_may_appear_elsewhere() {
    let project = chain();
    std::fs::remove_file(project.path("pkg/end.py")).unwrap();
    project.run(LINT).code(0).stdout_eq("");
    project.write("pkg/end.py", b"async def feed():\n    yield 1\n");
    project.run(LINT).code(1).stdout_eq(FOUND);
}

#[test]
fn settings_and_environments_count_too() {
    let project = Project::new(&[
        ("a.py", "import asyncio\nfrom feeds import feed\n\nfor item in feed():\n    print(item)\n"),
        ("other/feeds.py", "def feed():\n    yield 1\n"),
    ]);
    let found = "a.py:4:13: error[sync-for-over-async] [..]\n";
    project.run(LINT).code(0);
    project.write(".venv/pyvenv.cfg", b"");
    project.write(".venv/lib/python3.12/site-packages/feeds.py", b"async def feed():\n    yield 1\n");
    project.run(LINT).code(1).stdout_eq(found);
    // What the project has itself comes first.
    project.write("feeds.py", b"def feed():\n    yield 1\n");
    project.run(LINT).code(0);
    std::fs::remove_file(project.path("feeds.py")).unwrap();
    project.run(LINT).code(1).stdout_eq(found);
    project.write("pyproject.toml", b"[tool.aiterlint]\nignore = ['sync-for-over-async']\n");
    project.run(LINT).code(0);
    project.write("pyproject.toml", b"[tool.aiterlint.rules]\nsync-for-over-async = 'info'\n");
    project.run(LINT).code(1).stdout_eq("a.py:4:13: info[sync-for-over-async] [..]\n");
    // Named as its own folder names it, it is another file.
    let below =
        project.command("lint ../a.py --output-format concise --cache-dir ../cache").current_dir(project.path("other"));
    below.assert().code(1).stdout_eq("../a.py:4:13: info[..]\n");
}

#[test]
fn what_is_damaged_is_dropped_with_a_word() {
    let project = chain();
    project.run(LINT).code(1);
    let path = file(&project);
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&whole[..whole.len() / 2], &flipped, &b""[..], &[b'x'; 40]] {
        std::fs::write(&path, damaged).unwrap();
        let run = project.run(LINT).code(1).stdout_eq(FOUND);
        run.stderr_eq("warning: cache/[..]: this cache was damaged, and is begun anew\nFound 1 mistake in 1 file.\n");
        project.run(LINT).code(1).stdout_eq(FOUND).stderr_eq("Found 1 mistake in 1 file.\n");
    }
}

#[test]
fn several_processes_may_use_it_at_once() {
    let project = chain();
    for number in 0..50 {
        project.write(&format!("many/m{number:02}.py"), b"async def f(a):\n    return aiter(a, 1)\n");
    }
    let expected = project.run(&format!("{LINT} --no-cache")).code(1).get_output().stdout.clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    let run = project.run(LINT).code(1).stderr_eq("Found 51 mistakes in 51 files.\n");
                    assert_eq!(run.get_output().stdout, expected);
                }
            });
        }
    });
    file(&project);
}

#[test]
fn where_nothing_can_be_kept_nothing_is_said() {
    let project = chain();
    project.write("taken", b"");
    let lint = LINT.replace("cache-dir cache", "cache-dir taken/x");
    project.run(&lint).code(1).stdout_eq(FOUND).stderr_eq("Found 1 mistake in 1 file.\n");
}

#[test]
fn it_can_be_removed() {
    let project = chain();
    project.run("clean --cache-dir cache").code(0).stderr_eq("There is no cache in cache.\n");
    project.run(LINT).code(1);
    project.write("cache/mine.txt", b"");
    project.run("clean --cache-dir cache").code(0).stderr_eq("Removed 1 cache from cache.\n");
    assert!(project.path("cache/mine.txt").exists());
    // In the user's own folder, where it is without a word.
    project.run("lint").code(1);
    let told = project.run("clean").code(0).stdout_eq("");
    told.stderr_eq("Removed 1 cache from [..]no-home/aiterlint.\n");
    assert!(!project.path("no-home/aiterlint").exists());
    project.refuses("clean --cache-dir pkg/end.py", "error: pkg/end.py: the cache cannot be removed: [..]\n");
    let homeless =
        project.command("clean").env_remove("HOME").env_remove("XDG_CACHE_HOME").env_remove("LOCALAPPDATA").assert();
    homeless.code(2).stderr_eq("error: this user has no folder for caches; name it with --cache-dir\n");
}

/// A file is not read again that nobody has touched; whoever sets the clock back has touched it.
#[cfg(unix)]
#[test]
fn nobody_touches_a_file_in_secret() {
    let project = chain();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let write = |path: &str, text: &str| {
        project.write(path, text.as_bytes());
        std::fs::File::options().write(true).open(project.path(path)).unwrap().set_modified(old).unwrap();
    };
    let (one, other) = ("async def feed():\n    yield 1\n", "def feed():\n    yield 1, 2, 3\n");
    assert_eq!(one.len(), other.len(), "only the content tells them apart");
    for (text, found) in [(one, FOUND), (other, ""), (one, FOUND)] {
        write("pkg/end.py", text);
        // What is as new as the run is not trusted; the second run waits until it is older.
        for wait in [0, 3] {
            std::thread::sleep(std::time::Duration::from_secs(wait));
            project.run(LINT).stdout_eq(found);
            project.run(LINT).stdout_eq(found);
        }
    }
}

/// What the settings say about other people's code counts, wherever they stand.
#[test]
fn what_settings_say_of_others_counts_too() {
    let project = Project::new(&[
        ("a.py", "from helpers import feed\n\nfor item in feed():\n    print(item)\n"),
        ("helpers.py", "from nowhere import feed\n"),
    ]);
    project.run(LINT).code(0);
    project.write("pyproject.toml", b"[tool.aiterlint.kinds]\n'nowhere.feed' = 'one-pass'\n");
    project.run(LINT).code(1).stdout_eq("a.py:3:13: error[sync-for-over-async] [..]\n");
    project.write("pyproject.toml", b"[tool.aiterlint.kinds]\n'nowhere.feed' = 'iterable'\n");
    project.run(LINT).code(0);
}

/// A run over a part keeps what is known about the rest: also where a module may appear.
#[test]
fn a_part_does_not_forget_where_the_rest_was_looked_for() {
    let project = chain();
    project.write("other/alone.py", b"async def f(a):\n    print(a)\n");
    project.run(LINT).code(1).stdout_eq(FOUND);
    // By now everything is older than a run, and recognised without being read.
    std::thread::sleep(std::time::Duration::from_secs(3));
    project.run(LINT).code(1).stdout_eq(FOUND);
    project.run(&format!("{LINT} --target-version 3.12 other")).code(0);
    project.write("pkg/end/__init__.py", b"def feed():\n    yield 1\n");
    project.run(LINT).code(0).stdout_eq("");
}
