"""Text of documents on its way into a report: data in every format, markup or a command in none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MARKUP: Final = re.compile(
    r"[\\`*\[\]<>|~$&]|:(?=//)|(?<=[Ww])\.|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?P<mention>[@#](?=\w))"
)
"""What begins markup or a link somewhere; an underscore inside a word does not (CommonMark 6.2)."""
_CODE: Final = re.compile(r"`([^`]+)`")
_UNFIT_FOR_BACKTICKS: Final = re.compile(r"[`|\\]")
_BACKTICKS: Final = re.compile(r"`+")
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")


def printable(text: str) -> str:
    """Text on one line: nothing that moves a cursor, hides, breaks a line or is no character of XML."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def github_message(text: str) -> str:
    """Behind the second `::` of a workflow command; a newline of ours stays one."""
    shown = "\n".join(printable(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\n", "%0A")


def github_property(text: str) -> str:
    """The value of a property of a workflow command."""
    return github_message(printable(text)).replace(":", "%3A").replace(",", "%2C")


def markdown_sentence(text: str) -> str:
    """A sentence in Markdown, also in a cell of a table: what it has in backticks is code, the rest plain."""
    shown = printable(text)
    parts = []
    end = 0
    for match in _CODE.finditer(shown):
        parts += [_plain(shown[end : match.start()]), code_span(match[1])]
        end = match.end()
    return "".join([*parts, _plain(shown[end:])])


def code_span(text: str) -> str:
    """Text as code in Markdown, also in a cell of a table.

    Renderers disagree about backticks, pipes and backslashes in a cell, so such text is HTML of entities.
    """
    shown = printable(text)
    if shown and shown == shown.strip() and not _UNFIT_FOR_BACKTICKS.search(shown):
        return f"`{shown}`"
    return f"<code>{_PUNCTUATION.sub(_entity, shown)}</code>"


def code_block(language: str, lines: Iterable[str]) -> str:
    """Lines as a block of code in Markdown, whose fence is longer than any run of backticks in it."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(longest + 1, 3)
    return "\n".join([fence + language, *shown, fence, ""])


def _plain(text: str) -> str:
    """No markup, link, mention or reference to an issue."""
    return _MARKUP.sub(_harmless, text)


def _harmless(match: re.Match[str]) -> str:
    """An entity; a mention is found in the rendered text too, so a zero-width space parts it."""
    return f"{match[0]}&#8203;" if match["mention"] else _entity(match)


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
