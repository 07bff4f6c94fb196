"""Finds parameters whose values nest: what their styles make of those is undefined (OAS 3.1.1, 4.8.12.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proxygen.lower.schemas import SchemaBook
from proxygen.openapi import model as openapi
from proxygen.openapi.model import Schema
from proxygen.source.pointers import child

_CONTAINERS = frozenset({"array", "object"})


def is_nested(parameter: openapi.Parameter, book: SchemaBook) -> bool:
    """Whether an item of the array, or a member of the object, is always an array or object itself.

    A parameter with `content` is JSON, which nests; a variable of a path has to be read in any case.
    """
    if parameter.schema is None or parameter.content is not None or parameter.location == "path":
        return False
    found = (_types(inner, book) for inner in _inner(parameter.schema, book))
    return any(types and types <= _CONTAINERS for types in found)


def _inner(schema: Schema, book: SchemaBook) -> Iterator[Schema]:
    """The schemas of items and members, where only an array or an object may stand."""
    target = book.target(schema)
    types = _types(schema, book)
    if target is None or not types <= _CONTAINERS:
        return
    if types == {"array"}:
        yield from _below(target, "items")
    elif types == {"object"}:
        yield from _below(target, "additionalProperties")
        for name in target.value.get("properties", {}):
            yield from _below(target, "properties", name)


def _below(schema: Schema, *tokens: str) -> Iterator[Schema]:
    value, pointer = schema.value, schema.pointer
    for token in tokens:
        value = value.get(token)
        pointer = child(pointer, token)
    if isinstance(value, Mapping):
        yield Schema(document=schema.document, pointer=pointer, value=value)


def _types(schema: Schema, book: SchemaBook) -> frozenset[str]:
    """The types that a schema names, less null; `any` where it names none."""
    target = book.target(schema)
    value = target.value if target is not None else None
    if not isinstance(value, Mapping):
        return frozenset({"any"})
    said = value.get("type")
    if said is None:
        said = "object" if "properties" in value else "array" if "items" in value else "any"
    return frozenset([said] if isinstance(said, str) else said) - {"null"}
