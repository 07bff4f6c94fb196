"""The benign document of the rows, and how a row differs from it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

from proxygen.source.pointers import child, split

Json = Any
"""A JSON value."""

BASE: Final[Mapping[str, Json]] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1", "description": "Sells things."},
    "paths": {
        "/items": {
            "get": {
                "operationId": "list-items",
                "summary": "List items",
                "description": "All of them.",
                "tags": ["Items"],
                "parameters": [
                    {
                        "name": "plain-name",
                        "in": "query",
                        "description": "Any text.",
                        "schema": {"type": "string"},
                    },
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "X-Colour", "in": "header", "schema": {"type": "string"}},
                    {"name": "flavour", "in": "cookie", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "Items.",
                        "headers": {"X-Total": {"schema": {"type": "integer"}}},
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Item"},
                                }
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "create-item",
                "tags": ["Items"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Item"}}
                    },
                },
                "responses": {"201": {"description": "Created."}},
            },
        },
        "/items/{item-id}": {
            "get": {
                "operationId": "get-item",
                "tags": ["Items"],
                "parameters": [
                    {
                        "name": "item-id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"200": {"description": "One."}},
            }
        },
    },
    "components": {
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "description": "What it is called."},
                    "size": {"type": "integer"},
                },
            }
        },
    },
}

LIST: Final = "/paths/~1items/get"
CREATE: Final = "/paths/~1items/post"
PARAMETERS: Final = f"{LIST}/parameters"
ITEM: Final = "/components/schemas/Item"
NAME: Final = f"{ITEM}/properties/name"
SIZE: Final = f"{ITEM}/properties/size"
RESPONSE: Final = f"{LIST}/responses/200"


def patched(change: Mapping[str, Json], base: Mapping[str, Json] = BASE) -> dict[str, Json]:
    """The document with the nodes at these JSON pointers set; `-` appends to an array."""
    document: dict[str, Json] = copy.deepcopy(dict(base))
    for pointer, value in change.items():
        *parents, last = split(pointer)
        node: Json = document
        for token in parents:
            node = node[int(token)] if isinstance(node, list) else node.setdefault(token, {})
        if isinstance(node, list):
            node.append(value) if last == "-" else node.__setitem__(int(last), value)
        else:
            node[last] = value
    return document


def with_path(path: str, *variables: str, **operation: Json) -> dict[str, Json]:
    """The document with a GET of one more path, and these path parameters."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in variables
    ]
    get = {"responses": {"200": {"description": "ok"}}, "parameters": parameters, **operation}
    return patched({child("/paths", path): {"get": get}})


def text_of(document: Mapping[str, Json]) -> bytes:
    """The document as a file, one member per line."""
    return json.dumps(document, indent=1).encode()
