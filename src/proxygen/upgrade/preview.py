"""What this version would write where another wrote the output: file by file, and for what cause."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from proxygen.output.causes import Cause, Kind
from proxygen.output.diff import Drift
from proxygen.output.manifest import MANIFEST, Origin
from proxygen.output.tree import Tree
from proxygen.pipeline import Build
from proxygen.render.gateway import gateway_pages

_REQUIRES: Final = re.compile(r"^require_contract\(\d+\)$", re.MULTILINE)
_INPUTS: Final = frozenset({Kind.DOCUMENT, Kind.CONFIGURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of the output: lines that come and go, and the causes, the nearest first."""

    path: str
    added: int
    removed: int
    causes: tuple[str, ...]

    @property
    def lines(self) -> str:
        """`+3 -1`."""
        return f"+{self.added} -{self.removed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change: `then` made the output, `now` would.

    `elsewhere` are causes that the upgrade has no part in: inputs that moved, and edits by hand.
    """

    then: Origin
    now: Origin
    files: tuple[FileChange, ...]
    elsewhere: tuple[Cause, ...]


def preview_of(built: Build, tree: Tree, drift: Drift, then: Origin) -> Preview:
    """The preview of a build whose drift from a tree is known; `then` is what the tree's manifest says."""
    templates = {page.path: page.template for page in gateway_pages(built.gateway)}
    moved = {cause.name for cause in drift.causes if cause.kind is Kind.TEMPLATE}
    edited = {
        cause.name: cause.kind
        for cause in drift.causes
        if cause.kind in (Kind.EDITED, Kind.DELETED)
    }
    inputs = any(cause.kind in _INPUTS for cause in drift.causes)

    def change(path: str) -> FileChange:
        before = (tree.read(path) or b"").decode("utf-8", "replace")
        after = built.files.get(path, "")
        added, removed = _counted(before, after)
        template = templates.get(path, "")
        named = [f"template {template}"] if template in moved else []
        if path in edited:
            named.append(edited[path].value.replace("-", " "))
        elif _REQUIRES.findall(before) != _REQUIRES.findall(after):
            contracts = f"{then.runtime_contract} to {built.origin.runtime_contract}"
            named.append(f"runtime contract {contracts}")
        if not named:
            named.append("generator, documents or configuration" if inputs else "generator")
        return FileChange(path=path, added=added, removed=removed, causes=tuple(named))

    paths = sorted({*drift.changed, *drift.added, *drift.removed}, key=_telling)
    return Preview(
        then=then,
        now=built.origin,
        files=tuple(map(change, paths)),
        elsewhere=tuple(
            cause
            for cause in drift.causes
            if cause.kind in _INPUTS or cause.kind in (Kind.EDITED, Kind.DELETED)
        ),
    )


def by_cause(files: tuple[FileChange, ...]) -> Mapping[str, tuple[FileChange, ...]]:
    """The files under their causes, what a template did first and the generator's own last."""
    grouped: dict[str, list[FileChange]] = {}
    for one in files:
        grouped.setdefault(" and ".join(one.causes), []).append(one)
    names = sorted(grouped, key=lambda name: (name.startswith("generator"), name))
    return {name: tuple(grouped[name]) for name in names}


def _counted(before: str, after: str) -> tuple[int, int]:
    """Lines that come and lines that go."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))
    return sum(line.startswith("+") for line in lines[2:]), sum(
        line.startswith("-") for line in lines[2:]
    )


def _telling(path: str) -> tuple[bool, bool, str]:
    return (path == MANIFEST, path.startswith("tests/"), path)
