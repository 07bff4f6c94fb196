"""Names every construct of a document, so that what became of each can be asked.

Two constructs beside OpenAPI's own: an extension (`x-…`), and a field that OpenAPI does not know. A scalar
field belongs to its object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from proxygen.openapi.grammar import OPENAPI, SCHEMA, SWAGGER, walk
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import child

SET_ASIDE: Final = frozenset(
    {
        *("callback", "contact", "extension", "external documentation", "license", "link"),
        *("oauth flow", "server", "server variable", "unknown field", "webhook", "xml"),
    }
)
"""The nouns that no edge is made of, wherever they stand."""

_CLOSED: Final = frozenset({"webhook", "callback", "link"})
_TEXTS: Final = ("summary", "description")
_SCALARS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "document": frozenset({"openapi", "swagger", "jsonSchemaDialect", "$self"}),
        "info": frozenset({"title", "termsOfService", "version", *_TEXTS}),
        "path item": frozenset({"$ref", *_TEXTS}),
        "operation": frozenset({"tags", "operationId", "deprecated", *_TEXTS}),
        "parameter": frozenset(
            {
                *("name", "in", "required", "deprecated", "allowEmptyValue", "style", "explode"),
                *("allowReserved", "example", *_TEXTS),
            }
        ),
        "header": frozenset(
            {"required", "deprecated", "style", "explode", "allowReserved", "example", *_TEXTS}
        ),
        "request body": frozenset({"required", *_TEXTS}),
        "response": frozenset(_TEXTS),
        "media type": frozenset({"example", "description"}),
        "encoding": frozenset({"contentType", "style", "explode", "allowReserved"}),
        "tag": frozenset({"name", "parent", "kind", *_TEXTS}),
        "components": frozenset(),
    }
)
"""Kind → the fields that hold no object; kinds that are not here are not looked into."""


def constructs(document: Document) -> Iterator[tuple[str, Pointer]]:
    """Every construct of a document and its place: the noun is OpenAPI's, in lower case.

    What stands inside a webhook, callback or link is part of it.
    """
    value = document.value
    grammar = SWAGGER if "swagger" in value else OPENAPI
    for kind, node, pointer in walk(value, grammar, closed=_CLOSED):
        if isinstance(node, dict) and "$ref" in node and kind != SCHEMA:
            yield "reference", pointer
            continue
        yield kind, pointer
        if isinstance(node, dict) and kind not in _CLOSED:
            known = _SCALARS.get(kind) if grammar is OPENAPI else None
            yield from _beside(node, kind, known, pointer)


def set_aside_outside_schemas(root: dict[str, Any]) -> Iterator[tuple[str, Pointer]]:
    """What no edge is made of, but for what stands inside schemas; those are read one by one elsewhere."""
    for kind, node, pointer in walk(root, OPENAPI, closed=_CLOSED | {SCHEMA}):
        if kind == SCHEMA:
            continue
        if kind in SET_ASIDE:
            yield kind, pointer
        if isinstance(node, dict) and kind not in _CLOSED and "$ref" not in node:
            yield from _beside(node, kind, _SCALARS.get(kind), pointer)


def _beside(
    node: dict[str, Any], kind: str, known: frozenset[str] | None, pointer: Pointer
) -> Iterator[tuple[str, Pointer]]:
    """Extensions, and fields that are neither objects nor known scalars."""
    fields = OPENAPI.get(kind, {})
    for key in node:
        if key.startswith("x-"):
            yield "extension", child(pointer, key)
        elif known is not None and key not in known and key not in fields and "*" not in fields:
            yield "unknown field", child(pointer, key)
