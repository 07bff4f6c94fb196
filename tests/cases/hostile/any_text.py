"""What must hold of a document with any text in any slot: figures G1 and G2 of the team's fault list."""

from __future__ import annotations

import ast
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, seed, settings

from proxygen.output.manifest import check_path
from proxygen.pipeline import Build, Refused, build_specs
from proxygen.render.environment import Printer
from proxygen.render.template_set import TemplateSet
from tests.cases.hostile.skeleton import identifiers, outline, shape
from tests.cases.hostile.slots import Case, cases, document, plain

CODE_NAMES = {"canary", "eval", "exec", "__import__"}


def check(case: Case) -> bool:
    """Whether the document was built; raises where what was built, or the refusal, is not as it must be."""
    built = outcome_of(case.document)
    if isinstance(built, Refused):
        assert case.spoiled, built.diagnostics
        for item in built.diagnostics:
            assert item.location.line > 0, item
            assert item.location.pointer.startswith("/"), item
            assert item.found.isprintable(), item
        return False
    for path, text in built.files.items():
        check_path(path)
        assert path.isascii(), path
        assert path == path.lower() or path == "LEDGER.md", path
        assert all(line.isprintable() for line in text.split("\n")), path
        if path.endswith(".py"):
            assert not identifiers(text) & CODE_NAMES, path
    if case.spoiled:
        return True  # a path with a variable more is another operation
    assert outline(dict(built.files)) == _benign(case.structure)[0]
    assert shape(dict(built.files)) == _benign(case.structure)[1]
    return True


@cache
def _benign(structure: tuple[str, ...]) -> tuple[Counter[str], Counter[str]]:
    built = outcome_of(document(structure, plain()))
    assert isinstance(built, Build), built.diagnostics
    return outline(dict(built.files)), shape(dict(built.files))


def outcome_of(value: object) -> Build | Refused:
    """What comes of a folder with this document alone."""
    with tempfile.TemporaryDirectory(prefix="any-text-") as folder:
        specs = Path(folder) / "specs"
        specs.mkdir()
        (specs / "shop.json").write_text(json.dumps(value, indent=1), encoding="utf-8")
        return build_specs(specs)


@contextmanager
def without_layout() -> Iterator[None]:
    """Builds that leave out what no text of a document decides: layout by ruff, templates compiled anew.

    What is judged is then the text that ruff is given, with the imports of one module as one.
    """
    templates = TemplateSet.load()
    printer = Printer(templates)
    with (
        patch.object(TemplateSet, "load", lambda _: templates),
        patch("proxygen.render.gateway.Printer", lambda _: printer),
        patch("proxygen.render.gateway.format_modules", _imports_merged),
        patch("proxygen.contracts.generate._formatted", str),
    ):
        yield


def _imports_merged(modules: Mapping[str, str]) -> dict[str, str]:
    return {path: _merged(text) for path, text in modules.items()}


@lru_cache(maxsize=256)
def _merged(text: str) -> str:
    tree = ast.parse(text)
    first: dict[tuple[int, str | None], ast.ImportFrom] = {}
    body: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            kept = first.setdefault((node.level, node.module), node)
            if kept is not node:
                kept.names += node.names
                continue
        body.append(node)
    if len(body) == len(tree.body):
        return text
    return ast.unparse(ast.Module(body, []))


def check_many(part: int, documents: int) -> Counter[str]:
    """Check this many documents, the same ones for the same part; how many were built and refused."""
    outcomes: Counter[str] = Counter()

    @seed(part)
    @settings(
        max_examples=documents,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def every_case(case: Case) -> None:
        outcomes["built" if check(case) else "refused"] += 1

    every_case()
    return outcomes
