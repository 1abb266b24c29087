#!/usr/bin/env python3
"""How long aiterlint takes over a folder, beside its peers, in one run.

    python3 benches/side_by_side.py FOLDER [FOLDER...] [--runs N] [--threads N]

Builds aiterlint in release mode, warms the page cache, then runs each program N times in turn, so that a slow moment
of the machine hits all of them alike. What counts is the ratio: absolute times are this machine's, and even of those
the time of the processor says more than that of the clock. Peers are those that are installed (`pip install ruff` is
enough for the comparison that the README quotes), a warm cache of each, and `search`, which only reads every file and
searches it.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent


def peers(folder, threads, caches):
    aiterlint = [str(ROOT / "target/release/aiterlint"), "lint", "--isolated", "--quiet", "--threads", str(threads)]
    yield "aiterlint", [*aiterlint, "--no-cache", folder], {}
    yield "  warm cache", [*aiterlint, "--cache-dir", str(caches / "aiterlint"), folder], {}
    if found := sorted((ROOT / "target/release/deps").glob("search-*[!.d]"), key=lambda path: path.stat().st_mtime):
        yield "search", [str(found[-1]), folder, str(threads)], {}
    if ruff := shutil.which("ruff"):
        ruff = [ruff, "check", "--select", "ASYNC", "--isolated", "--quiet"]
        environment = {"RAYON_NUM_THREADS": str(threads)}
        yield "ruff", [*ruff, "--no-cache", folder], environment
        yield "  warm cache", [*ruff, "--cache-dir", str(caches / "ruff"), folder], environment


class Run(typing.NamedTuple):
    clock: float
    processor: float
    memory: float


def once(command, environment):
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **environment}
    )
    trouble = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    # 0 is clean, 1 means findings: both are a finished run. 2 says that some file could not be read.
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 1, 2):
        sys.exit(f"{command[0]} failed with {code}: {trouble.decode()[-500:]}")
    return Run(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(folder, arguments):
    files = size = 0
    for path in pathlib.Path(folder).rglob("*"):
        if path.suffix in (".py", ".pyi") and path.is_file():
            files += 1
            size += len(path.read_bytes())
    print(f"\n{folder}: {files} files, {size / 1e6:.1f} MB, {arguments.threads} threads, {arguments.runs} runs in turn")
    with tempfile.TemporaryDirectory() as caches:
        programs = list(peers(folder, arguments.threads, pathlib.Path(caches)))
        for _, command, environment in programs:
            once(command, environment)
        runs = [[] for _ in programs]
        for _ in range(arguments.runs):
            for taken, (_, command, environment) in zip(runs, programs):
                taken.append(once(command, environment))
    ours = statistics.median(run.processor for run in runs[0])
    print(f"{'':14} {'clock':>9} {'processor':>10} {'memory':>9} {'aiterlint takes':>17}")
    for (name, _, _), taken in zip(programs, runs):
        clock, processor = (statistics.median(run[at] for run in taken) for at in (0, 1))
        ratio = "" if taken is runs[0] else f"{ours / processor:16.2f}x"
        memory = max(run.memory for run in taken)
        print(f"{name:14} {clock:8.2f}s {processor:9.2f}s {memory:6.0f}MiB {ratio:>17}", flush=True)
    if not shutil.which("ruff"):
        print("no peer is installed: `pip install ruff` and run this again")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-build", action="store_true", help="take the release build that is there")
    arguments = parser.parse_args()
    if not arguments.no_build:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--bins", "--bench", "search"], cwd=ROOT, check=True)
    for folder in arguments.folders:
        compare(folder, arguments)


if __name__ == "__main__":
    main()
