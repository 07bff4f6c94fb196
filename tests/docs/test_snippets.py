"""Each page of the documentation, executed from top to bottom in a project of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from .blocks import Page, read_page
from .execute import execute, write_files
from .project import ROOT, Project

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOME_NOT_RUN = 6
"""How many blocks of all pages may say why nothing executes them."""


def pages_with_blocks() -> list[Page]:
    return [page for page in map(read_page, PAGES) if page.blocks]


@pytest.mark.parametrize(
    "page", pages_with_blocks(), ids=lambda page: page.path.relative_to(ROOT).as_posix()
)
def test_a_page_does_what_it_says(page: Page, tmp_path: Path, golden: bool) -> None:
    if shutil.which("curl") is None and any("$ curl" in block.text for block in page.blocks):
        pytest.skip("the page calls curl, which is not installed")
    with Project(tmp_path, golden=golden) as project:
        if page.project is not None:
            write_files(page.project, project)
        try:
            for block in page.blocks:
                if block.not_run is None:
                    execute(block, project)
        finally:
            rewrite(page.path, project.rewritten or {})


def rewrite(path: Path, outputs: Mapping[str, str]) -> None:
    """Puts what commands print now in the place of what the page shows."""
    text = path.read_text(encoding="utf-8")
    for shown, printed in outputs.items():
        text = text.replace(shown, printed, 1)
    if outputs:
        path.write_text(text, encoding="utf-8")


def test_blocks_that_nothing_executes_are_few_and_have_a_reason() -> None:
    reasons = {
        block.place: block.not_run
        for page in pages_with_blocks()
        for block in page.blocks
        if block.not_run is not None
    }
    assert all(len(reason.split()) >= 3 for reason in reasons.values()), reasons
    assert len(reasons) <= SOME_NOT_RUN, reasons
