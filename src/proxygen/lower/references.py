"""Follows JSON pointers and `$ref`s inside one document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from proxygen.openapi.model import Schema
from proxygen.openapi.references import value_at

Json = Any
PART = "~#"
"""Stands before the name of a part that the document has no place for; in no JSON pointer (RFC 6901, 3)."""


def escaped(token: str) -> str:
    """A token as it stands in a JSON pointer (RFC 6901, 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def tokens(pointer: str) -> tuple[str, ...]:
    """The tokens of a JSON pointer (RFC 6901, 4)."""
    return tuple(
        part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:] if pointer
    )


def reference_of(value: Json) -> str | None:
    """The `$ref` of a schema, if it is one."""
    reference = value.get("$ref") if isinstance(value, Mapping) else None
    return reference if isinstance(reference, str) else None


def follow(schema: Schema, reference: str) -> Schema | None:
    """The schema that a local reference (`#/...`) points at; None where there is none."""
    if not reference.startswith("#/"):
        return None
    pointer = unquote(reference[1:])
    value: Json = value_at(schema.document.value, pointer)
    if not isinstance(value, Mapping | bool):
        return None
    return Schema(document=schema.document, pointer=pointer, value=value)


def child(schema: Schema, *path: str | int) -> Schema:
    """The schema below `path` in `schema`, with its pointer."""
    value: Json = schema.value
    pointer = schema.pointer
    for token in path:
        value = value[token]
        pointer = f"{pointer}/{escaped(str(token))}"
    return Schema(document=schema.document, pointer=pointer, value=value)


_VALUES: Final = frozenset({"const", "default", "enum", "examples"})


def references_in(node: Json) -> Iterator[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(node, list):
        for one in node:
            yield from references_in(one)
    if not isinstance(node, Mapping):
        return
    for word, value in node.items():
        if word == "$ref" and isinstance(value, str):
            yield value.removeprefix("#/$defs/")
        elif word == "properties":
            for one in value.values():
                yield from references_in(one)
        elif not isinstance(value, str) and word not in _VALUES:
            yield from references_in(value)
