"""JSON that every reader reads alike: UTF-8, no duplicate keys, no NaN; and where its members lie."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed lacks it
from typing import Any, NamedTuple

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.parameters.validation import INVALID_JSON

_BLANKS = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_COMMA = re.compile(r"[ \t\n\r]*,?[ \t\n\r]*")


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_STRICT = json.JSONDecoder(
    object_pairs_hook=_members_once, parse_constant=_no_constant, parse_int=str, parse_float=str
)
_SKIPPER = json.JSONDecoder(parse_int=str, parse_float=str)
_scan: Callable[[str, int], tuple[Any, int]] = _SKIPPER.scan_once  # type: ignore[attr-defined]  # typeshed lacks it


def not_json() -> EdgeError:
    """400, without the parser's words."""
    return EdgeError(400, INVALID_JSON)


def read_strict(content: bytes) -> tuple[str, Any]:
    """The text and its tree, numbers left as their spelling; 400 for all that readers disagree on."""
    try:
        text = content.decode("utf-8")
        return text, _STRICT.decode(text)
    except (ValueError, RecursionError):
        raise not_json() from None


class Member(NamedTuple):
    """A member of an object: its key, and where in the text the key, its value and the whole end."""

    key: str
    start: int
    value: int
    end: int


def members(text: str, opening: int) -> Iterator[Member]:
    """The members of the object whose brace is at `opening`, in a text that `read_strict` has passed."""
    index = _after(_BLANKS, text, opening + 1)
    while text[index] != "}":
        key, colon = scanstring(text, index + 1, True)
        value = _after(_COLON, text, colon)
        end = _scan(text, value)[1]
        yield Member(key, index, value, end)
        index = _after(_COMMA, text, end)


def place_of(text: str, key: str) -> int | None:
    """Where the value of the one member with this key begins, in a text that has one; None where only
    `members` can tell.

    Without an escape that could spell it, a plain key stands there as it is; where it stands once, it is it.
    """
    quoted = f'"{key}"'
    at = text.find(quoted)
    if at < 0 or text.find(quoted, at + 1) >= 0 or "\\u" in text or not _PLAIN.fullmatch(key):
        return None
    return _after(_COLON, text, at + len(quoted))


def _after(blanks: re.Pattern[str], text: str, index: int) -> int:
    found = blanks.match(text, index)
    return index if found is None else found.end()
