"""Links of the pages that the site does not have lead somewhere; Sphinx checks those of the site."""

from __future__ import annotations

import re

import pytest

from .project import ROOT

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_relative_link_leads_to_a_file(name: str) -> None:
    targets = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_paths_of_contributing_are_there() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.M
    )
    named = {
        path
        for row in rows
        for cell in row
        for path in re.findall(r"`([\w./]+/|[\w./]+\.py)`", cell)
    }
    roots = (ROOT, ROOT / "src" / "proxygen", ROOT / "src" / "proxygen" / "runtime")
    assert len(named) > 15
    assert [path for path in named if not any((root / path).exists() for root in roots)] == []
