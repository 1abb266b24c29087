"""Holds the library stubs against the libraries themselves, as far as they are installed.

    python3 tests/library.py [--verbose] [MODULE...]

Says where a stub calls a coroutine function what is none, misses or invents a special method, or names what is not
there. `cargo test` runs it for the standard library; run it by hand in an environment with the other libraries after
a change of their stubs. What cannot be imported is passed over, and so are names that only newer versions have.
"""

import ast
import contextlib
import importlib
import inspect
import sys
import warnings
from pathlib import Path

STUBS = Path(__file__).parent.parent / "src" / "project" / "library"
SPECIAL = "aiter anext iter next getitem await aenter enter call".split()
# What rules ask of things that are asynchronous.
ASKED = "len contains".split()
# Described under the names they really have, and the names of what is only there for type checkers.
FORMS = {"typing"}
# Modules that have classes of a stub, and are only read when somebody asks.
LAZY = {
    "openai": "resources resources.chat.completions resources.fine_tuning lib.streaming.chat lib.streaming.responses",
    "mistralai.client": "chat utils.eventstreaming",
}
# Made up by a stub, and named as the thing is called that it stands for.
OWN = {("pyrogram", "AsyncGenerator")}
# Builtin types without a name among the builtins.
UNNAMED = {
    ("builtins", "NoneType"): type(None),
    ("builtins", "ellipsis"): type(...),
    ("builtins", "dict_keys"): type({}.keys()),
    ("builtins", "dict_values"): type({}.values()),
    ("builtins", "dict_items"): type({}.items()),
}
# What the objects have that are really made, not the abstract class that annotations name.
CONCRETE = {"AbstractQueue.__aiter__", "AbstractRobustQueue.__aiter__", "AbstractQueueIterator.__aiter__"}
# Present in some versions only: (module, name).
VERSIONED = {
    ("asyncio", "Barrier"),
    ("asyncio", "Runner"),
    ("asyncio", "TaskGroup"),
    ("asyncio", "Timeout"),
    ("asyncio", "_AsCompletedIterator"),
    ("asyncio", "timeout"),
    ("asyncio", "timeout_at"),
    ("asyncio", "Queue.shutdown"),
    ("collections.abc", "Buffer"),
    ("asyncio", "TaskGroup.cancel"),
    ("asyncio", "Task.uncancel"),
    ("asyncio", "Task.cancelling"),
    ("asyncio", "Task.get_context"),
    ("asyncio", "StreamWriter.start_tls"),
    ("concurrent.futures", "InterpreterPoolExecutor"),
    ("contextlib", "chdir"),
    ("inspect", "markcoroutinefunction"),
    ("itertools", "batched"),
    ("itertools", "pairwise"),
    ("mcp.client.streamable_http", "streamablehttp_client"),
}


def main():
    verbose = "--verbose" in sys.argv
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    stubs = {path.name.removesuffix(".pyi"): ast.parse(path.read_text()) for path in STUBS.glob("*.pyi")}
    said, notes, checked, absent = [], [], 0, []
    for name in sorted(stubs):
        if name in FORMS or (wanted and name not in wanted):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = importlib.import_module(name)
                for more in LAZY.get(name, "").split():
                    importlib.import_module(f"{name}.{more}")
        except Exception as error:
            absent.append(f"{name} ({type(error).__name__})")
            continue
        checked += 1
        Checker(name, stubs, module, said, notes).run()
    print("\n".join(said + (notes if verbose else [])))
    print(f"{checked} stubs checked, {len(absent)} not installed, {len(said)} mistakes")
    if verbose:
        print("not installed:", ", ".join(absent))
    sys.exit(bool(said))


class Checker:
    def __init__(self, name, stubs, module, said, notes):
        self.name, self.stubs, self.module = name, stubs, module
        self.said, self.notes = said, notes

    def find(self, name):
        """What the stub's module has under the name, or what another module of the library defines under it."""
        if (self.name, name) in UNNAMED:
            return UNNAMED[self.name, name]
        # A module that loads its names when they are asked for may lack what some of them need.
        with contextlib.suppress(ImportError):
            if hasattr(self.module, name):
                return getattr(self.module, name)
        top = self.name.split(".")[0]
        modules = [module for path, module in sys.modules.items() if path.split(".")[0] == top and module]
        candidates = []
        for module in modules:
            classes = [thing for thing in list(module.__dict__.values()) if inspect.isclass(thing)]
            for holder in [module, *classes]:
                found = holder.__dict__.get(name)
                if inspect.isclass(found) and found.__module__ == module.__name__:
                    candidates.append(found)
        # The main one of several has most to it.
        return max(candidates, key=lambda found: len(found.__dict__), default=None)

    def run(self):
        for node in self.stubs[self.name].body:
            match node:
                case ast.ClassDef():
                    self.check_class(node)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    real = self.find(node.name)
                    if real is None:
                        self.missing(node.name)
                    else:
                        self.check_function(node, real, node.name)

    def missing(self, name):
        # Stubs may have things of their own, most of them with an underscore.
        is_own = name.startswith("_") or (self.name, name) in OWN
        if (self.name, name) not in VERSIONED and not is_own:
            self.said.append(f"{self.name}.{name}: is not there")

    def check_class(self, node):
        real = self.find(node.name)
        if real is None:
            return self.missing(node.name)
        if not inspect.isclass(real):
            self.notes.append(f"{self.name}.{node.name}: is no class")
            return
        own, is_open = self.special_of(self.name, node.name)
        is_async = not own.isdisjoint({"__aiter__", "__anext__", "__await__"})
        for special in SPECIAL + ASKED * is_async:
            dunder = f"__{special}__"
            if special == "call":
                there = any(dunder in base.__dict__ for base in real.__mro__)
            else:
                there = getattr(real, dunder, None) is not None
            if there and dunder not in own and not is_open:
                self.said.append(f"{self.name}.{node.name}: has {dunder}, the stub has none")
            if not there and dunder in own and f"{node.name}.{dunder}" not in CONCRETE:
                self.said.append(f"{self.name}.{node.name}: has no {dunder}")
        seen = set()
        for item in node.body:
            match item:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    if item.name.startswith("__") and item.name != "__aiter__":
                        continue
                    full = f"{node.name}.{item.name}"
                    try:
                        member = inspect.getattr_static(real, item.name)
                    except AttributeError:
                        member = None
                    if full in CONCRETE:
                        continue
                    if member is None:
                        # Some methods are given to the object when it is made.
                        if f"self.{item.name}" not in source_of(real) and not hasattr(real, "__getattr__"):
                            self.missing(full)
                        continue
                    if item.name == "__aiter__":
                        self.check_aiter(item, member, full)
                    elif full not in seen:
                        self.check_function(item, member, full)
                    if any(is_name(decorator, "overload") for decorator in item.decorator_list):
                        seen.add(full)
                case ast.AnnAssign(target=ast.Name(id=attribute)):
                    annotated = any(attribute in base.__dict__.get("__annotations__", ()) for base in real.__mro__)
                    sources = [source_of(base) for base in real.__mro__[:-1]]
                    written = not all(sources) or any(attribute in source for source in sources)
                    if not annotated and not hasattr(real, attribute) and not written:
                        self.missing(f"{node.name}.{attribute}")

    def special_of(self, module, name, depth=0):
        """The special methods that the stub gives a class, and whether one of its bases is unknown on purpose."""
        found, is_open = set(), False
        tree = self.stubs.get(module)
        node = tree and next((n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name), None)
        if node is None or depth > 9:
            return found, name == "Any"
        hidden = set()
        for item in node.body:
            match item:
                case ast.FunctionDef(name=method) | ast.AsyncFunctionDef(name=method):
                    found.add(method)
                case ast.Assign(targets=[ast.Name(id=method)]):
                    hidden.add(method)
        for base in node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            if isinstance(base, ast.Name):
                more, open_base = self.special_of(*self.resolve(tree, module, base.id), depth + 1)
                found |= more
                is_open |= open_base
        return found - hidden, is_open

    def resolve(self, tree, module, name):
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return node.module, alias.name
            elif isinstance(node, ast.ClassDef) and node.name == name:
                return module, name
        return "builtins", name

    def check_aiter(self, item, member, full):
        if full in CONCRETE:
            return
        source = source_of(member)
        gives_self = isinstance(item.returns, ast.Name) and item.returns.id == "Self"
        says_self = "return self\n" in source + "\n"
        if gives_self and source and not says_self:
            self.said.append(f"{self.name}.{full}: the stub says `-> Self`, the source has no `return self`")
        if not gives_self and says_self and source.count("\n") < 4:
            self.notes.append(f"{self.name}.{full}: the source returns self")
        is_generator = isinstance(item, ast.AsyncFunctionDef)
        if is_generator != inspect.isasyncgenfunction(unbound(member)):
            self.notes.append(f"{self.name}.{full}: {kind_of(member)}")

    def check_function(self, node, real, full):
        expected = written_kind(node)
        found = kind_of(real)
        promise = promise_of(real)
        fits = {
            "agen": found in ("agen", "wraps agen") or ("Async" in promise and found in ("def", "builtin")),
            "coroutine": found == "coroutine",
            "manager": found in ("wraps agen", "wraps generator", "manager"),
            "property": found.startswith("property"),
            "def": found in ("def", "generator", "class", "builtin", "wraps def") or is_awaited(node, found),
        }[expected]
        if not fits and expected == "coroutine" and found in ("wraps coroutine", "def", "builtin", "wraps def"):
            self.notes.append(f"{self.name}.{full}: {found} -> {promise[:80]}")
        elif not fits and expected == "def" and (found.startswith("wraps") or found == "ProxyDescriptor"):
            self.notes.append(f"{self.name}.{full}: {found} -> {promise[:80]}")
        elif not fits:
            self.said.append(f"{self.name}.{full}: the stub says {expected}, it is {found} -> {promise[:80]}")


def written_kind(node):
    if any(is_name(decorator, "contextmanager", "asynccontextmanager") for decorator in node.decorator_list):
        return "manager"
    if any(is_name(decorator, "property") for decorator in node.decorator_list):
        return "property"
    if any(is_name(decorator, "overload") for decorator in node.decorator_list):
        # Overloads may differ; the value is checked by the others.
        return "coroutine" if isinstance(node, ast.AsyncFunctionDef) else "def"
    if not isinstance(node, ast.AsyncFunctionDef):
        return "def"
    return "agen" if any(isinstance(part, ast.Yield) for part in ast.walk(node)) else "coroutine"


def is_awaited(node, found):
    """A plain function that gives a coroutine does what a coroutine function does."""
    promise = ast.unparse(node.returns) if node.returns else ""
    return found == "coroutine" and promise.startswith(("Coroutine", "Awaitable"))


def is_name(node, *names):
    return isinstance(node, ast.Name) and node.id in names


def unbound(member):
    return member.__func__ if isinstance(member, (staticmethod, classmethod)) else member


def kind_of(member):
    member = unbound(member)
    if isinstance(member, property):
        return "property " + kind_of(member.fget)
    for prefix, function in (("", member), ("wraps ", unwrapped(member))):
        if prefix and function is member:
            break
        if inspect.isasyncgenfunction(function):
            return prefix + "agen"
        if inspect.iscoroutinefunction(function):
            return prefix + "coroutine"
        if inspect.isgeneratorfunction(function):
            return prefix + "generator"
    if inspect.isclass(member):
        return "class"
    if inspect.isfunction(member) or inspect.ismethod(member):
        return "def" if unwrapped(member) is member else "wraps def"
    if callable(member):
        return "builtin"
    return type(member).__name__


def unwrapped(function):
    try:
        return inspect.unwrap(function)
    except ValueError:
        return function


def promise_of(member):
    member = unbound(member)
    if isinstance(member, property):
        member = member.fget
    return str(getattr(unwrapped(member), "__annotations__", {}).get("return", ""))


def source_of(member):
    try:
        return inspect.getsource(unwrapped(unbound(member)))
    except (OSError, TypeError):
        return ""


main()
