"""What CPython itself says of a file: its statements at module level and in class bodies, the names they bind, the names
in `global` statements, and the comments.

Reads paths from standard input, one a line, and writes for each of them

    file PATH
    S START END KIND PARENT OPAQUE BODY     a statement; BODY is where its first body statement begins, or -
    N HOW NAME                              a name that the statement above binds
    G NAME                                  a name in a `global` statement
    C START END                             a comment

or `skip PATH` if CPython rejects the file or it is not UTF-8. Offsets are bytes.
"""

import ast
import io
import re
import symtable
import sys
import tokenize
import unicodedata
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)

COMPOUND = tuple(
    getattr(ast, name)
    for name in "If For AsyncFor While With AsyncWith Try TryStar Match".split()
    if hasattr(ast, name)
)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def kind_of(node):
    if isinstance(node, ast.FunctionDef):
        return "def"
    if isinstance(node, ast.AsyncFunctionDef):
        return "async-def"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if isinstance(node, COMPOUND):
        return "compound"
    return "simple"


class Lines:
    """Byte offsets of CPython's lines and columns, which count from behind a byte order mark."""

    def __init__(self, data):
        self.bom = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.data = data
        self.starts = [self.bom] + [m.end() for m in re.finditer(rb"\r\n|\r|\n", data)]

    def offset(self, line, column):
        return self.starts[line - 1] + column

    def start(self, node):
        first = (getattr(node, "decorator_list", None) or [node])[0]
        start = self.offset(first.lineno, first.col_offset)
        if first is not node:
            start = self.data.rindex(b"@", 0, start)
        return start

    def end(self, node):
        return self.offset(node.end_lineno, node.end_col_offset)


class Names(ast.NodeVisitor):
    """Collects (place, how, name) of what a statement binds in the scope it stands in."""

    def __init__(self):
        self.found = []
        self.comprehensions = set()

    def add(self, node, how, name, at_end=False):
        place = (node.end_lineno, node.end_col_offset) if at_end else (node.lineno, node.col_offset)
        self.found.append((place, len(self.found), how, name))

    def names(self):
        return [(how, name) for _, _, how, name in sorted(self.found)]

    def target(self, node, how):
        if isinstance(node, ast.Name):
            self.add(node, how, node.id)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                self.target(element, how)
        elif isinstance(node, ast.Starred):
            self.target(node.value, how)
        else:
            self.visit(node)

    def visit_def(self, node):
        how = {"def": "Function", "async-def": "AsyncFunction", "class": "Class"}[kind_of(node)]
        self.add(node, how, node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)
        if isinstance(node, ast.ClassDef):
            for part in node.bases + node.keywords:
                self.visit(part)
        else:
            self.visit(node.args)
            if node.returns:
                self.visit(node.returns)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_def

    def visit_Lambda(self, node):
        self.visit(node.args)

    def visit_comprehension_expression(self, node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                self.comprehensions |= {name.id for name in ast.walk(child.target) if isinstance(name, ast.Name)}
                self.visit(child.iter)
                for condition in child.ifs:
                    self.visit(condition)
            else:
                self.visit(child)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_expression

    def visit_Import(self, node):
        for alias in node.names:
            # Before 3.10 an alias had no place.
            place = alias if hasattr(alias, "lineno") else node
            if alias.name == "*":
                self.add(place, "Star", "*")
            elif alias.asname:
                self.add(place, "Import", alias.asname)
            else:
                name = alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
                self.add(place, "Import", name)

    visit_ImportFrom = visit_Import

    def visit_Assign(self, node):
        for target in node.targets:
            self.target(target, "Assign")
        self.visit(node.value)

    def visit_AugAssign(self, node):
        self.target(node.target, "Augment")
        self.visit(node.value)

    def visit_AnnAssign(self, node):
        if node.value:
            self.target(node.target, "Assign")
            self.visit(node.value)
        elif node.simple:
            self.target(node.target, "Annotate")
        self.visit(node.annotation)

    def visit_For(self, node):
        self.target(node.target, "For")
        self.visit(node.iter)
        for statement in node.body + node.orelse:
            self.visit(statement)

    visit_AsyncFor = visit_For

    def visit_withitem(self, node):
        self.visit(node.context_expr)
        if node.optional_vars:
            self.target(node.optional_vars, "With")

    def visit_ExceptHandler(self, node):
        if node.type:
            self.visit(node.type)
        if node.name:
            self.add(node.type, "Except", node.name, at_end=True)
        for statement in node.body:
            self.visit(statement)

    def visit_NamedExpr(self, node):
        self.target(node.target, "Walrus")
        self.visit(node.value)

    def visit_Delete(self, node):
        for target in node.targets:
            self.target(target, "Delete")

    def visit_TypeAlias(self, node):
        self.target(node.name, "Type")

    def visit_Global(self, node):
        for name in node.names:
            self.add(node, "Global", name)


def is_inline(lines, body_start):
    """Does the body begin on the line of the header?"""
    line_start = max(start for start in lines.starts if start <= body_start)
    return lines.data[line_start:body_start].strip(b" \t\x0c") != b""


def describe(data, out):
    tree = ast.parse(data)
    lines = Lines(data)
    bound_by_module = set()
    comprehensions = set()
    opaque_module = False

    def statement(node, parent, index):
        nonlocal opaque_module
        kind = kind_of(node)
        body = "-"
        opaque = any(isinstance(child, getattr(ast, "Match", ())) for child in blocks(node))
        inline = False
        if kind in ("def", "async-def", "class"):
            body = lines.start(node.body[0])
            inline = kind == "class" and is_inline(lines, body)
            opaque = opaque or inline
        out.append(f"S {lines.start(node)} {lines.end(node)} {kind} {parent} {int(opaque)} {'-' if inline else body}")
        names = Names()
        names.visit(node)
        comprehensions.update(names.comprehensions)
        for how, name in names.names():
            out.append(f"N {how} {name}")
            if parent == "-" and how not in ("Global", "Star"):
                bound_by_module.add(name)
        opaque_module |= opaque and kind != "class"
        me = index
        index += 1
        if kind == "class" and not inline:
            for member in node.body:
                index = statement(member, me, index)
        return index

    index = 0
    for node in tree.body:
        index = statement(node, "-", index)
    for name in global_names(tree):
        out.append(f"G {name}")
    comments(data, lines, out)
    if not opaque_module:
        check_against_symtable(data, bound_by_module, comprehensions)


def blocks(node):
    """The statement and those nested in it, but not what stands in functions and classes."""
    yield node
    if isinstance(node, FUNCTION + (ast.ClassDef,)):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler)) or type(child).__name__ == "match_case":
            yield from blocks(child)


def global_names(tree):
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [name for node in found for name in node.names]


def comments(data, lines, out):
    # A carriage return alone ends a line for the parser, and not for `tokenize`.
    data = re.sub(rb"\r(?!\n)", b"\n", data)
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.COMMENT:
            line = data[lines.starts[token.start[0] - 1] :].split(b"\n", 1)[0].decode()
            column = len(line[: token.start[1]].encode())
            start = lines.offset(token.start[0], column)
            out.append(f"C {start} {start + len(token.string.rstrip(chr(13)).encode())}")


def check_against_symtable(data, bound_by_module, comprehensions):
    """The collector above against the compiler's own table, so that the oracle is no opinion of ours."""
    table = symtable.symtable(data, "file", "exec")
    theirs = set()
    for symbol in table.get_symbols():
        # What only functions assign, by `global`, no statement of the module binds.
        name = symbol.get_name()
        if symbol.is_assigned() or symbol.is_imported():
            theirs.add(name)
        # What `:=` binds in a comprehension is global in there, and not assigned by the module itself.
        elif symbol.is_declared_global() and name in bound_by_module:
            theirs.add(name)
    theirs -= {name for name in theirs if name.startswith(".") or name == "__conditional_annotations__"}
    # From 3.12 on comprehensions are inlined, and the table shows their variables, which nobody else sees.
    theirs -= comprehensions - bound_by_module
    if theirs != bound_by_module:
        raise AssertionError(f"symtable: {sorted(theirs ^ bound_by_module)}")


def main():
    for path in sys.stdin.read().splitlines():
        with open(path, "rb") as file:
            data = file.read()
        out = []
        try:
            data.decode("utf-8")
            if tokenize.detect_encoding(io.BytesIO(data).readline)[0] not in ("utf-8", "utf-8-sig"):
                raise ValueError("another encoding")
            describe(data, out)
        except (SyntaxError, UnicodeDecodeError, ValueError, RecursionError, MemoryError) as error:
            print("skip", path, type(error).__name__)
        except AssertionError as error:
            print("file", path)
            print("X", error)
        else:
            print("file", path)
            print("\n".join(out))


main()
