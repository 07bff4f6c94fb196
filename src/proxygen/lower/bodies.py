"""Decides how each request body is read, by which contract it is judged, and what answers look like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from proxygen.ir.gateway import (
    BodyKind,
    Part,
    Place,
    RequestBody,
    RequestContent,
    Response,
)
from proxygen.ir.ledger import Outcome
from proxygen.lower.body_inputs import BodyInputs, Input
from proxygen.lower.client import ClientVariants, without_values
from proxygen.lower.examples import Examples
from proxygen.lower.forms import form_contract, form_inputs, parts_of, unwritten_fields
from proxygen.lower.identity import Bound
from proxygen.lower.media_kinds import essence, kind_of
from proxygen.lower.references import escaped
from proxygen.lower.schemas import SchemaBook
from proxygen.openapi import model as openapi

Json = Any

_EVENT_STREAM: Final = "text/event-stream"


def body_inputs_of(
    body: openapi.RequestBody | None, bodies: BodyInputs, title: str, wanted: frozenset[str]
) -> tuple[Input, ...]:
    """The named inputs of all media types of a body."""
    found: dict[tuple[Place, str], Input] = {}
    book = bodies.book
    for media, parts in _contents(body, title):
        place = book.locate(media.pointer)
        if media.schema is None:
            continue
        match kind_of(media):
            case BodyKind.JSON:
                inputs = bodies.of(book.node(media.schema, parts), place, wanted)
            case BodyKind.FORM | BodyKind.MULTIPART as kind:
                inputs = tuple(form_inputs(media.schema, kind, book))
            case _:
                inputs = ()
        for one in inputs:
            found.setdefault((one.place, one.name), one)
    return tuple(found.values())


def lower_body(
    body: openapi.RequestBody | None,
    book: SchemaBook,
    variants: ClientVariants,
    examples: Examples,
    bound: Bound,
    title: str,
) -> RequestBody | None:
    """The body with one content per media type; None where the operation has none."""
    if body is None or not body.content:
        return None
    contents = []
    for media, parts in _contents(body, title):
        book.findings.count(f"request body {kind_of(media).value}")
        _note_unchecked(media, book)
        contents.append(_content(media, parts, book, variants, examples, bound))
    return RequestBody(required=body.required, content=tuple(contents)) if contents else None


def lower_response(
    response: openapi.Response, book: SchemaBook, examples: Examples, title: str
) -> Response:
    """The answer with its first JSON media type, or its first."""
    book.findings.count("response")
    media = None if _has_no_body(response.status) else _preferred(response.content)
    for other in response.content:
        if other is not media:
            book.findings.leave("unchecked media type", other.pointer)
        else:
            _note_unchecked(other, book)
    headers = tuple(
        (header.name, _header_value(header, book, examples)) for header in response.headers
    )
    if media is None or media.schema is None or kind_of(media) is not BodyKind.JSON:
        text = (
            next((one.value for one in media.examples if isinstance(one.value, str)), None)
            if media
            else None
        )
        return Response(
            status=response.status,
            description=response.description,
            media_type=essence(media.media_type) if media is not None else None,
            contract=None,
            headers=headers,
            example=text,
            has_example=text is not None,
            event_stream=any(essence(one.media_type) == _EVENT_STREAM for one in response.content),
        )
    contract = book.contract(media.schema, title, f"Response{response.status.title()}")
    example, has_example = examples.of(
        {"$ref": f"#/$defs/{contract.name}"}, [one.value for one in media.examples]
    )
    return Response(
        status=response.status,
        description=response.description,
        media_type=essence(media.media_type),
        contract=contract,
        headers=headers,
        example=example,
        has_example=has_example,
        event_stream=any(essence(one.media_type) == _EVENT_STREAM for one in response.content),
    )


def _note_unchecked(media: openapi.MediaType, book: SchemaBook) -> None:
    """What the edge does not look at in a media type that it knows of."""
    if media.schema is not None and kind_of(media) is BodyKind.RAW:
        book.findings.leave("unchecked media type", media.schema.pointer)
    if media.item_schema is not None:
        book.findings.leave("unchecked media type", media.item_schema.pointer)
    for example in media.examples:
        book.findings.leave("example", example.pointer, Outcome.HANDLED)


def _has_no_body(status: str) -> bool:
    """Whether an answer of this status ends with its head (RFC 9110, 6.4.1)."""
    return status in ("204", "304") or status.startswith("1")


def _contents(
    body: openapi.RequestBody | None, title: str
) -> Iterator[tuple[openapi.MediaType, tuple[str, ...]]]:
    """Each media type with the words that name its class: the first needs none of its own."""
    for number, media in enumerate(body.content if body is not None else ()):
        subtype = essence(media.media_type).rpartition("/")[2]
        yield media, (title, "Request") if number == 0 else (title, subtype, "Request")


def _content(
    media: openapi.MediaType,
    parts: tuple[str, ...],
    book: SchemaBook,
    variants: ClientVariants,
    examples: Examples,
    bound: Bound,
) -> RequestContent:
    kind = kind_of(media)
    given = [example.value for example in media.examples]
    if kind is BodyKind.RAW or media.schema is None:
        text = next((value for value in given if isinstance(value, str)), "example")
        return RequestContent(
            media_type=media.media_type,
            kind=BodyKind.RAW,
            contract=None,
            downstream=None,
            example=text,
            has_example=True,
        )
    if kind is BodyKind.JSON:
        pointers = bound.names(Place.BODY)
        fields: tuple[Part, ...] = ()
        downstream = book.contract(media.schema, *parts)
    else:
        place = Place.FORM if kind is BodyKind.FORM else Place.PART
        names = bound.names(place)
        pointers = frozenset(f"/{escaped(name)}" for name in names)
        unwritten = frozenset(unwritten_fields(media, media.schema, book, parts)) - names
        every = tuple(
            part
            for part in parts_of(media, media.schema, kind, book, parts)
            if part.name not in unwritten
        )
        fields = tuple(part for part in every if part.name not in names)
        binary = frozenset(part.name for part in every if part.binary)
        downstream = form_contract(media.schema, binary | unwritten, book, parts)
    client = variants.contract(downstream, pointers)
    example, has_example = examples.of(
        {"$ref": f"#/$defs/{client.name}"},
        [without_values(value, pointers) for value in given],
    )
    return RequestContent(
        media_type=media.media_type,
        kind=kind,
        contract=client,
        downstream=downstream,
        parts=fields,
        example=example,
        has_example=has_example,
    )


def _preferred(content: Sequence[openapi.MediaType]) -> openapi.MediaType | None:
    typed = [media for media in content if kind_of(media) is BodyKind.JSON]
    return next(iter([*typed, *content]), None)


def _header_value(header: openapi.Header, book: SchemaBook, examples: Examples) -> str:
    node = book.node(header.schema, (header.name, "Header")) if header.schema is not None else {}
    value, found = examples.of(node, [example.value for example in header.examples])
    if not found or not isinstance(value, str | int | float) or isinstance(value, bool):
        return "example"
    text = str(value)
    return text if text.isascii() and text.isprintable() else "example"
