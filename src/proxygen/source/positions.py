"""Where the members of a loaded document stand in its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from proxygen.source.pointers import index, split

MemberOffsets = Mapping[int, Sequence[int]]
"""`id` of each object and array → the offset of each member (an object's keys), in order.

The document keeps its containers alive and unchanged, so an id names one of them for good.
"""

_LINE_END = re.compile("\n")
INDEXED_FROM = 64
"""Objects with more members than this get an index of their keys when first asked."""


class LineTable:
    """Offsets of a text as lines and columns, both counted from 1 (`\\n`, `\\r\\n` and `\\r` end a line)."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        starts = [0]
        if "\r" in text:
            starts.extend(_mixed_line_starts(text))
        else:
            starts += [end.end() for end in _LINE_END.finditer(text)]
        self._starts = starts

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class Positions:
    """The offset of any node of one document, by pointer."""

    __slots__ = ("_indexes", "_lines", "_members", "_root", "_root_offset")

    def __init__(
        self, value: Any, members: MemberOffsets, lines: LineTable, root_offset: int = 0
    ) -> None:
        self._root = value
        self._root_offset = root_offset
        self._members = members
        self._lines = lines
        self._indexes: dict[int, dict[str, int]] = {}

    def place(self, pointer: str) -> tuple[int, int]:
        """Line and column of the node, or of its nearest ancestor that exists."""
        node = self._root
        offset = self._root_offset
        for token in split(pointer):
            number = self._number(node, token)
            offsets = self._members.get(id(node))
            if number is None or offsets is None:
                break
            offset = offsets[number]
            node = node[token] if isinstance(node, dict) else node[number]
        return self._lines.place(offset)

    def _number(self, node: Any, token: str) -> int | None:
        if isinstance(node, list):
            return index(token, len(node))
        if not isinstance(node, dict) or token not in node:
            return None
        if len(node) <= INDEXED_FROM:
            return next(number for number, key in enumerate(node) if key == token)
        numbers = self._indexes.get(id(node))
        if numbers is None:
            numbers = {key: number for number, key in enumerate(node)}
            self._indexes[id(node)] = numbers
        return numbers[token]


def _mixed_line_starts(text: str) -> list[int]:
    starts = []
    at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if line.endswith(("\n", "\r")):
            starts.append(at)
    return starts
