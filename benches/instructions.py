#!/usr/bin/env python3
"""How many instructions a check takes, which is the same on a busy machine and on an idle one.

    benches/instructions.py [--program PROGRAM] [--write]

Checks a project that is made here, the same each time, and compares with the counts that were written down last
(benches/instructions.json). A stage that takes 5 % more than then is marked, and so is one that takes 5 % less: then
`--write` writes the new counts down. The exit code is 0 either way; a slower stage is to be seen and judged.

Needs valgrind. The program is target/release/aiterlint unless it is named.
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


def instructions(program, folder):
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program, "lint",
               "--no-cache", "--isolated", "--quiet", "--threads", "1", "package"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode not in (0, 1) or not counted:
        sys.exit(f"{program} failed under valgrind: {done.stderr[-500:]}")
    return int(counted[1].replace(",", ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "target/release/aiterlint", type=pathlib.Path)
    parser.add_argument("--write", action="store_true", help="write the counts down")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not on this machine: `apt-get install valgrind`")
    if not arguments.program.exists():
        sys.exit(f"{arguments.program} is not there: `cargo build --release` first")
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    counts = {}
    print(f"{'':12} {'million':>9} {'before':>9}")
    for stage, (plain, dense) in STAGES.items():
        with tempfile.TemporaryDirectory() as name:
            write(pathlib.Path(name), plain, dense)
            counts[stage] = instructions(str(arguments.program.resolve()), name)
        before = known.get(stage)
        change = counts[stage] / before - 1 if before else 0
        mark = f"  {change:+.1%}" if abs(change) > NOTICED else ""
        print(f"{stage:12} {counts[stage] / 1e6:9.1f} {(before or 0) / 1e6:9.1f}{mark}")
    if arguments.write:
        KNOWN.write_text(json.dumps(counts, indent=2) + "\n")


if __name__ == "__main__":
    main()
