#!/usr/bin/env python3
"""Real packages, judged: what aiterlint finds in them is what somebody has read and found right.

    python3 tests/ecosystem/judge.py [--program FILE] [--only NAME,...] [--bless]

Downloads the wheels of packages.txt, without their dependencies and without running anything of theirs, and unpacks
them below target/ecosystem/. Each package is then checked twice: as it stands, and with all the others installed
beside it, where imports lead somewhere. What is found is compared with expected.toml, and what came and what went is
shown. At last every fix is applied to copies: what has changed must still be Python, and a second run must find
nothing left to fix; once with the safe fixes of the usual rules, once with all fixes of all rules.
"""

import argparse
import ast
import json
import pathlib
import shutil
import subprocess
import sys
import tomllib
import warnings
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "ecosystem"
WHEELS = WORK / "wheels"
PACKAGES = WORK / "packages"
ENVIRONMENT = WORK / "environment"
LIBRARY = ENVIRONMENT / "lib" / "python3.11" / "site-packages"
EXPECTED = HERE / "expected.toml"
# The wheels are those of one machine wherever this runs, so that everybody judges the same files.
PLATFORMS = ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux1_x86_64", "any"]
LONE, BESIDE = "alone", "beside the others"
UNJUDGED = "?"


def listed(only):
    lines = (HERE / "packages.txt").read_text().split()
    pins = dict(line.split("==") for line in lines)
    unknown = only - set(pins)
    if unknown:
        sys.exit(f"not in packages.txt: {', '.join(sorted(unknown))}")
    return {name: version for name, version in pins.items() if not only or name in only}


def wheel(name, version):
    escaped = name.replace("-", "_")
    found = [path for path in WHEELS.glob("*.whl") if path.name.lower().startswith(f"{escaped}-{version}-")]
    return found[0] if found else None


def fetch(pins):
    WHEELS.mkdir(parents=True, exist_ok=True)
    missing = [f"{name}=={version}" for name, version in pins.items() if not wheel(name, version)]
    if not missing:
        return
    print(f"downloading {len(missing)} wheels")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
    options += [f"--platform={platform}" for platform in PLATFORMS]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(WHEELS), *missing]
    if subprocess.run(command).returncode != 0:
        sys.exit("pip has not downloaded everything")


def unpack(name, version):
    """Its folder, with a copy among the installed."""
    folder = PACKAGES / name
    done = folder.with_suffix(".version")
    if not done.exists() or done.read_text() != version:
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(wheel(name, version)) as packed:
            packed.extractall(folder)
            packed.extractall(LIBRARY)
        done.write_text(version)
    return folder


def run(program, arguments, folder):
    command = [program, "lint", "--no-cache", "--isolated", "--quiet", *arguments, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    # 2 says that some file could not be read, and packages have such files on purpose; a panic ends with 101.
    if done.returncode not in (0, 1, 2) or "panicked" in done.stderr:
        sys.exit(f"{folder.name}: status {done.returncode}\n{done.stderr[-2000:]}")
    return done


def findings(program, name, folder, environment):
    done = run(program, ["--python", str(environment), "--output-format", "json"], folder)
    for found in json.loads(done.stdout):
        yield (name, f"{found['path']}:{found['start']['line']}", found["rule"]), found["message"]


def expected():
    entries = tomllib.loads(EXPECTED.read_text())["finding"] if EXPECTED.exists() else []
    return {(entry["package"], entry["at"], entry["rule"]): entry for entry in entries}


def judge(program, pins, folders):
    """What is found now, as entries, with what was said about it; and whether it is what is expected."""
    empty = WORK / "nothing"
    (empty / "lib" / "python3.11" / "site-packages").mkdir(parents=True, exist_ok=True)
    now, messages = {}, {}
    for name in pins:
        for where, environment in ((LONE, empty), (BESIDE, ENVIRONMENT)):
            for key, message in findings(program, name, folders[name], environment):
                now.setdefault(key, []).append(where)
                messages[key] = message
    known = {key: entry for key, entry in expected().items() if key[0] in pins}
    entries, same = {}, True
    for key in sorted(now.keys() | known.keys()):
        was, found = known.get(key, {}).get("found", []), sorted(set(now.get(key, [])))
        title = f"{key[0]} {key[1]}: {key[2]}"
        for where in sorted(set(found) - set(was)):
            print(f"came ({where}): {title}: {messages[key]}")
        for where in sorted(set(was) - set(found)):
            print(f"went ({where}): {title}: {known[key]['verdict']}, {known[key]['why']}")
        same &= was == found
        if key in known and known[key]["verdict"] not in ("real", "debatable"):
            print(f"nobody has judged: {title}")
            same = False
        if found:
            judged = known.get(key, {"verdict": UNJUDGED, "why": UNJUDGED})
            entries[key] = {"found": found, "verdict": judged["verdict"], "why": judged["why"]}
    return entries, same


def bless(entries):
    def table(key, entry):
        package, at, rule = key
        fields = {"package": package, "at": at, "rule": rule, **entry}
        return "[[finding]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())

    head = "# What aiterlint finds in the packages of packages.txt, and what a reader of their code says to it.\n"
    EXPECTED.write_text(head + "".join("\n" + table(*item) for item in sorted(entries.items())))


def parses(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


def fixes_hold(program, name, folder, options):
    options = [*options, "--python", str(ENVIRONMENT)]
    # Most packages have nothing to fix, and copying them takes longer than looking.
    if not run(program, ["--diff", *options], folder).stdout:
        return 0, True
    copy = WORK / "fixed" / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    run(program, ["--fix", *options], copy)
    changed, same = 0, True
    for path in folder.rglob("*.py"):
        before, after = path.read_bytes(), (copy / path.relative_to(folder)).read_bytes()
        if before != after:
            changed += 1
            if parses(before) and not parses(after):
                print(f"no Python any more after its fixes: {name} {path.relative_to(folder)}")
                same = False
    if left := run(program, ["--diff", *options], copy).stdout:
        print(f"{name}: a second run finds more to fix:\n{left}")
        same = False
    shutil.rmtree(copy)
    return changed, same


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=str(ROOT / "target" / "release" / "aiterlint"))
    arguments.add_argument("--only", default="", help="names of packages, with commas in between")
    arguments.add_argument("--bless", action="store_true", help="write expected.toml; verdicts that stand are kept")
    arguments = arguments.parse_args()
    if not pathlib.Path(arguments.program).exists():
        sys.exit(f"{arguments.program} is not there: cargo build --release")
    only = set(filter(None, arguments.only.split(",")))
    if only and arguments.bless:
        sys.exit("--bless writes down all packages")

    pins = listed(only)
    fetch(pins)
    LIBRARY.mkdir(parents=True, exist_ok=True)
    folders = {name: unpack(name, version) for name, version in pins.items()}
    files = sum(1 for folder in folders.values() for _ in folder.rglob("*.py"))

    entries, same = judge(arguments.program, pins, folders)
    if arguments.bless:
        bless(entries)

    choices = {"safe fixes": [], "all fixes of all rules": ["--unsafe-fixes", "--select", "all"]}
    for title, options in choices.items():
        results = [fixes_hold(arguments.program, name, folder, options) for name, folder in folders.items()]
        print(f"{title}: {sum(changed for changed, _ in results)} files changed")
        same &= all(held for _, held in results)

    verdicts = [entry["verdict"] for entry in entries.values()]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in sorted(set(verdicts)))
    print(f"{len(pins)} packages, {files} files, {len(verdicts)} findings: {counts}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
