"""What makes a text unreadable, raised inside `source` with the offset where it stands."""

from __future__ import annotations


class TextRefusedError(Exception):
    """One reason why a text is not a document: `offset` counts characters from 0, -1 says "the file"."""

    def __init__(self, rule: str, offset: int, found: str, cure: str) -> None:
        super().__init__(found)
        self.rule = rule
        self.offset = offset
        self.found = found
        self.cure = cure


def shown(text: str, limit: int = 60) -> str:
    """A piece of a document for a message: quoted, on one line, cut where it is long."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return ascii(cut).replace("\\u2026", "…")
