"""The rows that a sweep has written so far: one line of JSON each, the last of a document counts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import CACHE, ROOT
from benchmarks.corpus.measure import Measured

RESULTS = CACHE / "results.jsonl"
COMMITTED = ROOT / "benchmarks" / "corpus.json"
Row = dict[str, Any]


def begin(results: Path = RESULTS, *, committed: Path | None = COMMITTED) -> None:
    """Where this machine has no results, go on from the committed ones; `None` begins anew."""
    results.parent.mkdir(parents=True, exist_ok=True)
    if committed is None:
        results.write_text("", encoding="utf-8")
    elif committed.exists() and not results.exists():
        rows = json.loads(committed.read_text(encoding="utf-8"))["measured"]
        results.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def known_rows(results: Path = RESULTS) -> dict[str, Row]:
    """By name of the document."""
    if not results.exists():
        return {}
    lines = results.read_text(encoding="utf-8").splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


def append(measured: Measured) -> None:
    """At once on disk, so that a sweep can be stopped at any time."""
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(measured.as_json()) + "\n")


def source_digest() -> str:
    """A name for the state of the generator, the runtime, the tests' harness and the templates."""
    digest = hashlib.sha256()
    for folder in ("src", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".jinja"):
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def size_of(document: Path) -> int:
    """The order of a sweep and the length of its bar: bytes, and as much again for what all take."""
    return document.stat().st_size + 100_000
