"""Makes one object schema of an operation's parameters at each location, and says how to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import Parameter, ParameterContracts, ValueShape
from proxygen.ir.schema import ContractRef
from proxygen.lower.examples import Examples
from proxygen.lower.schemas import SchemaBook
from proxygen.openapi import model as openapi

Json = Any

_SCALARS: Final = ("string", "integer", "number", "boolean", "null")
_MADE_BY_THE_EDGE: Final = frozenset(
    {
        "connection",
        "content-length",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-correlation-id",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-proxied-by",
        "x-request-id",
    }
)
_SUFFIX: Final = {"path": "Path", "query": "Query", "header": "Headers", "cookie": "Cookies"}


def client_parameters(
    operation: openapi.Operation, book: SchemaBook, *, allowed: Sequence[str]
) -> tuple[openapi.Parameter, ...]:
    """The parameters that the edge reads: not those that it makes itself, and no cookie it drops."""
    kept = []
    for parameter in operation.parameters:
        name = parameter.name
        place = book.locate(parameter.pointer)
        if parameter.location == "header" and name.lower() in _MADE_BY_THE_EDGE:
            book.findings.passed(
                "header parameter", "edge-header", place, f"the edge writes `{name}`"
            )
        elif parameter.location == "cookie" and "cookie" not in allowed:
            detail = f"`{name}`: cookies are not forwarded unless `headers.allow` has `cookie`"
            book.findings.refused("cookie parameter", "cookie-not-forwarded", place, detail)
        elif parameter.location in _SUFFIX:
            kept.append(parameter)
        else:
            detail = f"`{name}` is in {parameter.location}, which the edge passes unread"
            book.findings.passed("parameter", "parameter-location", place, detail)
    return tuple(kept)


def lower_parameters(
    parameters: Sequence[openapi.Parameter], book: SchemaBook, examples: Examples, title: str
) -> tuple[tuple[Parameter, ...], ParameterContracts]:
    """The parameters as the runtime reads them, and the classes that check them."""
    lowered: list[Parameter] = []
    contracts: dict[str, ContractRef] = {}
    for location, suffix in _SUFFIX.items():
        here = [parameter for parameter in parameters if parameter.location == location]
        if not here:
            continue
        properties: dict[str, Json] = {}
        for parameter in here:
            node = _node(parameter, book, (title, suffix, parameter.name))
            properties[parameter.name] = node
            lowered.append(_parameter(parameter, node, book, examples))
            book.findings.count("parameter")
        required = [one.name for one in lowered if one.location == location and one.required]
        value = {
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
        }
        contracts[location] = book.define(book.names.fresh(title, suffix), value, here[0].pointer)
    return tuple(lowered), ParameterContracts(**contracts)


def shape_of(node: Json, book: SchemaBook) -> ValueShape:
    """The JSON types that a string on the wire may stand for under a schema."""
    types = types_under(node, book)
    scalars = tuple(name for name in _SCALARS if name in types)
    if scalars not in ((), ("null",)):
        return ValueShape(types=scalars)
    whole = book.merged(node)
    if "array" in types:
        items = types_under(whole.get("items", {}), book)
        return ValueShape(types=_scalar_types(items), container="array")
    if "object" in types:
        more = whole.get("additionalProperties", {})
        return ValueShape(
            types=_scalar_types(types_under(more if isinstance(more, Mapping) else {}, book)),
            container="object",
            properties=tuple(
                (name, _scalar_types(types_under(one, book)))
                for name, one in whole.get("properties", {}).items()
            ),
        )
    return ValueShape(types=scalars or ("string",))


def types_under(node: Json, book: SchemaBook, depth: int = 0) -> frozenset[str]:
    """All JSON types that a schema lets through; none for a schema that lets through everything."""
    node = book.resolved(node)
    if depth > 20 or not isinstance(node, Mapping):
        return frozenset()
    if "const" in node or "enum" in node:
        return frozenset(_type_of(value) for value in node.get("enum", [node.get("const")]))
    if "type" in node:
        return frozenset([node["type"]] if isinstance(node["type"], str) else node["type"])
    found: frozenset[str] = frozenset()
    for word in ("allOf", "anyOf", "oneOf"):
        for member in node.get(word, ()):
            found |= types_under(member, book, depth + 1)
    return found


def _node(parameter: openapi.Parameter, book: SchemaBook, parts: tuple[str, ...]) -> Json:
    schema = parameter.content.schema if parameter.content is not None else parameter.schema
    node = book.node(schema, parts) if schema is not None else {}
    if parameter.description and "$ref" not in node:
        return {**node, "description": parameter.description}
    return node


def _parameter(
    parameter: openapi.Parameter, node: Json, book: SchemaBook, examples: Examples
) -> Parameter:
    shape = ValueShape(types=(), container="json") if parameter.content else shape_of(node, book)
    given = [example.value for example in parameter.examples]
    example, has_example = examples.of(node, given)
    return Parameter(
        name=parameter.name,
        location=parameter.location,
        required=parameter.required or parameter.location == "path",
        style=parameter.style,
        explode=parameter.explode,
        shape=shape,
        example=example,
        has_example=has_example,
    )


def _scalar_types(types: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in _SCALARS if name in types) or ("string",)


def _type_of(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
    return "string"
