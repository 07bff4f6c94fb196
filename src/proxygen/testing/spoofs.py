"""The ways in which a client may try to say who it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from proxygen.testing.edge import HeaderLines
from proxygen.testing.examples import FormExample, JsonExample, MultipartExample, PartExample
from proxygen.testing.expected import Expected, Filled
from proxygen.testing.requests import Call


def header_spoofs(value: str) -> list[HeaderLines]:
    """Header lines that some reader behind the edge would take for identity."""
    names = (
        "x-user-id",
        "X-User-ID",
        "X_User_ID",
        "x.user.id",
        "X-USER-ID",
        "X-Org-ID",
        "x_org_id",
        "X-Proxied-By",
    )
    spoofs: list[HeaderLines] = [[(name, value)] for name in names]
    spoofs.append([("x-user-id", value), ("X-User-Id", value)])
    spoofs.append([("connection", "close, X-User-ID"), ("x-user-id", value)])
    return spoofs


def input_spoofs(expected: Expected, call: Call, value: str) -> Iterator[tuple[str, Call]]:
    """The call with each bound input set by the client, under every spelling that means the same."""
    for bound in expected.identity:
        wire_name = bound.name.rpartition("/")[2] if bound.place == "body" else bound.name
        for name in spellings(wire_name):
            spoofed = _spoofed(call, bound, name, value)
            if spoofed is not None:
                yield f"{bound.place} {name}", spoofed


def spellings(name: str) -> list[str]:
    """Names that are the same without case and separators."""
    words = name.replace("-", "_").split("_")
    camel = words[0] + "".join(word.title() for word in words[1:])
    return list(dict.fromkeys([name, camel, "-".join(words), name.upper()]))


def _spoofed(call: Call, bound: Filled, name: str, value: str) -> Call | None:
    body, encoded = call.body, f"%{ord(name[0]):02x}{name[1:]}"
    if bound.place == "query":
        return call.with_query(f"{encoded}={value}")
    if bound.place == "body" and isinstance(body, JsonExample):
        return _spoofed_json(call, body, bound, name, value)
    if bound.place == "form" and isinstance(body, FormExample):
        return call.with_content(body.encode()[1] + f"&{encoded}={value}".encode())
    if bound.place == "part" and isinstance(body, MultipartExample):
        part = PartExample(name=encoded, content=value.encode())
        return call.with_body(replace(body, parts=[*body.parts, part]))
    return None


def _spoofed_json(
    call: Call, body: JsonExample, bound: Filled, name: str, value: str
) -> Call | None:
    changed: Any = copy.deepcopy(body.value)
    parent = changed
    for token in bound.name.split("/")[1:-1]:
        parent = parent.get(token) if isinstance(parent, dict) else None
    if not isinstance(parent, dict):
        return None
    parent[name] = value
    escaped = json.dumps(changed).replace(f'"{name}"', f'"\\u{ord(name[0]):04x}{name[1:]}"')
    return call.with_content(escaped.encode())
