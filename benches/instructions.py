#!/usr/bin/env python3
"""How many instructions a check takes, which is the same on a busy machine and on an idle one.

    benches/instructions.py [--program PROGRAM] [--write]

Checks a project that is made here, the same each time, and compares with the counts that were written down last
(benches/instructions.json). A stage that takes 5 % more than then is marked, and so is one that takes 5 % less: then
`--write` writes the new counts down. The exit code is 0 either way; a slower stage is to be seen and judged.

Needs valgrind. The program is target/debug/aiterlint unless it is named: the one that the tests have built, so that
tests/run counts on CI without a build of its own. What is done more often shows there as it does in a release, whose
counts are kept beside it: each build is compared with its like, by the name of the folder that it is in.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
KNOWN = ROOT / "benches/instructions.json"
NOTICED = 0.05

PLAIN = '''"""Module {n}: nothing in it is asynchronous."""
import json
import os.path
from collections import OrderedDict

from .plain_{other} import Shape as Other


class Shape(Other if {n} else object):
    """A thing with a name and sides."""

    def __init__(self, name, sides=({n}, 2, 3), *rest, **more):
        self.name = name
        self.sides = [side * 2 for side in sides if side]
        self.more = {{key: value for key, value in more.items()}}

    def area(self):
        total = 0
        for left, right in zip(self.sides, self.sides[1:]):
            try:
                total += left * right ** 2 // 3 if left else right
            except (TypeError, ValueError) as error:
                raise RuntimeError(f"{{self.name!r}}: {{error:>10}}") from error
        return total


def load(path, kind="r"):
    with open(os.path.join(path, "{n}.json"), kind) as file:
        found = OrderedDict(json.load(file))
    while found and not found.get("done"):
        found.popitem()
    return found
'''

DENSE = '''"""Module {n}: a client that streams."""
import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import AsyncIterator

from .dense_{other} import Client as Base, pages as others


class Client(Base if {n} else object):
    def __init__(self, host):
        self.host = host
        self.queue = asyncio.Queue()

    def __aiter__(self):
        return self

    async def __anext__(self):
        item = await self.queue.get()
        if item is None:
            raise StopAsyncIteration
        return item

    async def rows(self, limit: int = {n}) -> AsyncIterator[dict]:
        async for page in pages(self, limit):
            for row in page["rows"]:
                yield row

    async def first(self):
        async with aclosing(self.rows()) as rows:
            async for row in rows:
                return row
        return await anext(self, None)

    @asynccontextmanager
    async def opened(self, again=False):
        try:
            yield self.rows()
        finally:
            await self.queue.put(None)


async def pages(client, limit):
    for number in range(limit):
        yield {{"rows": [number], "host": client.host}}


async def main(client: Client):
    found = [row async for row in client.rows() if row]
    async with client.opened() as rows:
        async for row in rows:
            found.append(row)
    async for page in others(client, 3):
        found.extend(page["rows"])
    return found
'''

# Each stage is a project of so many modules of each kind.
STAGES = {
    "start": (0, 0),
    "plain code": (200, 0),
    "dense code": (0, 30),
    "mixed code": (190, 10),
}


def write(folder, plain, dense):
    package = folder / "package"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[project]\nname = 'package'\n")
    (package / "__init__.py").write_text("")
    for kind, template, count in (("plain", PLAIN, plain), ("dense", DENSE, dense)):
        for number in range(count):
            text = template.format(n=number, other=max(number - 1, 0))
            (package / f"{kind}_{number}.py").write_text(text)


def compiler():
    """What has built the program, most likely: another compiler makes other instructions of the same code."""
    try:
        return subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def instructions(program, folder):
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program, "lint",
               "--no-cache", "--isolated", "--quiet", "--threads", "1", "package"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode not in (0, 1) or not counted:
        sys.exit(f"{program} failed under valgrind: {done.stderr[-500:]}")
    return int(counted[1].replace(",", ""))


def compare(counts, known):
    """Prints each stage beside what it took before, and what is to be judged."""
    print(f"{'':12} {'before':>9} {'now':>9}   million instructions")
    slower = []
    for stage, now in counts.items():
        before = known.get(stage)
        if not before:
            print(f"{stage:12} {'':9} {now / 1e6:9.1f}")
            continue
        change = now / before - 1
        mark = "  <<<" if abs(change) > NOTICED else ""
        print(f"{stage:12} {before / 1e6:9.1f} {now / 1e6:9.1f}  {change:+7.1%}{mark}")
        if change > NOTICED:
            slower.append(f"WARNING: {stage} takes {change:.1%} more instructions than benches/instructions.json says")
    if known.get("compiler") not in (None, compiler()):
        print(f"counted before with {known['compiler']}, now with {compiler()}: some of it may be the compiler's")
    for warning in slower:
        print(warning)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "target/debug/aiterlint", type=pathlib.Path)
    parser.add_argument("--write", action="store_true", help="write the counts down")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not on this machine: `apt-get install valgrind`")
    program = arguments.program.resolve()
    if not program.exists():
        sys.exit(f"{program} is not there: `cargo build` first")
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    counts = {}
    for stage, (plain, dense) in STAGES.items():
        with tempfile.TemporaryDirectory() as name:
            write(pathlib.Path(name), plain, dense)
            counts[stage] = instructions(str(program), name)
    build = program.parent.name
    compare(counts, known.get(build, {}))
    if arguments.write:
        known[build] = {"compiler": compiler(), **counts}
        KNOWN.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
