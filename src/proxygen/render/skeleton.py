"""What a rendered module is made of, without its text, and the proof that it is as it was meant to be.

A module's outline has one line per statement: imports, definitions with decorators and bases, targets of
assignments. Nothing of a document's text is in it, so a document that got code into the output would
show as a line, a call or a kind of node that nobody meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_ALLOWED = frozenset((
    ast.Module, ast.Expr, ast.Constant, ast.Import, ast.ImportFrom, ast.alias, ast.Assign,
    ast.AnnAssign, ast.Name, ast.Attribute, ast.Call, ast.keyword, ast.Tuple, ast.List, ast.Dict,
    ast.Subscript, ast.Starred, ast.BinOp, ast.BitOr, ast.Add, ast.UnaryOp, ast.USub, ast.Load, ast.Store,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.arguments, ast.arg, ast.Return, ast.Await,
    ast.ClassDef, ast.If, ast.Compare, ast.Eq,
))  # fmt: skip


class UnexpectedSourceError(Exception):
    """A rendered module is not what its view says: a bug of ours, so nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """`outline` in order (imports sorted, first), `calls` the names of what may be called."""

    outline: tuple[str, ...]
    calls: frozenset[str]


def check_skeleton(path: str, text: str, expected: Skeleton) -> None:
    """Raise unless the module at `path` has this outline, and calls and contains nothing else."""
    tree = parse(path, text)
    found = read_skeleton(tree)
    if found.outline != expected.outline:
        raise UnexpectedSourceError(f"{path}: {_first_difference(found.outline, expected.outline)}")
    surplus = found.calls - expected.calls
    if surplus:
        raise UnexpectedSourceError(f"{path}: calls {', '.join(sorted(surplus))}")
    for node in _nodes(tree):
        if type(node) not in _ALLOWED:
            raise UnexpectedSourceError(
                f"{path}:{getattr(node, 'lineno', 0)}: {type(node).__name__}"
            )


def parse(path: str, text: str) -> ast.Module:
    """The module's tree; raises `UnexpectedSourceError` where it is no Python."""
    try:
        return ast.parse(text, path)
    except (SyntaxError, ValueError) as error:
        raise UnexpectedSourceError(f"{path}: {error}") from error


def read_skeleton(tree: ast.Module) -> Skeleton:
    """The skeleton of a parsed module."""
    lines = tuple(_outline(tree.body, ""))
    imports = sorted(line for line in lines if line.startswith("from "))
    others = [line for line in lines if not line.startswith("from ")]
    calls = frozenset(_called(node.func) for node in _nodes(tree) if type(node) is ast.Call)
    return Skeleton(outline=(*imports, *others), calls=calls)


def _called(node: ast.expr) -> str:
    """The source of what is called; of a plain name at once, which unparsing takes long for."""
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but the contexts of names; twice as fast as `ast.walk` over thousands of operations."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in node._fields:
            if name == "ctx":
                continue
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif type(value) is list:
                waiting.extend(item for item in value if isinstance(item, ast.AST))


def import_line(module: str, names: tuple[str, ...]) -> str:
    """An import as an outline has it."""
    return f"from {module} import {', '.join(sorted(names))}"


def _outline(body: list[ast.stmt], margin: str) -> Iterator[str]:
    for node in body:
        match node:
            case ast.ImportFrom(module, aliases, level):
                names = (f"{a.name} as {a.asname}" if a.asname else a.name for a in aliases)
                yield margin + import_line("." * level + (module or ""), tuple(names))
            case ast.Expr(ast.Constant(str())):
                yield f"{margin}docstring"
            case ast.Expr(ast.Call(function)):
                yield f"{margin}call {ast.unparse(function)}"
            case ast.Assign([target]) | ast.AnnAssign(target):
                yield f"{margin}{ast.unparse(target)} ="
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                yield from _function(node, margin)
            case ast.ClassDef(name):
                bases = ", ".join(ast.unparse(base) for base in node.bases)
                yield f"{margin}class {name}({bases})"
                yield from _outline(node.body, margin + "  ")
            case ast.If(test):
                yield f"{margin}if {ast.unparse(test)}"
                yield from _outline(node.body, margin + "  ")
                yield from _outline(node.orelse, margin + "  ")
            case ast.Return():
                yield f"{margin}return"
            case _:
                yield f"{margin}{type(node).__name__}"


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, margin: str) -> Iterator[str]:
    for decorator in node.decorator_list:
        yield f"{margin}@{ast.unparse(decorator)}"
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    yield f"{margin}{kind} {node.name}({', '.join(argument.arg for argument in arguments)})"
    yield from _outline(node.body, margin + "  ")


def _first_difference(found: tuple[str, ...], expected: tuple[str, ...]) -> str:
    for left, right in zip(found, expected, strict=False):
        if left != right:
            return f"has {left!r} where {right!r} belongs"
    extra = found[len(expected) :] or expected[len(found) :]
    return f"{'has' if len(found) > len(expected) else 'lacks'} {extra[0]!r}"
