"""Every row of the threat tables has a test: `rows.toml` says which, and says nothing that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.wire.edge import ROOT

INDEX: Final[Mapping[str, Mapping[str, list[str]]]] = tomllib.loads(
    Path(__file__).with_name("rows.toml").read_text(encoding="utf-8")
)
_PLATFORM: Final = re.compile(r"(?<=\[)(fast|httpx|team|h11)-|-(fast|httpx|team|h11)(?=\]$)")
_ONLY_PLATFORM: Final = re.compile(r"\[(fast|httpx|team|h11)\]$")


def table(name: str) -> str:
    """One of the threat tables, where they lie beside the repository."""
    for parent in ROOT.parents:
        path = parent / "shared" / "threats" / name
        if path.exists():
            return path.read_text(encoding="utf-8")
    pytest.skip("the threat tables are not beside this repository")


def first_cells(text: str, pattern: str) -> set[str]:
    """The first cells of a table's rows that this expression matches."""
    cells = (line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| "))
    return {cell for cell in cells if re.fullmatch(pattern, cell)}


def test_every_attack_is_in_the_index() -> None:
    assert first_cells(table("wire.md"), r"W\d+") == set(INDEX["wire"])


def test_every_fault_is_in_the_index() -> None:
    assert first_cells(table("faults.md"), r"(?!fault$).*[^-].*") == set(INDEX["faults"])


def test_every_figure_of_the_edge_is_in_the_index() -> None:
    assert set(re.findall(r"^- (R\d+) ", table("faults.md"), re.MULTILINE)) == set(INDEX["figures"])


def test_every_test_of_the_index_is_there() -> None:
    named = {entry for rows in INDEX.values() for entries in rows.values() for entry in entries}
    files = {entry.partition("::")[0] for entry in named}
    collected = collect(file for file in files if (ROOT / file).exists())
    missing = {entry for entry in named if not any(is_named(node, entry) for node in collected)}
    assert missing == set()
    assert [row for rows in INDEX.values() for row, entries in rows.items() if not entries] == []


def is_named(node: str, entry: str) -> bool:
    """Whether an entry of the index stands for this test: its id, its function, or the beginning of it."""
    if entry.endswith("*"):
        return node.startswith(entry[:-1])
    return node == entry or node.startswith((f"{entry}[", f"{entry}::"))


def collect(files: Iterable[str]) -> set[str]:
    """The ids of all tests in these files, without the platforms that they run on."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, "-p", "no:xdist", *sorted(files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    nodes = (line for line in listed.splitlines() if "::" in line)
    return {_PLATFORM.sub("", _ONLY_PLATFORM.sub("", node)) for node in nodes}
