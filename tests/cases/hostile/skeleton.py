"""What a generated module is made of when every text in it that could be a document's is blanked."""

from __future__ import annotations

import ast
import builtins
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_BLANK = "_"


def shape(files: Mapping[str, str]) -> Counter[str]:
    """The modules of an output as a bag of blanked modules: names of files are a document's text too."""
    return Counter(module_shape(text) for path, text in files.items() if path.endswith(".py"))


def module_shape(text: str) -> str:
    """One module: its top-level statements, blanked, without regard to the order of names."""
    tree = ast.parse(text)
    ours = {*dir(builtins), *_absolute_imports(tree)}
    return "\n".join(sorted(ast.dump(_Blanked(ours).visit(node)) for node in tree.body))


def _absolute_imports(tree: ast.Module) -> Iterator[str]:
    """Names that come from packages: no document's text can have chosen them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level):
            yield from (alias.asname or alias.name for alias in node.names)


class _Blanked(ast.NodeTransformer):
    """Constants and identifiers blanked, but for identifiers that absolute imports and builtins bind."""

    def __init__(self, ours: set[str]) -> None:
        self._ours = ours

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:  # noqa: N802 - ast's name
        return ast.Constant(type(node.value).__name__)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:  # noqa: N802 - ast's name
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return self.visit_Constant(node.operand)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:  # noqa: N802 - ast's name
        if node.level:
            node.module = _BLANK
            node.names = [ast.alias(_BLANK) for _ in node.names]
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name in ("id", "attr", "arg", "name"):
            value = getattr(node, name, None)
            if isinstance(value, str) and not isinstance(node, ast.keyword):
                setattr(node, name, value if value in self._ours else _BLANK)
        return super().generic_visit(node)


def outline(files: Mapping[str, str]) -> Counter[str]:
    """G1's skeleton: functions with the number of their arguments, decorators, and imports, per module."""
    return Counter(
        "\n".join(sorted(_outline_lines(text)))
        for path, text in files.items()
        if path.endswith(".py")
    )


def _outline_lines(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    ours = {*dir(builtins), *_absolute_imports(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield ast.dump(_Blanked(ours).visit(node))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                body = [type(statement).__name__ for statement in node.body]
                decorators = [ast.dump(_Blanked(ours).visit(one)) for one in node.decorator_list]
                yield f"{type(node).__name__} {ast.dump(node.args)} {decorators} {body}"
            case ast.Lambda() | ast.JoinedStr() | ast.Global() | ast.Try() | ast.While():
                yield type(node).__name__


def identifiers(text: str) -> set[str]:
    """Every name that stands in a module outside of its constants."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        for name in ("id", "attr", "arg", "name", "asname", "module"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                found.update(value.split("."))
    return found


def texts(files: Mapping[str, str]) -> set[str]:
    """Every string that the output has as data, white space as one blank."""
    found: set[str] = set()
    for path, text in files.items():
        if path.endswith(".py"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(" ".join(node.value.split()))
        elif path.endswith(".json"):
            found.update(" ".join(one.split()) for one in _strings(json.loads(text)))
    return found


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield key
                yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)
