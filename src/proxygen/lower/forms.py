"""Decides which fields of a form, or parts of a multipart body, are read, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import BodyKind, Part, Place, ValueShape
from proxygen.lower.body_inputs import Input
from proxygen.lower.combine import flat_object
from proxygen.lower.media_kinds import essence
from proxygen.lower.parameters import shape_of, types_under
from proxygen.lower.schemas import SchemaBook
from proxygen.lower.written_forms import nests
from proxygen.openapi import model as openapi
from proxygen.openapi.model import Schema

Json = Any

_ONE_FIELD: Final = frozenset({"form", "spaceDelimited", "pipeDelimited"})
_CONTAINERS: Final = frozenset({"array", "object"})


def unwritten_fields(
    media: openapi.MediaType, schema: Schema, book: SchemaBook, parts: tuple[str, ...]
) -> Iterator[str]:
    """The fields that are forwarded unread, each a line in the ledger: those that are `deepObject` and no
    object of plain values, and those that may be a text or an object, and may be written either way.
    """
    flat = flat_object(book, schema)
    nodes = book.merged(book.node(schema, parts)).get("properties", {})
    for name, raw in flat.properties.items():
        types = types_under(nodes.get(name, {}), book) - {"null"}
        deep = _said_style(media, name) == "deepObject" and not _style_of(
            media, name, raw, types, book
        )
        if deep or (types & _CONTAINERS and types - _CONTAINERS):
            place = book.locate(raw.pointer)
            detail = f"OpenAPI does not say how values of `{name}` are written"
            book.findings.passed("form field", "parameter-unwritten", place, detail)
            yield name


def form_contract(
    schema: Schema, unread: frozenset[str], book: SchemaBook, parts: tuple[str, ...]
) -> Any:
    """The fields that are validated: binary ones are streamed, and some have no form to be read in."""
    if not unread:
        return book.contract(schema, *parts)
    whole = book.merged(book.node(schema, parts))
    properties = {
        name: one for name, one in whole.get("properties", {}).items() if name not in unread
    }
    required = [name for name in whole.get("required", ()) if name not in unread]
    value: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        value["required"] = required
    return book.define(book.names.fresh(*parts[:-1], "Form"), value, schema.pointer)


def parts_of(
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
        style = ""
        if kind is BodyKind.FORM:
            style = _style_of(media, name, raw, types - {"null"}, book)
        if kind is BodyKind.MULTIPART and _is_json(node, shape, content_types, book):
            shape = ValueShape(types=(), container="json")
        yield Part(
            name=name,
            required=name in whole.get("required", ()),
            repeated=repeated and not style,
            binary=binary,
            shape=shape,
            content_types=content_types,
            style=style,
        )
    for name in whole.get("required", ()):
        if name not in flat.properties:
            # Required and not described: any text will do.
            yield Part(
                name=name,
                required=True,
                repeated=False,
                binary=False,
                shape=ValueShape(types=("string",)),
                content_types=(),
            )


def _said_style(media: openapi.MediaType, name: str) -> str:
    """The style that `encoding` says, its default where it says `explode` alone; else ""."""
    encoding = media.encoding.get(name)
    if not isinstance(encoding, Mapping) or not {"style", "explode"} & encoding.keys():
        return ""
    return str(encoding.get("style", "form"))


def _style_of(
    media: openapi.MediaType, name: str, schema: Schema, types: frozenset[str], book: SchemaBook
) -> str:
    """The style in which a form has a whole array or object; none where it is not said, or nests.

    An exploded array is as many fields, which is how it is read without a style.
    """
    style = _said_style(media, name)
    encoding = media.encoding.get(name, {})
    exploded = encoding.get("explode", style == "form") if isinstance(encoding, Mapping) else False
    if style == "deepObject":
        fits = types == {"object"}
    else:
        fits = style in _ONE_FIELD and not exploded and types in ({"array"}, {"object"})
    return style if fits and not nests(schema, book) else ""


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


def form_inputs(schema: Schema, kind: BodyKind, book: SchemaBook) -> Iterator[Input]:
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
