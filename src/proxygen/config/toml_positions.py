"""Where each key of a TOML text stands; `tomllib` has judged the text before and read its values."""

from __future__ import annotations

import re
from typing import Final

KeyPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'", re.DOTALL
)
_PLAIN_VALUE: Final = re.compile(r"[^,\]}\n#]+")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def key_offsets(text: str) -> dict[KeyPath, int]:
    """The offset of the first mention of every key, table and array item, by path."""
    return _Scanner(text).scan()


class _Scanner:
    """Follows TOML's grammar as far as keys need it; values are skipped."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._offsets: dict[KeyPath, int] = {}
        self._tables: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        """Every key of the text."""
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                return self._offsets
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        repeated = self._text.startswith("[[", self._at)
        self._at += 2 if repeated else 1
        path = self._key((), record_last=True)
        if repeated:
            number = self._tables.get(path, -1) + 1
            self._tables[path] = number
            path = (*path, number)
            self._offsets.setdefault(path, self._at)
        self._skip(_SPACE)
        self._at += 2 if repeated else 1
        return path

    def _pair(self, table: KeyPath) -> None:
        path = self._key(table, record_last=True)
        self._at = self._text.index("=", self._at) + 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self, table: KeyPath, *, record_last: bool) -> KeyPath:
        path = table
        while True:
            self._skip(_SPACE)
            start = self._at
            path = (*self._in_newest(path), self._name())
            if record_last:
                self._offsets.setdefault(path, start)
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return path
            self._at += 1

    def _in_newest(self, path: KeyPath) -> KeyPath:
        """A path through an array of tables means its newest table."""
        return (*path, self._tables[path]) if path in self._tables else path

    def _name(self) -> str:
        match = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
        if match is None:
            self._at += 1
            return ""
        self._at = match.end()
        name = match.group()
        if name[0] == "'":
            return name[1:-1]
        return _ESCAPE.sub(_unescaped, name[1:-1]) if name[0] == '"' else name

    def _value(self, path: KeyPath) -> None:
        first = self._text[self._at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            match = _STRING.match(self._text, self._at) or _PLAIN_VALUE.match(self._text, self._at)
            self._at = match.end() if match else self._at + 1

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        number = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "]":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._offsets.setdefault((*path, number), self._at)
            self._value((*path, number))
            number += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "}":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(path)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()


def _unescaped(match: re.Match[str]) -> str:
    short, long, single = match.groups()
    if short or long:
        return chr(int(short or long, 16))
    return _ESCAPED.get(single, single)
