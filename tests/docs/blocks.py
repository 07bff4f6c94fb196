"""The fenced blocks of a page, and what each says about how it is executed.

The info string goes on after the language: `console exit=1`, `console background`, `toml add`,
`yaml excerpt`. A first line that is a comment with a path (`# specs/proxygen.toml`) names the file that
the block is. A comment before the block, `<!-- not run: REASON -->`, says why nothing executes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*")
_PROJECT = re.compile(r"<!-- project: (.+?) -->")
_NAMES_FILE = re.compile(r"(?:#|//|\{#|<!--) ((?:[\w.-]+/)*[\w-]*\.[\w.-]+)(?: #\}| -->)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block; `line` is that of its fence, from 1."""

    page: Path
    line: int
    language: str
    options: dict[str, str]
    text: str
    not_run: str | None = None

    @property
    def file(self) -> str | None:
        """The file that its first line names."""
        found = _NAMES_FILE.fullmatch(self.text.partition("\n")[0].strip())
        return None if found is None else found[1]

    @property
    def place(self) -> str:
        """`page:line`, for messages."""
        return f"{self.page.name}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's blocks in their order; `project` is the page whose files it starts from."""

    path: Path
    blocks: tuple[Block, ...]
    project: Path | None = None


def read_page(path: Path) -> Page:
    """The page at this path; blocks of MyST's own directives (`{note}`) are no snippets."""
    text = path.read_text(encoding="utf-8")
    blocks: list[Block] = []
    reason: str | None = None
    for token in _MARKDOWN.parse(text):
        if token.type == "fence" and not token.info.startswith("{"):
            assert token.map is not None
            language, *options = token.info.split()
            blocks.append(
                Block(
                    page=path,
                    line=token.map[0] + 1,
                    language=language,
                    options=dict(_option(item) for item in options),
                    text=token.content,
                    not_run=reason,
                )
            )
        if token.type in {"fence", "html_block"}:
            comment = _NOT_RUN.search(token.content) if token.type == "html_block" else None
            reason = None if comment is None else comment[1]
    project = _PROJECT.search(text)
    return Page(
        path=path,
        blocks=tuple(blocks),
        project=None if project is None else (path.parent / project[1]).resolve(),
    )


def _option(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name, value
