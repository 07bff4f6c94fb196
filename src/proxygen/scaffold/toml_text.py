"""The one gate through which text of documents becomes TOML: a string, a key or a comment (TOML 1.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from proxygen.report.escaping import printable

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST_COMMENT: Final = 300
"""Characters of a document's text in one comment."""

Value = str | Iterable[str] | Mapping[str, str]
"""A string, an array of strings, or an inline table of them."""


def string(text: str) -> str:
    """A basic string; raises `ValueError` for half of a surrogate pair, which TOML cannot hold."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def key(*parts: str) -> str:
    """A dotted key, its parts bare where they can be."""
    return ".".join(part if _BARE_KEY.fullmatch(part) else string(part) for part in parts)


def table(*parts: str) -> str:
    """The head of a table."""
    return f"[{key(*parts)}]"


def pair(name: str | tuple[str, ...], value: Value) -> str:
    """A key with its value, on one line."""
    parts = (name,) if isinstance(name, str) else name
    return f"{key(*parts)} = {_value(value)}"


def comment(text: str) -> str:
    """One line of prose; a line that is proposed as it stands has no space behind its `#`."""
    plain = printable(" ".join(text.split()))
    if len(plain) > _LONGEST_COMMENT:
        plain = f"{plain[: _LONGEST_COMMENT - 1]}…"
    return f"# {plain}".rstrip()


def inline_table(values: Mapping[str, str]) -> str:
    """An inline table of strings."""
    return "{ " + ", ".join(f"{key(name)} = {string(text)}" for name, text in values.items()) + " }"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Mapping):
        return inline_table(value)
    return "[" + ", ".join(string(item) for item in value) + "]"


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("half of a surrogate pair")
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
