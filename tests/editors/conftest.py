"""Real editors and their client libraries, against the program that `cargo build` has made.

An editor that is not on this machine is said to be missing. On CI that is a failure: there nothing is skipped.
"""

import os
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("AITERLINT", ROOT / "target/debug/aiterlint"))
THERE = ROOT / "target/editors"

# A finding with a safe fix after a character that UTF-16 counts twice, and one with a story.
TEXT = """\
class Ticks:
    '𝄞'; x = 1
    async def __aiter__(self):
        return self
    async def __anext__(self):
        raise StopAsyncIteration
async def feed():
    yield 1
async def main():
    '𝄞'; it = feed()
    async for x in it: pass
    async for x in it: pass
"""
FIXED = TEXT.replace("async def __aiter__", "def __aiter__")


def needed(what, how):
    """The path of a program that a test needs, or the end of the test."""
    found = shutil.which(what) or (what if pathlib.Path(what).exists() else None)
    if found is None:
        message = f"{what} is not on this machine: {how}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


@pytest.fixture
def folder(tmp_path):
    """A project with one file in it."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    (project / "a.py").write_text(TEXT)
    return project
