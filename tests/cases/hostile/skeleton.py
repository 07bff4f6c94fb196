"""What a generated module is made of when every text in it that could be a document's is blanked."""

from __future__ import annotations

import ast
import builtins
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_BLANK = "_"
_ALIASED = "_aliased"
"""What datamodel-code-generator puts behind a builtin or an import that a field of the class shadows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A module without its text: every statement blanked, G1's skeleton, and the names that it says."""

    shape: str
    outline: str
    identifiers: frozenset[str]


@lru_cache(maxsize=256)
def form(text: str) -> Form:
    """The form of one module; most modules of an output are the same for every document."""
    tree = ast.parse(text)
    names = frozenset(_identifiers(tree))
    blanked = _blanked(tree)
    return Form(
        shape="\n".join(sorted(ast.dump(node) for node in blanked.body)),
        outline="\n".join(sorted(_outline_lines(blanked))),
        identifiers=names,
    )


def shape(files: Mapping[str, str]) -> Counter[str]:
    """The modules of an output as a bag of blanked modules: names of files are a document's text too."""
    return Counter(form(text).shape for path, text in files.items() if path.endswith(".py"))


def _blanked(tree: ast.Module) -> ast.Module:
    blanked = _Blanked({*dir(builtins), *_absolute_imports(tree)}).visit(tree)
    assert isinstance(blanked, ast.Module)
    return blanked


def _absolute_imports(tree: ast.Module) -> Iterator[str]:
    """Names that come from packages: no document's text can have chosen them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level):
            yield from (alias.asname or alias.name for alias in node.names)


class _Blanked(ast.NodeTransformer):
    """Constants and identifiers blanked, but for identifiers that absolute imports and builtins bind."""

    def __init__(self, ours: set[str]) -> None:
        self._ours = ours

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(type(node.value).__name__)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return self.visit_Constant(node.operand)
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.Import:
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        if node.level:
            node.module = _BLANK
            node.names = [ast.alias(_BLANK) for _ in node.names]
        elif node.module == "builtins":
            return None
        for alias in node.names:
            if (alias.asname or "").endswith(_ALIASED):
                alias.asname = None
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Whether a field needs an alias depends on its text: `Annotated[X, Field(alias="a b")]` is X."""
        match node:
            case ast.Subscript(ast.Name("Annotated"), ast.Tuple([kind, ast.Call(keywords=words)])):
                words[:] = [word for word in words if word.arg != "alias"]
                if not words:
                    shown: ast.AST = self.visit(kind)
                    return shown
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        kept = isinstance(node.ctx, ast.Load) and node.id in self._ours
        return ast.Name(node.id.removesuffix(_ALIASED) if kept else _BLANK, node.ctx)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name in ("attr", "arg", "name"):
            if isinstance(getattr(node, name, None), str) and not isinstance(node, ast.keyword):
                setattr(node, name, _BLANK)
        return super().generic_visit(node)


def outline(files: Mapping[str, str]) -> Counter[str]:
    """G1's skeleton: functions with the number of their arguments, decorators, and imports, per module."""
    return Counter(form(text).outline for path, text in files.items() if path.endswith(".py"))


def _outline_lines(blanked: ast.Module) -> Iterator[str]:
    for node in ast.walk(blanked):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield ast.dump(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                body = [type(statement).__name__ for statement in node.body]
                decorators = [ast.dump(one) for one in node.decorator_list]
                yield f"{type(node).__name__} {ast.dump(node.args)} {decorators} {body}"
            case ast.Lambda() | ast.JoinedStr() | ast.Global() | ast.Try() | ast.While():
                yield type(node).__name__


def identifiers(text: str) -> frozenset[str]:
    """Every name that stands in a module outside of its constants."""
    return form(text).identifiers


def _identifiers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        for name in ("id", "attr", "arg", "name", "asname", "module"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                yield from value.split(".")


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
