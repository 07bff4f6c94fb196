"""Mutants made by rule over the runtime's own source: each operator turned into its opposite.

What only says how something is stored or spelled (decorators, defaults of `strict`, annotations, `__slots__`)
is left alone: to break it changes nothing that a user could see.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant, Suite

RUNTIME = Path("src/proxygen/runtime")
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_LONGEST_ID = 60
"""Characters of source in an id."""


def operator_mutants(root: Path) -> list[Mutant]:
    """Every operator mutant of the runtime, shuffled by the hash of its id: in one order everywhere."""
    mutants = [
        mutant
        for path in sorted((root / RUNTIME).rglob("*.py"))
        for mutant in _Module(path.relative_to(root), path.read_text(encoding="utf-8")).mutants()
    ]
    return sorted(mutants, key=lambda mutant: hashlib.sha256(mutant.id.encode()).digest())


class _Module:
    """One file; ids name the function and the text that is changed, so that they outlive other edits."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._source = source
        self._encoded = source.encode("utf-8")
        self._starts = [0]
        for line in self._encoded.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._ids: Counter[str] = Counter()

    def mutants(self) -> Iterator[Mutant]:
        yield from self._below(ast.parse(self._source), "")

    def _below(self, node: ast.AST, name: str) -> Iterator[Mutant]:
        for child in _mutable_children(node):
            inner = name
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{name}.{child.name}".removeprefix(".")
            yield from self._mutants_of(child, inner)
            yield from self._below(child, inner)

    def _mutants_of(self, node: ast.AST, name: str) -> Iterator[Mutant]:
        if not isinstance(node, ast.expr | ast.stmt):
            return
        for label, text in self._mutations(node):
            segment = self._segment(node)
            shown = " ".join(segment.split())[:_LONGEST_ID]
            module = self._path.relative_to(RUNTIME).with_suffix("").as_posix()
            identity = f"{module}:{name}: {label}: {shown}"
            self._ids[identity] += 1
            if self._ids[identity] > 1:
                identity += f" #{self._ids[identity]}"
            find, replace = self._unique(node, text)
            yield Mutant(
                id=identity,
                rule=f"operator {label}",
                file=self._path.as_posix(),
                find=find,
                replace=replace,
                suite=Suite.ANY,
            )

    def _mutations(self, node: ast.expr | ast.stmt) -> Iterator[tuple[str, str]]:
        """Labels, and what takes the node's place."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            operator = _COMPARISONS[type(node.ops[0])]
            left, right = self._segment(node.left), self._segment(node.comparators[0])
            yield operator, f"{left} {operator} {right}"
        elif isinstance(node, ast.BoolOp):
            operator = "or" if isinstance(node.op, ast.And) else "and"
            values = [f"({self._segment(value)})" for value in node.values]
            yield operator, "(" + f" {operator} ".join(values) + ")"
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield "drop not", f"bool({self._segment(node.operand)})"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            operator = "-" if isinstance(node.op, ast.Add) else "+"
            left, right = self._segment(node.left), self._segment(node.right)
            yield operator, f"({left} {operator} {right})"
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield str(not node.value), str(not node.value)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield "plus one", f"({self._segment(node)} + 1)"
        elif isinstance(node, ast.Raise):
            yield "no raise", "pass"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
            yield "no call", "pass"

    def _segment(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self._encoded[start:end].decode("utf-8")

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _unique(self, node: ast.expr | ast.stmt, text: str) -> tuple[str, str]:
        """The node's lines, with as many around them as make them stand once; and their mutation."""
        start, end = self._span(node)
        assert node.end_lineno is not None
        first, last = node.lineno - 1, node.end_lineno
        while True:
            low, high = self._starts[first], self._starts[last]
            find = self._encoded[low:high]
            if self._encoded.count(find) == 1:
                break
            first, last = max(0, first - 1), min(len(self._starts) - 1, last + 1)
        replace = self._encoded[low:start] + text.encode("utf-8") + self._encoded[end:high]
        return find.decode("utf-8"), replace.decode("utf-8")


def _mutable_children(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed of a node, less what only describes it."""
    for field, value in ast.iter_fields(node):
        if field in ("decorator_list", "annotation", "returns", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_description(child):
                continue
            yield child


def _is_description(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return names in (["__slots__"], ["__all__"])
    return False
