"""Wire strings as the JSON values that a contract means; what fits none stays a string, to be refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 308
"""Characters; longer is no number that services agree on."""

Scalar = Callable[[str], Any]


def scalar_of(types: Sequence[str]) -> Scalar:
    """How one wire string of these JSON types is read; the most specific type that fits wins."""
    attempts = tuple(_ATTEMPTS[kind] for kind in _ATTEMPTS if kind in types)
    if "string" in types:
        attempts = tuple(attempt for attempt in attempts if attempt is not _null)
    if not attempts:
        return str

    def read(text: str) -> Any:
        for attempt in attempts:
            value = attempt(text)
            if value is not _UNFIT:
                return value
        return text

    return read


class _Unfit:
    """Marks a string that is not of the type asked for."""


_UNFIT: Final = _Unfit()


def _integer(text: str) -> Any:
    if len(text) <= _LONGEST_NUMBER and _INTEGER.fullmatch(text):
        return int(text)
    return _UNFIT


def _number(text: str) -> Any:
    if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text):
        value = json.loads(text)
        return value if math.isfinite(value) else _UNFIT
    return _UNFIT


def _boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, _UNFIT)


def _flag(text: str) -> Any:
    return True if text == "" else _boolean(text)


def _null(text: str) -> Any:
    return None if text == "null" else _UNFIT


_ATTEMPTS: Final[dict[str, Scalar]] = {
    "null": _null,
    "boolean": _boolean,
    "flag": _flag,
    "integer": _integer,
    "number": _number,
}
