"""Decides how each request body is read, by which contract it is judged, and what answers look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import (
    BodyKind,
    Part,
    Place,
    RequestBody,
    RequestContent,
    Response,
    ValueShape,
)
from proxygen.ir.ledger import Outcome
from proxygen.lower.body_inputs import BodyInputs, Input
from proxygen.lower.client import ClientVariants, without_values
from proxygen.lower.combine import flat_object
from proxygen.lower.examples import Examples
from proxygen.lower.identity import Bound
from proxygen.lower.parameters import shape_of, types_under
from proxygen.lower.references import escaped
from proxygen.lower.schemas import SchemaBook
from proxygen.openapi import model as openapi
from proxygen.openapi.model import Schema

Json = Any

_EVENT_STREAM: Final = "text/event-stream"


def kind_of(media: openapi.MediaType) -> BodyKind:
    """How the edge reads a media type; without a schema nothing is known, and nothing read."""
    name = essence(media.media_type)
    if media.schema is None:
        return BodyKind.RAW
    if name == "application/json" or (name.startswith("application/") and name.endswith("+json")):
        return BodyKind.JSON
    if name == "application/x-www-form-urlencoded":
        return BodyKind.FORM
    return BodyKind.MULTIPART if name == "multipart/form-data" else BodyKind.RAW


def essence(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


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
                inputs = tuple(_form_inputs(media.schema, kind, book))
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
        every = tuple(_parts(media, media.schema, kind, book, parts))
        fields = tuple(part for part in every if part.name not in names)
        binary = frozenset(part.name for part in every if part.binary)
        downstream = _form_contract(media.schema, binary, book, parts)
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


def _form_contract(
    schema: Schema, binary: frozenset[str], book: SchemaBook, parts: tuple[str, ...]
) -> Any:
    """The fields that are validated: all but the binary ones, which are streamed."""
    if not binary:
        return book.contract(schema, *parts)
    whole = book.merged(book.node(schema, parts))
    properties = {
        name: one for name, one in whole.get("properties", {}).items() if name not in binary
    }
    required = [name for name in whole.get("required", ()) if name not in binary]
    value: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        value["required"] = required
    return book.define(book.names.fresh(*parts[:-1], "Form"), value, schema.pointer)


def _parts(
    media: openapi.MediaType,
    schema: Schema,
    kind: BodyKind,
    book: SchemaBook,
    parts: tuple[str, ...],
) -> Iterator[Part]:
    flat = flat_object(book, schema)
    whole = book.merged(book.node(schema, parts))
    for name, raw in flat.properties.items():
        node = whole.get("properties", {}).get(name, {})
        types = types_under(node, book)
        repeated = types - {"null"} == {"array"}
        encoding = media.encoding.get(name)
        declared = encoding.get("contentType") if isinstance(encoding, Mapping) else None
        content_types = (
            tuple(one.strip() for one in declared.split(",")) if isinstance(declared, str) else ()
        )
        binary = kind is BodyKind.MULTIPART and _is_binary(raw, content_types, book)
        shape = ValueShape(types=("string",)) if binary else shape_of(node, book)
        if kind is BodyKind.MULTIPART and _is_json(node, shape, content_types, book):
            shape = ValueShape(types=(), container="json")
        yield Part(
            name=name,
            required=name in whole.get("required", ()),
            repeated=repeated,
            binary=binary,
            shape=shape,
            content_types=content_types,
        )


def _is_binary(schema: Schema, content_types: Sequence[str], book: SchemaBook) -> bool:
    """Whether a part is a file (OAS 3.0.4, 4.7.14.2; OAS 3.1.1, 4.8.14.4)."""
    target = book.target(schema)
    if target is None or not isinstance(target.value, Mapping):
        return False
    value = target.value
    items = value.get("items")
    if isinstance(items, Mapping):
        inner = Schema(document=target.document, pointer=f"{target.pointer}/items", value=items)
        return _is_binary(inner, content_types, book)
    if value.get("format") == "binary" or value.get("type") == "file":
        return True
    if "contentMediaType" in value and "contentEncoding" not in value:
        return not str(value["contentMediaType"]).startswith(("text/", "application/json"))
    return bool(content_types) and "type" not in value and not _members_of(value)


def _members_of(value: Mapping[str, Json]) -> bool:
    return bool(value.keys() & {"allOf", "anyOf", "oneOf", "properties", "enum", "const"})


def _is_json(node: Json, shape: ValueShape, content_types: Sequence[str], book: SchemaBook) -> bool:
    if any(essence(one) == "application/json" for one in content_types):
        return True
    if shape.container == "array":
        items = book.merged(node).get("items", {})
        return bool(types_under(items, book) & {"object", "array"})
    return shape.container == "object"


def _form_inputs(schema: Schema, kind: BodyKind, book: SchemaBook) -> Iterator[Input]:
    flat = flat_object(book, schema)
    for name, raw in flat.properties.items():
        target = book.target(raw)
        value = target.value if target is not None and isinstance(target.value, Mapping) else {}
        yield Input(
            place=Place.FORM if kind is BodyKind.FORM else Place.PART,
            name=name,
            required=name in flat.required,
            nullable=False,
            location=book.locate(raw.pointer),
            repeated=value.get("type") == "array",
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
