"""What identity has written into a request, and the request without it."""

from __future__ import annotations

import copy
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from proxygen.testing.edge import Sent
from proxygen.testing.expected import Expected, Filled
from proxygen.testing.requests import Call

_PART = re.compile(rb'Content-Disposition: form-data; name="([^"]*)"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n')


def has_a_place(one: Filled, call: Call) -> bool:
    """Whether this request has what identity is written into; a path is judged as a whole."""
    if one.place == "body":
        parents, _, _ = one.name.rpartition("/")
        found = [] if call.content is None else _member(json.loads(call.content), parents)
        return any(isinstance(parent, dict) for parent in found)
    if one.place in ("form", "part"):
        return call.content is not None
    return one.place != "path"


def written(one: Filled, sent: Sent) -> list[Any]:
    """Every value that the downstream finds at this place."""
    if one.place == "header":
        return list(sent.lines(one.name))
    if one.place == "query":
        pairs = parse_qsl(sent.target.partition("?")[2], keep_blank_values=True)
        return [value for name, value in pairs if name == one.name]
    if one.place == "form":
        return [value for name, value in parse_qsl(sent.content.decode()) if name == one.name]
    if one.place == "part":
        return [value.decode() for name, value in parts_of(sent.content) if name == one.name]
    return _member(json.loads(sent.content), one.name)


def without_identity(expected: Expected, request: Sent | Call) -> Any:
    """The body less what identity fills: of JSON its value, of forms and parts their names and contents."""
    content = request.content or b""
    if expected.filled("body"):
        value = json.loads(content)
        for one in expected.filled("body"):
            value = _less(value, one.name.split("/")[1:])
        return value
    names = {one.name for one in expected.filled("form", "part")}
    if expected.filled("form"):
        return [pair for pair in parse_qsl(content.decode()) if pair[0] not in names]
    if expected.filled("part"):
        return [part for part in parts_of(content) if part[0] not in names]
    return content


def _member(value: Any, pointer: str) -> list[Any]:
    for token in pointer.split("/")[1:]:
        if not isinstance(value, dict) or token not in value:
            return []
        value = value[token]
    return [value]


def _less(value: Any, tokens: list[str]) -> Any:
    value = copy.deepcopy(value)
    parent = value
    for token in tokens[:-1]:
        parent = parent.get(token) if isinstance(parent, dict) else None
    if isinstance(parent, dict):
        parent.pop(tokens[-1], None)
    return value


def parts_of(content: bytes) -> list[tuple[str, bytes]]:
    """The parts of a multipart body: names and contents, in order."""
    delimiter = content.partition(b"\r\n")[0]
    found: list[tuple[str, bytes]] = []
    for piece in content.split(delimiter)[1:]:
        head = _PART.match(piece.removeprefix(b"\r\n"))
        if head is not None:
            body = piece.removeprefix(b"\r\n")[head.end() :].removesuffix(b"\r\n")
            found.append((head[1].decode(), body))
    return found
