"""VS Code itself (code-server, the same program behind a browser) with the extension as it is packaged."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest

from conftest import FIXED, PROGRAM, ROOT, THERE, needed

SERVER = THERE / "code-server/node_modules/.bin/code-server"
NODE = THERE / "node/node_modules/node/bin"

# Its first example is what the picture shows.
README = (ROOT / "README.md").read_text()

def code(source):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


NOTEBOOK = {
    "cells": [
        code("async def feed():\n    yield 1"),
        code("for x in feed():\n    print(x)"),
        code("class Ticks:\n    async def __aiter__(self):\n        return self\n    async def __anext__(self):\n        raise StopAsyncIteration"),
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}

SETTINGS = {
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "telemetry.telemetryLevel": "off",
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "notebook.codeActionsOnSave": {"notebook.source.fixAll": "explicit"},
}


@pytest.fixture
def editor(folder, tmp_path):
    """The address of a VS Code that has the folder open."""
    how = "tests/editors/prepare vscode"
    (folder / "feed.py").write_text(README.split("```py\n")[1].split("```")[0])
    (folder / "n.ipynb").write_text(json.dumps(NOTEBOOK))
    (folder / "closed.py").write_text("async def feed():\n    yield 1\nfor x in feed():\n    pass\n")
    needed(str(SERVER), how)
    package = needed(str(THERE / "aiterlint.vsix"), how)
    environment = os.environ | {"PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}
    user, extensions = tmp_path / "user", tmp_path / "extensions"
    (user / "User").mkdir(parents=True)
    (user / "User/settings.json").write_text(json.dumps(SETTINGS))
    # The program is on the machine where the files are, and so is its setting.
    (user / "Machine").mkdir()
    (user / "Machine/settings.json").write_text(json.dumps({"aiterlint.path": str(PROGRAM)}))
    folders = ["--user-data-dir", str(user), "--extensions-dir", str(extensions)]
    subprocess.run([SERVER, *folders, "--install-extension", package, "--force"], env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    options = ["--auth", "none", "--bind-addr", address, "--disable-telemetry", "--disable-update-check"]
    options += ["--disable-workspace-trust", "--disable-getting-started-override"]
    server = subprocess.Popen([SERVER, *folders, *options, str(folder)], env=environment, start_new_session=True)
    try:
        wait_for(f"http://{address}/healthz")
        yield f"http://{address}"
    finally:
        # Its children go with it.
        server.terminate()
        server.wait(30)


def wait_for(address):
    for _ in range(300):
        try:
            return urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.2)
    pytest.fail("VS Code does not start")


def test_squiggle_story_fix_and_text_on_disk(editor, folder):
    chromium = needed("chromium", "apt-get install chromium")
    screenshot = THERE / "vscode.png"
    environment = os.environ | {
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "AITERLINT_PLAYWRIGHT": str(THERE / "code-server"),
        "AITERLINT_CHROMIUM": shutil.which(chromium),
    }
    command = ["node", str(ROOT / "tests/editors/vscode.mjs"), editor, str(folder), str(screenshot)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    said = {}
    for line in done.stdout.splitlines():
        said |= json.loads(line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said["squiggles"] == 2
    problems = "\n".join(said["problems"])
    for part in ["gives a coroutine here", "aiter-is-coroutine", "already used up", "made here", "used up here"]:
        assert part in problems, problems
    actions = "\n".join(said["actions"])
    for part in ["aiter-is-coroutine)", "on this line", "in this file", "Explain"]:
        assert part in actions, actions
    assert said["saved"] == FIXED
    assert len(said["notebook"]) == 1, said
    assert '"    def __aiter__(self):' in said["notebook saved"], said
    assert said["explained"]
    assert said["workspace"], said
