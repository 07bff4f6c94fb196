"""Documents of the public corpus, each chosen for something: built, linted, imported, and tested."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus.forked import preload
from benchmarks.corpus.measure import judge
from benchmarks.corpus.reduce import SAMPLE, file_of

ROWS = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))["documents"]


@pytest.fixture(scope="session", autouse=True)
def everything_imported() -> None:
    """Once for all steps, which are forked."""
    preload()


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_document_of_the_sample_holds(row: dict[str, Any], tmp_path: Path) -> None:
    """`refused` of its operations are lines of the ledger, `untested` have no example."""
    found = judge(file_of(row["name"]), row["name"], tmp_path, source="", tested=None)
    assert (found.failed, found.said) == ("", "")
    assert found.valid is row.get("valid", True)
    refused = row.get("refused", 0)
    assert (found.routed, found.in_ledger) == (found.operations - refused, refused)
    assert found.no_example == row.get("untested", 0)
    assert found.tests > 0 or found.no_example + refused == found.operations


def test_the_sample_is_what_the_repository_has() -> None:
    documents = {path.name for path in file_of("").parent.iterdir()}
    assert documents == {file_of(row["name"]).name for row in ROWS}
    assert len(ROWS) == 55
