"""A figure of the README is one of the page that it links to, and the command beside it exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import command_line
from docs.generate.pages import with_generated

from .project import ROOT

ROW = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\) \| (.+?) \| `([^`]+)` \|$", re.MULTILINE)
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def rows() -> list[tuple[str, Path, str, str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [
        (figure, ROOT / page, what, command) for figure, page, what, command in ROW.findall(text)
    ]


def test_there_are_figures() -> None:
    assert len(rows()) >= 5


@pytest.mark.parametrize(("figure", "page", "what", "command"), rows())
def test_every_number_is_on_the_page_that_it_links_to(
    figure: str, page: Path, what: str, command: str
) -> None:
    there = set(NUMBER.findall(with_generated(page.read_text(encoding="utf-8"))))
    missing = set(NUMBER.findall(f"{figure} {what}")) - there
    assert not missing, f"{page.name} does not say {missing}: bring README.md up to date"
    program, word, *_ = command.split()
    if program == "make":
        assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        assert word in command_line.commands()
