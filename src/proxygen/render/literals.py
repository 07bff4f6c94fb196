"""The one gate through which text enters generated source: literal, docstring, or checked name.

What comes out is `Source`, and the templates' environment prints nothing else. Whatever Python's
`repr` calls unprintable (C0 and C1 controls, bidirectional controls, U+2028, surrogates) leaves as
an escape.
"""

from __future__ import annotations

import json
import keyword
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from proxygen.render.source_nodes import Call, Expression, Name, Subscript, Union

LINE_LENGTH = 100
_CHUNK_LEAST = 24
_SEAMS = frozenset({" ", "&", b" ", b"&"})
"""After which a long text is broken rather than elsewhere."""
_INDENT = 4
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e\n]")
_PLAIN = re.compile(r"[\x20-\x5b\x5d-\x7e]*")
"""Printable ASCII but for the backslash: one by one, `repr` leaves all of these as they are."""
_NAMES = 4096
"""How many names are remembered as checked: a few are written for each operation."""
_JSON_WORDS = {None: "null", True: "true", False: "false"}
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


class UnsafeTextError(Exception):
    """A value that has no source form: a bug of an earlier stage, never a document's doing."""


class Source(str):
    """Text that the gate has made fit for source."""

    __slots__ = ()


@lru_cache(maxsize=_NAMES)
def identifier(name: str) -> Source:
    """A name as it is, if it may be defined: an identifier, no keyword, no dunder, in NFKC."""
    if (
        not name.isidentifier()
        or keyword.iskeyword(name)
        or name.startswith("__")
        or unicodedata.normalize("NFKC", name) != name
    ):
        raise UnsafeTextError(f"not a Python name: {name!r}")
    return Source(name)


@lru_cache(maxsize=_NAMES)
def dotted(name: str) -> Source:
    """A module or an attribute: identifiers between dots, after dots where it is relative."""
    stripped = name.lstrip(".")
    parts = [identifier(part) for part in stripped.split(".")] if stripped else []
    return Source("." * (len(name) - len(stripped)) + ".".join(parts))


def names(values: tuple[str, ...]) -> Source:
    """Names of an import statement, `a` or `a as b`."""
    checked = (" as ".join(identifier(part) for part in value.split(" as ")) for value in values)
    return Source(", ".join(checked))


def literal(value: Any) -> Source:
    """A Python literal that evaluates to this JSON value (or bytes, or tuple)."""
    return Source(_value(value, depth=1))


def expression(node: Expression) -> Source:
    """The source of an expression made of nodes and plain values."""
    return Source(_expression(node, depth=1))


def _expression(node: Expression, depth: int) -> str:
    match node:
        case Name(text):
            return dotted(text)
        case Call(function, arguments, keyword_arguments):
            parts = [_expression(argument, depth + 1) for argument in arguments]
            parts += [
                _labelled(f"{identifier(name)}=", value, depth + 1)
                for name, value in keyword_arguments
            ]
            return f"{dotted(function)}({', '.join(parts)})"
        case Subscript(value, index):
            return f"{dotted(value)}[{_expression(index, depth)}]"
        case Union(arms):
            return " | ".join(_expression(arm, depth) for arm in arms)
        case _:
            return _value(node, depth)


def _value(value: Any, depth: int) -> str:
    match value:
        case None | True | False:
            return repr(value)
        case str() | bytes():
            return _text(value, depth)
        case int():
            return _integer(value)
        case float():
            if not math.isfinite(value):
                raise UnsafeTextError(f"not a finite number: {value!r}")
            return repr(float(value))
        case tuple():
            items = [_expression(item, depth + 1) for item in value]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        case list():
            return f"[{', '.join(_expression(item, depth + 1) for item in value)}]"
        case Mapping():
            pairs = (
                _labelled(f"{_text(key, depth + 1)}: ", item, depth + 1)
                for key, item in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case _:
            raise UnsafeTextError(f"no literal for {type(value).__name__}")


def _labelled(label: str, value: Expression, depth: int) -> str:
    """A value behind its keyword or key, which share its line."""
    if isinstance(value, str | bytes):
        return label + _text(value, depth, beside=_width(label))
    return label + _expression(value, depth)


def _integer(value: int) -> str:
    try:
        return repr(int(value))
    except ValueError:
        return hex(value)


def _text(value: str | bytes, depth: int, *, beside: int = 0) -> str:
    """One literal, or several side by side in parentheses where one would not fit on a line.

    `beside` is the width of what stands on the line already.
    """
    if not isinstance(value, str | bytes):
        raise UnsafeTextError(f"not text: {type(value).__name__}")
    plain = str(value) if isinstance(value, str) else bytes(value)
    whole = repr(plain)
    room = max(_CHUNK_LEAST, LINE_LENGTH - _INDENT * (depth + 3))
    width = _width(whole)
    line = _INDENT * depth + beside + width + 1
    if width <= room and (not beside or line <= LINE_LENGTH):
        return whole
    return "(" + " ".join(repr(chunk) for chunk in _chunks(plain, room - 3)) + ")"


def _chunks(value: str | bytes, room: int) -> Iterator[str | bytes]:
    """Pieces of this width; they end behind a blank or a `&` where one is in their second half."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        yield from _plain_chunks(value, room)
        return
    start, width = 0, 0
    seam, before_seam = 0, 0
    for position in range(len(value)):
        character = value[position : position + 1]
        step = _width(repr(character)) - 2
        if width + step > room and position > start:
            end = seam if seam > start else position
            yield value[start:end]
            start, width = end, width - before_seam if end == seam else 0
            seam, before_seam = 0, 0
        width += step
        if character in _SEAMS and 2 * width > room:
            seam, before_seam = position + 1, width
    yield value[start:]


def _plain_chunks(value: str, room: int) -> Iterator[str]:
    """The same of a text whose characters are all one column wide, without a look at each of them."""
    start, length = 0, len(value)
    while length - start > room:
        end = start + room
        seam = 1 + max(value.rfind(" ", start, end), value.rfind("&", start, end))
        if 2 * (seam - start) > room:
            end = seam
        yield value[start:end]
        start = end
    yield value[start:]


def docstring(text: str, indent: int = 0) -> Source:
    """A docstring whose value reads like `text`, wrapped to the line length at this indentation."""
    room = LINE_LENGTH - indent
    lines = [wrapped for line in _printable_lines(text) for wrapped in _wrapped(line, room - 3)]
    while lines and not lines[-1]:
        lines.pop()
    body = "\n".join(lines).strip() or "No description."
    body = body.replace('"""', r"\"\"\"")
    if body.startswith('"'):
        body = "\\" + body
    if body.endswith('"') and not body.endswith('\\"'):
        body = body[:-1] + '\\"'
    head, *rest = body.split("\n")
    if not rest:
        if _width(head) + 6 <= room:
            return Source(f'"""{head}"""')
        rest = []
    margin = " " * indent
    indented = "".join(f"\n{margin}{line}" if line else "\n" for line in rest)
    return Source(f'"""{head}{indented}\n{margin}"""')


def _printable_lines(text: str) -> list[str]:
    r"""Lines at `\n`, `\r\n` and `\r` only; backslashes and everything unprintable escaped."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return [
        "".join(_in_docstring(character) for character in line).rstrip()
        for line in flat.split("\n")
    ]


def _in_docstring(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isprintable() else repr(character)[1:-1]


def _wrapped(line: str, room: int) -> Iterator[str]:
    """Greedy filling by words; a word that is longer than a line has a line for itself."""
    if _width(line) <= room:
        yield line
        return
    margin = line[: len(line) - len(line.lstrip())][: room // 2]
    current = ""
    for word in line.split():
        if current and _width(margin) + _width(current) + 1 + _width(word) > room:
            yield margin + current
            current = word
        else:
            current = f"{current} {word}" if current else word
    yield margin + current


def _width(text: str) -> int:
    """Columns on a terminal, as ruff counts them: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def markdown(text: str) -> Source:
    """Text on one line of Markdown, markup and unprintable characters made harmless."""
    flat = " ".join(text.split())
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in flat)
    return Source(_MARKDOWN.sub(lambda match: "\\" + match[0], shown))


def json_text(value: Any) -> Source:
    """JSON indented by two spaces, keys in the order given, unprintable characters escaped."""
    text = _indented(value, "\n")
    return Source(_BEYOND_ASCII.sub(_json_escape, text) + "\n")


def _indented(value: Any, line: str) -> str:
    """As `json.dumps` with an indent of two, which takes three times as long; `line` starts a line."""
    inner = line + "  "
    if isinstance(value, dict) and value:
        members = [
            f"{_json_key(name)}: {encode_basestring(one)}"
            if type(one) is str
            else f"{_json_key(name)}: {_indented(one, inner)}"
            for name, one in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
    if isinstance(value, list | tuple) and value:
        items = [
            encode_basestring(one) if type(one) is str else _indented(one, inner) for one in value
        ]
        return f"[{inner}{f',{inner}'.join(items)}{line}]"
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or value is True or value is False:
        return _JSON_WORDS[value]
    if type(value) is int:
        return repr(value)
    return json.dumps(value, allow_nan=False)


def _json_key(name: Any) -> str:
    """What is no string is written as `json.dumps` writes such a key."""
    if isinstance(name, str):
        return encode_basestring(name)
    return json.dumps({name: 0}, allow_nan=False)[1:-4]


def _json_escape(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]
