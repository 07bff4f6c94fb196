"""The ways in which a client may try to say who it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from proxygen.runtime import Binding, Operation, Place
from proxygen.testing.edge import HeaderLines
from proxygen.testing.examples import FormExample, JsonExample, MultipartExample, PartExample
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


def input_spoofs(operation: Operation, call: Call, value: str) -> Iterator[tuple[str, Call]]:
    """The call with each bound input set by the client, under every spelling that means the same."""
    for binding in operation.bindings:
        for name in spellings(binding.name.rpartition("/")[2]):
            spoofed = _spoofed(call, binding, name, value)
            if spoofed is not None:
                yield f"{binding.place} {name}", spoofed


def spellings(name: str) -> list[str]:
    """Names that are the same without case and separators."""
    words = name.replace("-", "_").split("_")
    camel = words[0] + "".join(word.title() for word in words[1:])
    return list(dict.fromkeys([name, camel, "-".join(words), name.upper()]))


def _spoofed(call: Call, binding: Binding, name: str, value: str) -> Call | None:
    if binding.place is Place.QUERY:
        return call.with_query(f"{name}={value}")
    if binding.place is Place.BODY and isinstance(call.body, JsonExample):
        return _spoofed_json(call, call.body, binding, name, value)
    if binding.place is Place.FORM and isinstance(call.body, FormExample):
        return call.with_body(replace(call.body, fields=[*call.body.fields, (name, value)]))
    if binding.place is Place.PART and isinstance(call.body, MultipartExample):
        part = PartExample(name=name, content=value.encode())
        return call.with_body(replace(call.body, parts=[*call.body.parts, part]))
    return None


def _spoofed_json(
    call: Call, body: JsonExample, binding: Binding, name: str, value: str
) -> Call | None:
    changed: Any = copy.deepcopy(body.value)
    parent = changed
    for token in binding.name.split("/")[1:-1]:
        parent = parent.get(token) if isinstance(parent, dict) else None
    if not isinstance(parent, dict):
        return None
    parent[name] = value
    escaped = json.dumps(changed).replace(f'"{name}"', f'"\\u{ord(name[0]):04x}{name[1:]}"')
    return call.with_content(escaped.encode())
