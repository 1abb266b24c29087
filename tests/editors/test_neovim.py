"""Neovim itself, with the file that editors/neovim offers."""

import os
import subprocess

from conftest import FIXED, PROGRAM, ROOT, THERE, needed


def test_finding_fix_and_text_on_disk(folder):
    nvim = needed(str(THERE / "python/bin/nvim"), "tests/editors/prepare python")
    environment = os.environ | {"AITERLINT": str(PROGRAM), "AITERLINT_FILES": str(ROOT / "editors/neovim")}
    script = str(ROOT / "tests/editors/neovim.lua")
    command = [nvim, "--headless", "-u", "NONE", "-n", "-i", "NONE", "-c", f"luafile {script}"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    said = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    assert "done" in said, done.stdout + done.stderr
    assert said["findings"] == "aiter-is-coroutine@2:14,reuse-exhausted@11:19"
    assert said["fixed"] == "reuse-exhausted@11:19"
    assert "async generator" in said["hover"] and "used up on line 11" in said["hover"]
    assert (folder / "a.py").read_text() == FIXED
