//! Which files are checked, and what happens to those that cannot be.

use super::project::Project;

#[test]
fn folders_are_searched_for_python() {
    let files = [("a.py", ""), ("pkg/b.pyi", ""), ("pkg/sub/c.py", ""), (".github/d.py", ""), ("e.txt", ""), ("f", "")];
    let project = Project::new(&files);
    project.checks("lint", 4);
    project.checks("lint .", 4);
    project.checks("lint pkg", 2);
    project.checks("lint pkg/sub ./a.py", 2);
}

#[test]
fn a_file_named_twice_is_checked_once() {
    let project = Project::new(&[("pkg/a.py", "")]);
    project.checks("lint . pkg ./pkg pkg/a.py ./pkg/./a.py", 1);
}

#[test]
fn installed_and_built_things_are_skipped() {
    let skipped = [
        ".git",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "build",
        "dist",
        "node_modules",
        "lib/python3.11/site-packages",
    ];
    let project = Project::new(&[("a.py", ""), ("my-env/pyvenv.cfg", ""), ("my-env/lib/b.py", "")]);
    for folder in skipped {
        project.write(&format!("{folder}/b.py"), b"");
        project.write(&format!("pkg/{folder}/deep/b.py"), b"");
    }
    project.checks("lint", 1);
    // Named, they are checked like any other.
    project.checks("lint build my-env node_modules/b.py", 3);
}

#[test]
fn ignore_files_are_respected_with_and_without_git() {
    let project = Project::new(&[
        (".gitignore", "/gen/\n*_pb2.py\n"),
        (".ignore", "old.py\n"),
        ("a.py", ""),
        ("gen/b.py", ""),
        ("pkg/c_pb2.py", ""),
        ("pkg/old.py", ""),
        ("pkg/gen/d.py", ""),
        ("pkg/.gitignore", "e.py\n"),
        ("pkg/e.py", ""),
    ]);
    project.checks("lint", 2);
    std::fs::create_dir(project.path(".git")).unwrap();
    project.checks("lint", 2);
    project.checks("lint pkg/e.py gen/b.py pkg/c_pb2.py", 3);
}

#[test]
fn a_path_that_is_not_there_is_named_and_the_others_are_checked() {
    let project = Project::new(&[("a.py", "")]);
    project.refuses(
        "lint nowhere.py a.py no/where",
        "error: no/where: there is no such file or folder\n\
         error: nowhere.py: there is no such file or folder\n\
         No mistakes found in 1 file.\n",
    );
    project.refuses("lint nowhere.py --exit-zero", "error: nowhere.py: there is no such file or folder\n");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named_and_the_others_are_checked() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new(&[("a.py", ""), ("locked/b.py", ""), ("secret.py", "")]);
    let set = |path: &str, mode| {
        std::fs::set_permissions(project.path(path), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set("locked", 0o000);
    set("secret.py", 0o000);
    // The administrator may read everything.
    if std::fs::read(project.path("secret.py")).is_err() {
        project.refuses(
            "lint",
            "error: locked: permission denied\nerror: secret.py: permission denied\nNo mistakes found in 1 file.\n",
        );
    }
    set("locked", 0o755);
}

#[cfg(unix)]
#[test]
fn links_to_files_count_and_links_to_nowhere_or_folders_do_not() {
    use std::os::unix::fs::symlink;
    let project = Project::new(&[("pkg/a.py", "")]);
    symlink("pkg/a.py", project.path("link.py")).unwrap();
    symlink("user@host:123", project.path(".#a.py")).unwrap();
    symlink(".", project.path("pkg/loop")).unwrap();
    symlink("pkg", project.path("folder.py")).unwrap();
    project.checks("lint", 2);
    project.refuses("lint .#a.py", "error: .#a.py: there is no such file or folder\n");
}

#[test]
fn a_folder_called_like_a_file_is_a_folder() {
    let project = Project::new(&[("pkg.py/a.py", ""), ("pkg.py/b.txt", "")]);
    project.checks("lint pkg.py", 1);
}

#[test]
fn a_search_that_finds_nothing_says_so() {
    let project = Project::new(&[("src/a.txt", ""), ("b.py", "")]);
    project
        .run("lint src b.py")
        .code(0)
        .stderr_eq("warning: src: there is no Python file to check in it\nNo mistakes found in 1 file.\n");
    project.run("lint src").code(0).stderr_eq("warning: src: there is no Python file to check in it\n");
}

#[test]
fn a_file_in_another_encoding_is_read_as_it_says() {
    let project = Project::new(&[]);
    project.write("latin.py", b"# -*- coding: latin-1 -*-\ns = '\xe9'\n");
    project.write("mark.py", b"\xef\xbb\xbfs = '\xc3\xa9'\n");
    project.checks("lint", 2);
}

#[test]
fn a_file_that_python_could_not_read_is_named_and_skipped() {
    let project = Project::new(&[("a.py", "")]);
    project.write("b.py", b"s = 1\ns = '\xe9'\n");
    project.write("c.py", b"# coding: klingon\ns = '\xe9'\n");
    project.run("lint").code(0).stdout_eq("").stderr_eq(
        "warning: b.py: line 2 is not UTF-8 and no `# coding:` comment says what it is; skipped\n\
         warning: c.py: says it is `klingon`, an encoding that is not known here; skipped\n\
         No mistakes found in 1 file.\n",
    );
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let project = Project::new(&[("a.py", "")]);
    project.command("lint -").stdin("x = 1\n").assert().code(0).stderr_eq("No mistakes found in 1 file.\n");
    project.command("lint - a.py -").stdin("x = 1\n").assert().code(0).stderr_eq("No mistakes found in 2 files.\n");
    // Whoever waits for the fixed text must not take silence for it.
    for arguments in ["lint - --stdin-filename src/b.py", "lint --fix - --stdin-filename src/b.py"] {
        let bad = project.command(arguments).stdin(&b"\xe9"[..]).assert().code(2).stdout_eq("");
        bad.stderr_eq("error: src/b.py: line 1 is not UTF-8 and no `# coding:` comment says what it is\n");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read_is_named() {
    let project = Project::new(&[("a.py", "")]);
    project.refuses(
        "lint /proc/self/mem a.py",
        "error: /proc/self/mem: input/output error\nNo mistakes found in 1 file.\n",
    );
}

#[test]
fn a_file_beyond_all_measure_is_named_and_skipped() {
    let project = Project::new(&[("a.py", "x = 1\n")]);
    // It has a length and takes no room.
    std::fs::File::create(project.path("big.py")).unwrap().set_len(5 << 30).unwrap();
    let said = "warning: big.py: larger than 4 GB; skipped\nNo mistakes found in 1 file.\n";
    project.run("lint").code(0).stderr_eq(said);
}
