"""Documents for tests: a small valid one, and how one place of it is changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from proxygen.diagnostics import Diagnostic, InputRefused
from proxygen.openapi.model import Contract
from proxygen.openapi.parse import parse_contract
from proxygen.source.load import load_document
from proxygen.source.pointers import split

_MINIMAL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "tags": ["Things"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {
                        "description": "It.",
                        "headers": {"X-Total": {"schema": {"type": "integer"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}
    },
}

OPERATION = "/paths/~1things~1{id}/get"
"""The pointer of the one operation."""


def document(**changes: Any) -> dict[str, Any]:
    """The valid document with top-level keys replaced; None removes one."""
    value = copy.deepcopy(_MINIMAL)
    for key, change in changes.items():
        if change is None:
            del value[key]
        else:
            value[key] = change
    return value


def changed(pointer: str, change: Any, *, openapi: str = "3.1.0") -> dict[str, Any]:
    """The valid document with the node at `pointer` set."""
    value = document(openapi=openapi)
    *parents, last = split(pointer)
    node: Any = value
    for token in parents:
        node = node[int(token)] if isinstance(node, list) else node.setdefault(token, {})
    if isinstance(node, list):
        node.append(change) if last == "-" else node.__setitem__(int(last), change)
    else:
        node[last] = change
    return value


def with_path(path: str, **operation: Any) -> dict[str, Any]:
    """The valid document with one more path, which has a GET."""
    get = {"responses": {"200": {"description": "ok"}}, **operation}
    return changed("/paths/" + path.replace("~", "~0").replace("/", "~1"), {"get": get})


def parse(
    folder: Path, value: Any, *, strict: bool = False
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    """The contract of a document written to a file."""
    path = folder / "things.json"
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return parse_contract(load_document(path, root=folder), strict=strict)


def refusal(folder: Path, value: Any, *, strict: bool = False) -> tuple[Diagnostic, ...]:
    """What a document that is not accepted is refused for."""
    try:
        parse(folder, value, strict=strict)
    except InputRefused as refused:
        return refused.diagnostics
    message = "the document was accepted"
    raise AssertionError(message)
