"""The grammar of OpenAPI documents: which field of which object holds what (OAS 2.0 to 3.2).

What stands in examples, defaults, enums and extensions is data, and nobody looks for OpenAPI in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from proxygen.source.document import Pointer
from proxygen.source.pointers import escape


class Shape(Enum):
    """How a field holds objects of one kind."""

    ONE = "one"
    LIST = "list"
    MAP = "map"
    EITHER = "either"
    """One or a list: `items` before JSON Schema 2020-12."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in a field."""

    kind: str
    shape: Shape = Shape.ONE


Fields = Mapping[str, Slot]


def _one(kind: str) -> Slot:
    return Slot(kind)


def _list(kind: str) -> Slot:
    return Slot(kind, Shape.LIST)


def _map(kind: str) -> Slot:
    return Slot(kind, Shape.MAP)


SCHEMA: Final = "schema"
"""The kind that has most nodes, and whose references may stand beside other keywords."""

_SCHEMA_FIELDS: Final[Fields] = {
    **dict.fromkeys(
        (
            *("additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"),
            *("unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems"),
        ),
        _one(SCHEMA),
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _list(SCHEMA)),
    **dict.fromkeys(
        ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
        _map(SCHEMA),
    ),
    "items": Slot(SCHEMA, Shape.EITHER),
    "xml": _one("xml"),
    "externalDocs": _one("external documentation"),
    "discriminator": _one("discriminator"),
}
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DOCS: Final[Fields] = {"externalDocs": _one("external documentation")}
_INFO: Final[Fields] = {"contact": _one("contact"), "license": _one("license")}
_VALUE: Final[Fields] = {
    "schema": _one(SCHEMA),
    "content": _map("media type"),
    "examples": _map("example"),
}
_PATH_ITEM: Final[Fields] = {
    **dict.fromkeys((*_METHODS, "query"), _one("operation")),
    "additionalOperations": _map("operation"),
    "servers": _list("server"),
    "parameters": _list("parameter"),
}

OPENAPI: Final[Mapping[str, Fields]] = MappingProxyType(
    {
        "document": {
            "info": _one("info"),
            "servers": _list("server"),
            "paths": _one("paths"),
            "webhooks": _map("webhook"),
            "components": _one("components"),
            "security": _list("security requirement"),
            "tags": _list("tag"),
            **_DOCS,
        },
        "info": _INFO,
        "server": {"variables": _map("server variable")},
        "components": {
            "schemas": _map(SCHEMA),
            "responses": _map("response"),
            "parameters": _map("parameter"),
            "examples": _map("example"),
            "requestBodies": _map("request body"),
            "headers": _map("header"),
            "securitySchemes": _map("security scheme"),
            "links": _map("link"),
            "callbacks": _map("callback"),
            "pathItems": _map("path item"),
            "mediaTypes": _map("media type"),
        },
        "paths": {"*": _one("path item")},
        "callback": {"*": _one("path item")},
        "responses": {"*": _one("response")},
        "path item": _PATH_ITEM,
        "webhook": _PATH_ITEM,
        "operation": {
            "parameters": _list("parameter"),
            "requestBody": _one("request body"),
            "responses": _one("responses"),
            "callbacks": _map("callback"),
            "servers": _list("server"),
            "security": _list("security requirement"),
            **_DOCS,
        },
        "parameter": _VALUE,
        "header": _VALUE,
        "request body": {"content": _map("media type")},
        "response": {
            "headers": _map("header"),
            "content": _map("media type"),
            "links": _map("link"),
        },
        "media type": {
            "schema": _one(SCHEMA),
            "itemSchema": _one(SCHEMA),
            "examples": _map("example"),
            "encoding": _map("encoding"),
            "prefixEncoding": _list("encoding"),
            "itemEncoding": _one("encoding"),
        },
        "encoding": {
            "headers": _map("header"),
            "encoding": _map("encoding"),
            "prefixEncoding": _list("encoding"),
            "itemEncoding": _one("encoding"),
        },
        "link": {"server": _one("server")},
        "tag": _DOCS,
        "security scheme": {"flows": _one("oauth flows")},
        "oauth flows": dict.fromkeys(
            (
                *("implicit", "password", "clientCredentials", "authorizationCode"),
                "deviceAuthorization",
            ),
            _one("oauth flow"),
        ),
        SCHEMA: _SCHEMA_FIELDS,
    }
)
"""Kind → field → what it holds, for OpenAPI 3; `*` stands for every key that is no extension."""

SWAGGER: Final[Mapping[str, Fields]] = MappingProxyType(
    {
        "document": {
            "info": _one("info"),
            "paths": _one("paths"),
            "definitions": _map(SCHEMA),
            "parameters": _map("parameter"),
            "responses": _map("response"),
            "securityDefinitions": _map("security scheme"),
            "security": _list("security requirement"),
            "tags": _list("tag"),
            **_DOCS,
        },
        "info": _INFO,
        "paths": {"*": _one("path item")},
        "responses": {"*": _one("response")},
        "path item": {
            **dict.fromkeys(_METHODS, _one("operation")),
            "parameters": _list("parameter"),
        },
        "operation": {
            "parameters": _list("parameter"),
            "responses": _one("responses"),
            "security": _list("security requirement"),
            **_DOCS,
        },
        "parameter": {"schema": _one(SCHEMA), "items": _one("items")},
        "items": {"items": _one("items")},
        "header": {"items": _one("items")},
        "response": {"schema": _one(SCHEMA), "headers": _map("header")},
        "tag": _DOCS,
        SCHEMA: _SCHEMA_FIELDS,
    }
)
"""The same for Swagger 2.0."""

Grammar = Mapping[str, Fields]


def slots(value: Mapping[str, Any], kind: str, grammar: Grammar) -> Iterator[tuple[str, Slot, Any]]:
    """The fields of an object that hold objects, with what they hold."""
    fields = grammar.get(kind)
    if not fields:
        return
    every = fields.get("*")
    if every is not None:
        for key, member in value.items():
            if not key.startswith("x-") and key != "$ref":
                yield key, every, member
        return
    for key, member in value.items():
        if key in fields:
            yield key, fields[key], member


def members(slot: Slot, value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """What a field holds: the path below the field, and the object."""
    if slot.shape is Shape.ONE:
        yield (), value
    elif slot.shape is Shape.MAP:
        if isinstance(value, dict):
            for key, member in value.items():
                yield (key,), member
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield (number,), member
    elif slot.shape is Shape.EITHER:
        yield (), value


def walk(
    value: Any, grammar: Grammar, *, closed: Collection[str] = ()
) -> Iterator[tuple[str, Any, Pointer]]:
    """Every object of a document: its kind, itself and its place; references are not followed.

    Nothing inside objects of the `closed` kinds is visited.
    """
    waiting = [("document", value, "")]
    while waiting:
        found, node, place = waiting.pop()
        yield found, node, place
        if found in closed or not isinstance(node, dict):
            continue
        for key, slot, held in slots(node, found, grammar):
            base = f"{place}/{escape(key)}"
            for path, member in members(slot, held):
                below = "".join(f"/{escape(str(token))}" for token in path)
                waiting.append((slot.kind, member, base + below))
