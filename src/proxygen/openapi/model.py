"""OpenAPI's nouns as frozen dataclasses: one model for Swagger 2.0 and OpenAPI 3.0, 3.1, 3.2.

Objects are resolved (no `$ref` outside schemas is left) and keep the pointer of the place where they are
defined. Schemas stay JSON: `Schema.value` is the schema exactly as the document has it, with its `$ref`s,
normalised to JSON Schema 2020-12 words only by `lower`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proxygen.source.document import Document, Pointer

Json = Any
"""A JSON value: dict, list, str, int, float, bool or None; never mutated after loading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema object (or boolean) where it stands; `$ref`s in it are resolved against `document`."""

    document: Document
    pointer: Pointer
    value: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    pointer: Pointer
    value: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """`media_type` is the key of `content`, as written; `item_schema` is 3.2's `itemSchema`."""

    pointer: Pointer
    media_type: str
    schema: Schema | None
    item_schema: Schema | None = None
    examples: tuple[Example, ...] = ()
    encoding: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter after its defaults for `style` and `explode` are applied (OAS 3.1.1, 4.8.12).

    `location` is OpenAPI's `in`. Either `schema` or `content` is set; Swagger 2.0's body and form
    parameters arrive as a request body instead.
    """

    pointer: Pointer
    name: str
    location: str
    required: bool
    deprecated: bool
    description: str
    style: str
    explode: bool
    allow_reserved: bool
    schema: Schema | None
    content: MediaType | None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBody:
    pointer: Pointer
    required: bool
    description: str
    content: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    pointer: Pointer
    name: str
    required: bool
    schema: Schema | None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`status` is the key as written: `200`, `4XX` or `default`."""

    pointer: Pointer
    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """`kind` is OpenAPI's `type`; `scheme` is set for `http` (`bearer`, `basic`)."""

    pointer: Pointer
    name: str
    kind: str
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRequirement:
    """All of these schemes together; each with its scopes."""

    pointer: Pointer
    schemes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`parameters` has those of the path item too; `security` is None where neither says anything.

    `path` is what goes over the wire, without the query and fragment that `key`, the key of `paths`, may
    have: by them a document tells operations of one method and path apart, and the wire by a parameter.
    `query` names the query parameters that the key asks for.
    """

    pointer: Pointer
    method: str
    key: str
    path: str
    operation_id: str | None
    tags: tuple[str, ...]
    summary: str
    description: str
    deprecated: bool
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[SecurityRequirement, ...] | None
    query: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A downstream's OpenAPI document, parsed: `operations` in document order.

    `set_aside` lists what was read and is no part of an operation, as (noun, place): the nouns of
    `accounting.SET_ASIDE`, and operation (TRACE), parameter (a header that OpenAPI says to ignore), unused
    path parameter, querystring parameter (3.2; the query is forwarded unread), path fragment, media type
    (a key that is none), excluded operation (by the selection), operation of an unread query, unused
    component, local definitions.
    """

    document: Document
    version: str
    title: str
    description: str
    document_version: str
    operations: tuple[Operation, ...]
    schemas: tuple[tuple[str, Schema], ...]
    security_schemes: tuple[SecurityScheme, ...]
    tags: tuple[tuple[str, str], ...]
    set_aside: tuple[tuple[str, Pointer], ...] = ()
