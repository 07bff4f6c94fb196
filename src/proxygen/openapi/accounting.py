"""Lists what of a document no edge is made of, so that the ledger can say so.

The nouns are OpenAPI's, in lower case, and three more: an extension (`x-…`), a field that OpenAPI does not
know, and an annotation, which speaks to people and tools. What stands inside one of these is part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from proxygen.openapi.grammar import OPENAPI, SCHEMA, walk
from proxygen.source.document import Pointer
from proxygen.source.pointers import child

SET_ASIDE: Final = frozenset(
    {
        *("callback", "contact", "extension", "external documentation", "license", "link"),
        *("annotation", "header value", "oauth flow", "server", "server variable", "unknown field"),
        *("webhook", "xml"),
    }
)
"""The nouns that no edge is made of, wherever they stand."""

ANNOTATIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "document": frozenset({"jsonSchemaDialect", "$self"}),
        "info": frozenset({"summary", "description", "termsOfService", "version"}),
        "path item": frozenset({"summary", "description"}),
        "parameter": frozenset({"allowEmptyValue"}),
        "request body": frozenset({"description"}),
        "response": frozenset({"summary"}),
        "media type": frozenset({"description", "prefixEncoding", "itemEncoding"}),
        "encoding": frozenset(
            {"style", "explode", "allowReserved", "headers", "encoding", "prefixEncoding"}
            | {"itemEncoding"}
        ),
        "header": frozenset({"description", "deprecated", "style", "explode", "allowReserved"}),
        "security scheme": frozenset(
            {"description", "bearerFormat", "openIdConnectUrl", "oauth2MetadataUrl"}
            | {"name", "in", "deprecated"}
        ),
        "example": frozenset({"summary", "description", "externalValue", "serializedValue"}),
        "tag": frozenset({"summary", "parent", "kind"}),
    }
)
"""Kind → fields that say something to people and tools, and nothing to the edge or its contract."""

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


_HEADER_VALUE: Final = frozenset({"schema", "content", "required", "example", "examples"})
"""What describes the value of an answer's header, which the edge passes as it comes."""


def set_aside_outside_schemas(root: dict[str, Any]) -> Iterator[tuple[str, Pointer]]:
    """What no edge is made of, but for what stands inside schemas; those are read one by one elsewhere."""
    for kind, node, pointer in walk(root, OPENAPI, closed=_CLOSED | {SCHEMA}):
        if kind == SCHEMA:
            continue
        if kind in SET_ASIDE:
            yield kind, pointer
        if kind == "header" and isinstance(node, dict):
            yield from (
                ("header value", child(pointer, key)) for key in node if key in _HEADER_VALUE
            )
        if isinstance(node, dict) and kind not in _CLOSED and "$ref" not in node:
            yield from _beside(node, kind, _SCALARS.get(kind), pointer)


def _beside(
    node: dict[str, Any], kind: str, known: frozenset[str] | None, pointer: Pointer
) -> Iterator[tuple[str, Pointer]]:
    """Extensions, and fields that are neither objects nor known scalars."""
    fields = OPENAPI.get(kind, {})
    unread = ANNOTATIONS.get(kind, frozenset())
    for key in node:
        if key.startswith("x-"):
            yield "extension", child(pointer, key)
        elif key in unread:
            yield "annotation", child(pointer, key)
        elif known is not None and key not in known and key not in fields and "*" not in fields:
            yield "unknown field", child(pointer, key)
