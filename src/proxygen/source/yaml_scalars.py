"""A YAML scalar as a JSON value, by the core schema of YAML 1.2 (section 10.3.2)."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Final

from proxygen.source.refusal import TextRefusedError, shown

_PREFIX: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, Any]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_START: Final = frozenset("+-.0123456789")
_MAX_DIGITS: Final = 4300
_TOO_LARGE: Final = 10**_MAX_DIGITS
"""What Python no longer writes out in digits; as many are more than any reader of JSON takes."""


def resolve_scalar(text: str, tag: str | None, implicit: tuple[bool, bool], offset: int) -> Any:
    """The value of one scalar event; `implicit` is (plain, quoted) as PyYAML reports it."""
    if tag is None or tag == "!":
        return _plain(text, offset) if implicit[0] and tag is None else text
    name = tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else ""
    if name == "str":
        return text
    if name in {"int", "float", "bool", "null"}:
        value = _plain(text, offset)
        if _is_named(value, name):
            return float(value) if name == "float" else value
    raise TextRefusedError(
        "yaml-tag",
        offset,
        f"The tag {shown(tag)} on {shown(text)} stands for no JSON value.",
        "Remove the tag; an OpenAPI document has JSON values only.",
    )


def _plain(text: str, offset: int) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            raise _not_finite(text, offset)
        return int(text)
    for prefixed, radix in ((_OCTAL, 8), (_HEXADECIMAL, 16)):
        if prefixed.fullmatch(text):
            whole = int(text[2:], radix)
            if whole >= _TOO_LARGE:
                raise _not_finite(text, offset)
            return whole
    if _NOT_FINITE.fullmatch(text):
        raise _not_finite(text, offset)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not isfinite(number):
            raise _not_finite(text, offset)
        return number
    return text


def _is_named(value: Any, name: str) -> bool:
    if name == "null":
        return value is None
    if isinstance(value, bool):
        return name == "bool"
    if isinstance(value, int):
        return name in {"int", "float"}
    return isinstance(value, float) and name == "float"


def _not_finite(text: str, offset: int) -> TextRefusedError:
    return TextRefusedError(
        "number-not-finite",
        offset,
        f"{shown(text)} is no number that JSON can carry.",
        "Write a finite number within the range of a double, or quote it.",
    )
