"""Parses media types, headers, request bodies and responses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from proxygen.openapi.model import Header, MediaType, RequestBody, Response
from proxygen.openapi.reading import Reading
from proxygen.openapi.wire_names import (
    essence,
    is_media_range,
    is_status_key,
    is_token,
    is_word,
)
from proxygen.source.document import Pointer
from proxygen.source.pointers import child
from proxygen.source.refusal import shown


def parse_content(
    reading: Reading, owner: dict[str, Any], pointer: Pointer
) -> tuple[MediaType, ...]:
    """The media types of a `content` map, in document order (OAS 3.1.1, 4.8.14)."""
    parsed = []
    for key, value, place in reading.members(owner, "content", pointer):
        name = key if is_media_range(key) else _repaired(reading, key, place)
        if name is None:
            continue
        resolved = reading.object_at(value, place, "a media type object")
        if resolved is not None:
            parsed.append(_media_type(reading, name, *resolved))
    return tuple(parsed)


def _repaired(reading: Reading, key: str, pointer: Pointer) -> str | None:
    """The media type that a key was meant to be; None, reported, where that cannot be told."""
    name = essence(key)
    if name or is_word(key.partition(";")[0].rstrip()):
        meant = f"it is read as {name}" if name else "it is left out"
        reading.findings.warning(
            "media-type",
            pointer,
            f"{shown(key)} is no media type; {meant}.",
            "Write `type/subtype`, parameters behind a semicolon (RFC 9110, 8.3.1).",
        )
        if not name:
            reading.set_aside.append(("media type", pointer))
        return name or None
    reading.findings.error(
        "media-type",
        pointer,
        f"{shown(key)} is no media type.",
        "Write `type/subtype`, parameters behind a semicolon (RFC 9110, 8.3.1).",
    )
    return None


def parse_header(reading: Reading, value: dict[str, Any], pointer: Pointer) -> Header:
    """A header object; its name is the key that refers to it (OAS 3.1.1, 4.8.21)."""
    schema = reading.schema(value, "schema", pointer)
    content = parse_content(reading, value, pointer)
    if schema is None and content:
        schema = content[0].schema
    return Header(
        pointer=pointer,
        name="",
        required=reading.flag(value, "required", pointer),
        schema=schema,
        examples=reading.examples(value, pointer),
    )


def parse_request_body(reading: Reading, value: dict[str, Any], pointer: Pointer) -> RequestBody:
    """A request body object (OAS 3.1.1, 4.8.13)."""
    content = parse_content(reading, value, pointer)
    if value.get("content") and not content:
        content = (_anything(pointer),)
    return RequestBody(
        pointer=pointer,
        required=reading.flag(value, "required", pointer),
        description=reading.text(value, "description", pointer),
        content=content,
    )


def _anything(pointer: Pointer) -> MediaType:
    """What a request body takes whose media types are all unreadable: any, and nothing is checked."""
    return MediaType(pointer=child(pointer, "content"), media_type="*/*", schema=None, encoding={})


def parse_response(reading: Reading, value: dict[str, Any], pointer: Pointer) -> Response:
    """A response object; its status is the key that refers to it (OAS 3.1.1, 4.8.17)."""
    for _, link, place in reading.members(value, "links", pointer):
        reading.references.resolve(link, place)
    return Response(
        pointer=pointer,
        status="",
        description=reading.text(value, "description", pointer),
        headers=_headers(reading, value, pointer),
        content=parse_content(reading, value, pointer),
    )


def parse_responses(
    reading: Reading, owner: dict[str, Any], pointer: Pointer
) -> tuple[Response, ...]:
    """The responses of an operation, in document order."""
    parsed = []
    for status, value, place in reading.members(owner, "responses", pointer):
        if status.startswith("x-"):
            continue
        if not is_status_key(status):
            reading.findings.error(
                "status-key",
                place,
                f"{shown(status)} is no status.",
                "Write 100 to 599, a range such as 4XX, or `default`.",
            )
            continue
        response = reading.once("a response object", value, place, parse_response)
        if response is not None:
            parsed.append(replace(response, status=status))
    return tuple(parsed)


def _headers(reading: Reading, value: dict[str, Any], pointer: Pointer) -> tuple[Header, ...]:
    parsed = []
    for name, header, place in reading.members(value, "headers", pointer):
        if not is_token(name):
            reading.findings.error(
                "header-name",
                place,
                f"{shown(name)} is no name of a header.",
                "Use letters, digits and hyphens (RFC 9110, 5.6.2).",
            )
            continue
        found = reading.once("a header object", header, place, parse_header)
        if found is not None and name.lower() != "content-type":
            parsed.append(replace(found, name=name))
    return tuple(parsed)


def _media_type(reading: Reading, name: str, value: dict[str, Any], pointer: Pointer) -> MediaType:
    encoding = {}
    for part, item, place in reading.members(value, "encoding", pointer):
        encoding[part] = item
        if isinstance(item, dict):
            _headers(reading, item, place)
    return MediaType(
        pointer=pointer,
        media_type=name,
        schema=reading.schema(value, "schema", pointer),
        item_schema=reading.schema(value, "itemSchema", pointer),
        examples=reading.examples(value, pointer),
        encoding=encoding,
    )
