"""Finds parameters that no style says how to write, or that cannot be told apart when they are written.

What styles make of values that nest, and of `deepObject` for no object, is undefined (OAS 3.1.1, 4.8.12.2 and
4.8.12.4), so every service has its own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from proxygen.lower.combine import flat_object
from proxygen.lower.schemas import SchemaBook
from proxygen.openapi import model as openapi
from proxygen.openapi.model import Schema
from proxygen.source.pointers import child

_ANY = frozenset({"any"})
_CONTAINERS = frozenset({"array", "object"})
_DEEPEST = 8


def has_no_written_form(parameter: openapi.Parameter, book: SchemaBook) -> bool:
    """Whether an item of the array, or a member of the object, may be an array or object itself, or
    `deepObject` is said of something else than an object.

    A parameter with `content` is JSON, which nests; a variable of a path has to be read in any case.
    """
    if parameter.schema is None or parameter.content is not None or parameter.location == "path":
        return False
    if parameter.style == "deepObject" and _types(parameter.schema, book) != {"object"}:
        return True
    return nests(parameter.schema, book)


def written_alike(parameters: Iterable[openapi.Parameter], book: SchemaBook) -> Mapping[str, str]:
    """By pointer, a name of each parameter that another one of its location is written under as well.

    An exploded `form` object has no name on the wire, its properties do (OAS 3.1.1, 4.8.12.4): where another
    parameter, or a property of another such object, has the same one, a value may be meant for either.
    """
    written = {
        (one.location, one.pointer): frozenset(flat_object(book, one.schema).properties)
        if one.schema is not None and _is_spread(one, book)
        else frozenset({one.name})
        for one in parameters
    }
    uses = Counter((place, name) for (place, _), names in written.items() for name in names)
    return {
        pointer: min(shared)
        for (place, pointer), names in written.items()
        if (shared := [name for name in names if uses[place, name] > 1])
    }


def _is_spread(parameter: openapi.Parameter, book: SchemaBook) -> bool:
    """Whether it is an object whose properties are parameters of their own."""
    exploded = parameter.location in {"query", "cookie"} and parameter.explode
    if not exploded or parameter.style != "form" or parameter.schema is None:
        return False
    return _types(parameter.schema, book) == {"object"}


def nests(schema: Schema, book: SchemaBook) -> bool:
    """Whether an item of an array, or a member of an object, may be an array or object itself."""
    return any(_types(inner, book) & _CONTAINERS for inner in _inner(schema, book))


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


def _types(schema: Schema, book: SchemaBook, depth: int = 0) -> frozenset[str]:
    """The types that a schema names, less null; `any` where it names none."""
    target = book.target(schema)
    value = target.value if target is not None else None
    if target is None or not isinstance(value, Mapping) or depth > _DEEPEST:
        return _ANY
    if "type" in value:
        said = value["type"] if isinstance(value["type"], list) else [value["type"]]
        return frozenset(one for one in said if isinstance(one, str) and one != "null")
    for word in ("allOf", "oneOf", "anyOf"):
        branches = value.get(word)
        if isinstance(branches, list):
            found = [_types(one, book, depth + 1) for one in _branches(target, word, branches)]
            if word == "allOf":
                found = [types for types in found if types != _ANY]
            return frozenset().union(*found) or _ANY
    if "properties" in value:
        return frozenset({"object"})
    return frozenset({"array"}) if "items" in value else _ANY


def _branches(schema: Schema, word: str, branches: list[Any]) -> Iterator[Schema]:
    pointer = child(schema.pointer, word)
    for index, branch in enumerate(branches):
        yield Schema(document=schema.document, pointer=child(pointer, index), value=branch)
