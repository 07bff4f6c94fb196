"""A figure of the README is that of the page which it links to, and the command beside it exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from docs.generate import command_line
from docs.generate.pages import with_generated

from .project import ROOT

README: Final = ROOT / "README.md"
ROW: Final = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\) \| (.+?) \| `([^`]+)` \|$", re.MULTILINE)
ON_PAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "wrong, missing or second identities": r"\| with a wrong, missing or second .+? \| (.+?) \|",
        "cut answers": r"\| of them taken for whole \| (.+?) \|",
        "public documents that build": r"\| built \| (.+?) \|",
        "public documents that end": r"\| ended by a bug of ours \| (.+?) \|",
        "the requests per second of": r"\| typed GET, of the seed's proxy \| .+? \| (.+?) \|",
        "those of a bare": r"\| typed GET, of the bare FastAPI route \| .+? \| (.+?) \|",
        "rules of a change": r"There are (\d+) rules",
    }
)
"""What a row begins with → where its page has the figure."""


def rows() -> list[tuple[str, Path, str, str]]:
    text = README.read_text(encoding="utf-8")
    return [
        (figure, ROOT / page, what, command) for figure, page, what, command in ROW.findall(text)
    ]


def test_every_figure_has_a_place() -> None:
    begun = [
        next((one for one in ON_PAGES if what.startswith(one)), what) for _, _, what, _ in rows()
    ]
    assert sorted(begun) == sorted(ON_PAGES)


@pytest.mark.parametrize(("figure", "page", "what", "command"), rows())
def test_a_figure_is_that_of_its_page(
    figure: str, page: Path, what: str, command: str, golden: bool
) -> None:
    pattern = next(place for begin, place in ON_PAGES.items() if what.startswith(begin))
    found = re.search(pattern, with_generated(page.read_text(encoding="utf-8")))
    assert found is not None, f"{page.name} has no {pattern}"
    if golden:
        link = f"({page.relative_to(ROOT)}) | {what}"
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"[{figure}]{link}", f"[{found[1]}]{link}"), "utf-8")
    else:
        assert figure == found[1], f"{page.name} says {found[1]}: make golden"


@pytest.mark.parametrize("command", [command for _, _, _, command in rows()])
def test_a_figure_can_be_measured_again(command: str) -> None:
    program, word, *_ = command.split()
    if program == "make":
        assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        assert word in command_line.commands()
