#!/usr/bin/env python3
"""From keystroke to findings: aiterlint beside `ruff server` and `ty server`, on the same texts and the same edits.

    benches/latency.py [PROGRAM [PACKAGE]]

The program is target/release/aiterlint unless it is named, the package that is opened for the last number asyncio.

The texts are modules of the standard library's asyncio, put together to 1,000 and to 10,000 lines. In the middle of each
a statement is typed and taken away again, one key at a time; every key is sent when the findings for the one before it
have come. The three servers take turns, so that what else the machine does strikes them alike. At the end: how much
memory each server has after it has opened every file of the package.

`ruff` and `ty` are looked for on PATH; what is not there is left out.
"""

import ast
import asyncio
import itertools
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TYPED = "value = await anext(aiter(source), None)"
ROUNDS = 5


class Server:
    def __init__(self, name, command, folder):
        self.name, self.folder, self.last = name, folder, 0
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **pipes)
        capabilities = {
            "general": {"positionEncodings": ["utf-8"]},
            "textDocument": {"publishDiagnostics": {"versionSupport": True, "relatedInformation": True}},
        }
        folders = [{"uri": folder.as_uri(), "name": "p"}]
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "workspaceFolders": folders,
                                    "capabilities": capabilities})
        self.notify("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == self.last and "method" not in message)

    def wait(self, is_meant):
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length == 0:
                raise EOFError(f"{self.name} has ended")
            message = json.loads(self.process.stdout.read(length))
            if "method" in message and "id" in message:
                # Whatever it asks, this client has no settings and shows nothing.
                items = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
                self.send({"id": message["id"], "result": [None] * len(items) or None})
            if is_meant(message):
                return message

    def findings(self, uri, version):
        """Waits until the findings for this version of a text have come."""
        def is_meant(message):
            params = message.get("params")
            is_about = message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri
            return is_about and params.get("version") in (version, None)
        return self.wait(is_meant)

    def open(self, name, text):
        uri = (self.folder / name).as_uri()
        item = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        self.findings(uri, 0)
        return uri

    def change(self, uri, version, line, start, end, text):
        span = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
        start = time.perf_counter()
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                               "contentChanges": [{"range": span, "text": text}]})
        self.findings(uri, version)
        return (time.perf_counter() - start) * 1000

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        return int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024


def modules():
    return sorted(pathlib.Path(asyncio.__file__).parent.glob("*.py"))


def text_of(lines):
    """So many lines of real code, cut between two statements, and the line in its middle at which typing begins."""
    code, middle = [], None
    for module in itertools.cycle(modules()):
        text = module.read_text().splitlines()
        for statement in ast.parse("\n".join(text)).body:
            is_long = statement.end_lineno - statement.lineno > lines // 5
            if is_long or getattr(statement, "module", None) == "__future__":
                continue
            if len(code) >= lines:
                return "\n".join(code) + "\n", middle
            if middle is None and len(code) >= lines // 2:
                code += ["async def typed(source):", "    value = 1", "    ", "    return value", "", ""]
                middle = len(code) - 4
            first = min([statement.lineno] + [one.lineno for one in getattr(statement, "decorator_list", [])])
            code += text[first - 1:statement.end_lineno] + [""]


def keys(server, uri, line, first):
    """The time of each key."""
    times, version, column = [], first, 4
    for letter in TYPED:
        version += 1
        times.append(server.change(uri, version, line, column, column, letter))
        column += 1
    for _ in TYPED:
        version += 1
        times.append(server.change(uri, version, line, column - 1, column, ""))
        column -= 1
    return times


def main():
    root = pathlib.Path(__file__).resolve().parents[1]
    program = sys.argv[1] if len(sys.argv) > 1 else str(root / "target/release/aiterlint")
    commands = {"aiterlint": [program, "server"]}
    commands |= {name: [found, "server"] for name in ("ruff", "ty") if (found := shutil.which(name))}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        servers = [Server(name, command, folder) for name, command in commands.items()]
        for lines in (1000, 10000):
            text, line = text_of(lines)
            name = f"lines_{lines}.py"
            (folder / name).write_text(text)
            uris = {server.name: server.open(name, text) for server in servers}
            times = {server.name: [] for server in servers}
            for number in range(ROUNDS):
                for server in servers:
                    first = number * 2 * len(TYPED)
                    times[server.name] += keys(server, uris[server.name], line, first)
            for server, own in times.items():
                own.sort()
                print(f"{lines:6} lines  {server:10} median {statistics.median(own):7.2f} ms   "
                      f"99th percentile {own[int(len(own) * 0.99)]:7.2f} ms")
        package = sorted(pathlib.Path(sys.argv[2]).resolve().rglob("*.py")) if len(sys.argv) > 2 else modules()
        for module in package:
            for server in servers:
                server.open(module, module.read_text(errors="replace"))
        for server in servers:
            if memory := server.memory():
                print(f"memory        {server.name:10} {memory:7.1f} MB")
            server.process.kill()


if __name__ == "__main__":
    main()
