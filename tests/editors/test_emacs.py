"""Emacs with eglot, with the file that editors/emacs offers."""

import os
import subprocess

from conftest import FIXED, PROGRAM, ROOT, needed


def test_finding_fix_and_text_on_disk(folder):
    emacs = needed("emacs", "apt-get install emacs-nox elpa-eglot")
    environment = os.environ | {"AITERLINT": str(PROGRAM), "AITERLINT_FILES": str(ROOT / "editors/emacs")}
    command = [emacs, "-Q", "--batch", "-l", str(ROOT / "tests/editors/emacs.el")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    lines = done.stdout.splitlines()
    assert "done" in lines, done.stdout + done.stderr
    found = [line.removeprefix("finding ") for line in lines if line.startswith("finding ")]
    assert len(found) == 2 and found[0].startswith("3 ") and "12 " in found[1], found
    hover = next(line for line in lines if line.startswith("hover "))
    assert "async generator" in hover and "used up on line 11" in hover
    assert (folder / "a.py").read_text() == FIXED
