"""Makes one object schema of an operation's parameters at each location, and says how to read them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import Parameter, ParameterContracts, ValueShape
from proxygen.ir.ledger import Outcome
from proxygen.ir.schema import ContractRef
from proxygen.lower.edge_headers import WRITTEN_BY_THE_EDGE, is_withheld
from proxygen.lower.examples import SEGMENT, Examples
from proxygen.lower.schemas import SchemaBook
from proxygen.lower.written_forms import has_no_written_form, written_alike
from proxygen.openapi import model as openapi

Json = Any

_SCALARS: Final = ("string", "integer", "number", "boolean", "null")
_MOST_NAMED: Final = 4
"""A class that is shared is named after so many parameters; one of more after its first operation."""

_SUFFIX: Final = {"path": "Path", "query": "Query", "header": "Headers", "cookie": "Cookies"}


def client_parameters(
    operation: openapi.Operation, book: SchemaBook, *, allowed: Sequence[str]
) -> tuple[openapi.Parameter, ...]:
    """The parameters that the edge reads: not those that it makes itself, and no cookie it drops."""
    kept = []
    for parameter in operation.parameters:
        name = parameter.name
        place = book.locate(parameter.pointer)
        if parameter.location == "header" and name.lower() in WRITTEN_BY_THE_EDGE:
            book.findings.passed(
                "header parameter", "edge-header", place, f"the edge writes `{name}`"
            )
        elif parameter.location == "header" and name.lower() in _unread_beside(operation):
            book.findings.passed(
                "header parameter",
                "encoded-typed-body",
                place,
                "a body that the edge checks may not be encoded: 415",
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


def forwarded_parameters(
    parameters: Iterable[openapi.Parameter], book: SchemaBook, *, allowed: Sequence[str]
) -> tuple[openapi.Parameter, ...]:
    """Of the parameters that identity does not fill, those whose values arrive and can be read."""
    kept = []
    parameters = tuple(parameters)
    alike = written_alike(parameters, book)
    for parameter in parameters:
        place = book.locate(parameter.pointer)
        if parameter.location == "header" and is_withheld(parameter.name, allowed):
            detail = f"`{parameter.name}` is not forwarded unless `headers.allow` has it"
            book.findings.refused("header parameter", "header-not-forwarded", place, detail)
        elif has_no_written_form(parameter, book):
            detail = f"OpenAPI does not say how values of `{parameter.name}` are written"
            book.findings.passed("parameter", "parameter-unwritten", place, detail)
        elif parameter.pointer in alike:
            detail = (
                f"`{parameter.name}` and another are both written as `{alike[parameter.pointer]}`"
            )
            book.findings.passed("parameter", "parameter-overlap", place, detail)
        else:
            kept.append(parameter)
    return tuple(kept)


def _unread_beside(operation: openapi.Operation) -> frozenset[str]:
    """Headers without a value that the edge lets through with the body of this operation."""
    body = operation.request_body
    typed = body is not None and any(media.schema is not None for media in body.content)
    return frozenset({"content-encoding"}) if typed else frozenset()


class ParameterModels:
    """The classes that check the parameters of one book.

    Operations that take the same parameters at one place share a class, named after its parameters; others
    have one of their own, named after the operation.
    """

    def __init__(
        self, book: SchemaBook, examples: Examples, operations: Iterable[openapi.Operation]
    ) -> None:
        self._book = book
        self._examples = examples
        operations = tuple(operations)
        self._taken = frozenset(part for one in operations for part in one.path.split("/") if part)
        self._lowered: dict[tuple[str, str], tuple[Parameter, Json]] = {}
        self._classes: dict[str, ContractRef] = {}
        self._uses = Counter(
            _signature(here)
            for one in operations
            for location in _SUFFIX
            if (here := _at(location, one.parameters))
        )

    def lower(
        self, parameters: Sequence[openapi.Parameter], title: str
    ) -> tuple[tuple[Parameter, ...], ParameterContracts]:
        """The parameters as the runtime reads them, and the classes that check them."""
        lowered: list[Parameter] = []
        contracts: dict[str, ContractRef] = {}
        for location, suffix in _SUFFIX.items():
            here = _at(location, parameters)
            if not here:
                continue
            made = [self._parameter(parameter, title, suffix) for parameter in here]
            lowered += [one for one, _ in made]
            required = [one.name for one, _ in made if one.required]
            value = {
                "type": "object",
                "properties": {one.name: node for one, node in made},
                **({"required": required} if required else {}),
            }
            contracts[location] = self._contract(here, value, title, suffix)
        self._book.findings.count("parameter", number=len(lowered))
        return tuple(lowered), ParameterContracts(**contracts)

    def _parameter(
        self, parameter: openapi.Parameter, title: str, suffix: str
    ) -> tuple[Parameter, Json]:
        key = parameter.pointer, parameter.name
        if key not in self._lowered:
            node = _node(parameter, self._book, (title, suffix, parameter.name))
            lowered = _parameter(parameter, node, self._book, self._example(parameter, node))
            self._lowered[key] = lowered, node
        return self._lowered[key]

    def _example(self, parameter: openapi.Parameter, node: Json) -> tuple[Json, bool]:
        """A value that its place can hold: no dot segment, nor what another path has there."""
        given = [example.value for example in parameter.examples]
        if parameter.location != "path":
            return self._examples.of(_spelled(parameter, node, self._book), given)
        found: tuple[Json, bool] = None, False
        for taken, least in ((self._taken, 1), (frozenset[str](), 1), (frozenset[str](), 3)):
            present = {**_present(node, self._book, least), SEGMENT: taken}
            found = self._examples.of(present, given)
            if found[1]:
                break
        return found

    def _contract(
        self, here: Sequence[openapi.Parameter], value: Json, title: str, suffix: str
    ) -> ContractRef:
        key = suffix + json.dumps(value)
        if key not in self._classes:
            shared = self._uses[_signature(here)] > 1 and len(here) <= _MOST_NAMED
            parts = [one.name for one in here] if shared else [title]
            name = self._book.names.fresh(*parts, suffix)
            self._classes[key] = self._book.define(name, value, here[0].pointer)
        return self._classes[key]


def _at(location: str, parameters: Sequence[openapi.Parameter]) -> list[openapi.Parameter]:
    return [one for one in parameters if one.location == location]


def _signature(parameters: Sequence[openapi.Parameter]) -> str:
    """What the document says of these parameters, alike wherever it says the same."""
    return json.dumps(
        [
            (one.location, one.name, one.required, one.description, _value_of(one))
            for one in parameters
        ],
        default=str,
    )


def _value_of(parameter: openapi.Parameter) -> Json:
    schema = parameter.content.schema if parameter.content is not None else parameter.schema
    return schema.value if schema is not None else None


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
    parameter: openapi.Parameter, node: Json, book: SchemaBook, example: tuple[Json, bool]
) -> Parameter:
    shape = ValueShape(types=(), container="json") if parameter.content else shape_of(node, book)
    if parameter.location == "query" and book.resolved(node).get("const") is True:
        shape = ValueShape(types=("flag",))
    for one in parameter.examples:
        book.findings.leave("example", one.pointer, Outcome.HANDLED)
    value, has_example = example
    return Parameter(
        name=parameter.name,
        location=parameter.location,
        required=parameter.required or parameter.location == "path",
        style=parameter.style,
        explode=parameter.explode,
        shape=shape,
        example=value,
        has_example=has_example,
        description=parameter.description,
        deprecated=parameter.deprecated,
        allow_reserved=parameter.allow_reserved,
    )


def _spelled(parameter: openapi.Parameter, node: Json, book: SchemaBook) -> Json:
    """The schema of what is written out: outside JSON, null is the text `null` where a text may stand."""
    resolved = book.resolved(node)
    if parameter.content is not None or not {"string", "null"} <= types_under(resolved, book):
        return node
    written = {"type": "string"} if isinstance(resolved.get("type"), list) else {}
    return {**resolved, **written, "not": {"type": "null"}}


def _present(node: Json, book: SchemaBook, least: int) -> Mapping[str, Json]:
    """The schema of a path variable, less shorter texts: an empty segment is no value of a variable."""
    resolved = book.resolved(node)
    if not isinstance(resolved, Mapping):
        return {"minLength": least}
    return {**resolved, "minLength": max(least, resolved.get("minLength", 0))}


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
