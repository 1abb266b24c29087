#!/usr/bin/env python3
"""How long aiterlint takes over a folder, beside its peers, in one run.

    python3 benches/side_by_side.py FOLDER [--runs N] [--threads N]

Builds aiterlint in release mode, warms the page cache, then runs each program N times in turn, so that a slow moment
of the machine hits all of them alike. What counts is the ratio: absolute times are this machine's. Peers are those
that are installed: `pip install ruff` is enough for the comparison that the README quotes.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def peers(folder, threads):
    aiterlint = str(ROOT / "target" / "release" / "aiterlint")
    yield "aiterlint", [aiterlint, "lint", "--no-cache", "--isolated", "--quiet", "--threads", str(threads), folder], {}
    ruff = shutil.which("ruff")
    if ruff:
        environment = {"RAYON_NUM_THREADS": str(threads)}
        yield "ruff", [ruff, "check", "--select", "ASYNC", "--no-cache", "--isolated", "--quiet", folder], environment


def once(command, environment):
    start = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **environment}, text=True
    )
    seconds = time.perf_counter() - start
    # 0 is clean, 1 means findings: both are a finished run. 2 says that some file could not be read.
    if done.returncode not in (0, 1, 2):
        sys.exit(f"{command[0]} failed with {done.returncode}: {done.stderr[-500:]}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-build", action="store_true", help="take the release build that is there")
    arguments = parser.parse_args()
    if not arguments.no_build:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)

    files = size = 0
    for path in pathlib.Path(arguments.folder).rglob("*"):
        if path.suffix in (".py", ".pyi") and path.is_file():
            files += 1
            size += len(path.read_bytes())
    print(f"{files} files, {size / 1e6:.1f} MB, {arguments.threads} threads, {arguments.runs} runs in turn")

    programs = list(peers(arguments.folder, arguments.threads))
    times = {name: [] for name, _, _ in programs}
    for name, command, environment in programs:
        once(command, environment)
    for _ in range(arguments.runs):
        for name, command, environment in programs:
            times[name].append(once(command, environment))

    base = statistics.median(times["aiterlint"])
    print(f"{'':12} {'median':>9} {'fastest':>9} {'aiterlint takes':>18}")
    for name, taken in times.items():
        median = statistics.median(taken)
        ratio = "" if name == "aiterlint" else f"{base / median:17.3f}x"
        print(f"{name:12} {median:8.3f}s {min(taken):8.3f}s {ratio:>18}")
    if len(programs) == 1:
        print("no peer is installed: `pip install ruff` and run this again")


if __name__ == "__main__":
    main()
