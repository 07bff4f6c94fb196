"""Holds the text of a contracts module, wherever it came from, against what such a module may consist of.

What was kept from an earlier build passes the same list as what is made now: known imports, the two base
classes, classes of known names, annotated fields whose annotations are types. A text that passes runs nothing
of its author's, whoever wrote it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from proxygen.contracts.model import UnfitContractsError
from proxygen.contracts.nodes import nodes_of
from proxygen.contracts.tidy import (
    BASE_CLASSES,
    OURS,
    SOURCES,
    check_names,
    check_scope,
    read_imported,
    tidy_class,
)

_CALLED: Final = {
    "BaseModel": "pydantic",
    "ConfigDict": "pydantic",
    "Field": "pydantic",
    "Generic": "typing",
    "RootModel": "pydantic",
    "TypeVar": "typing",
}
"""What such a module calls or derives from, and where that must come from."""


def check_written(
    text: str, *, names: Sequence[str], imported: Mapping[str, str], title: str
) -> None:
    """Raise `UnfitContractsError` unless this is a module that `tidy_module` could have written."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise UnfitContractsError(f"no Python: {error}") from error
    imports: dict[str, set[str]] = {}
    for name, place in imported.items():
        read_imported(name, place, imports)
    known = {ast.dump(node) for node in ast.parse(BASE_CLASSES).body}
    classes: list[ast.ClassDef] = []
    for at, node in enumerate(body):
        if at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if node.value.value != title:
                raise UnfitContractsError("a docstring of another module")
        elif isinstance(node, ast.ImportFrom):
            _check_import(node, imports)
        elif isinstance(node, ast.ClassDef) and node.name in names:
            _check_arguments(node)
            classes.append(tidy_class(node))
        elif ast.dump(node) not in known:
            raise UnfitContractsError(f"a {type(node).__name__} between the classes")
    check_names(classes, names, imported)
    check_scope(classes, imports, names)


def _check_arguments(node: ast.ClassDef) -> None:
    """Arguments are values that are written out: no name, so nothing that Pydantic would call."""
    if node.name in _CALLED:
        raise UnfitContractsError(f"a class in the place of {node.name}")
    for call in (part for part in nodes_of(node) if isinstance(part, ast.Call)):
        try:
            for keyword in call.keywords:
                ast.literal_eval(keyword.value)
        except ValueError as error:
            raise UnfitContractsError(f"{node.name}: an argument that is no value") from error


def _check_import(node: ast.ImportFrom, imports: dict[str, set[str]]) -> None:
    for one in node.names:
        bound = one.asname or one.name
        if bound in _CALLED and (bound, node.module) != (one.name, _CALLED[bound]):
            raise UnfitContractsError(f"an import in the place of {bound}")
    texts = {
        one.name if one.asname is None else f"{one.name} as {one.asname}" for one in node.names
    }
    ours = node.module in SOURCES or node.module == OURS
    if node.level or node.module is None:
        raise UnfitContractsError("a relative import")
    if not ours and not texts <= imports.get(node.module, set()):
        raise UnfitContractsError(f"an import from {node.module}")
    imports.setdefault(node.module, set()).update(texts)
