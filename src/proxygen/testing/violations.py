"""Requests near a valid one, each with the edge contract's own judgement."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from proxygen.runtime import Operation, Parameter
from proxygen.runtime.settings.request_limits import RequestLimits
from proxygen.runtime.target import PathTemplate
from proxygen.testing.edge import EdgeUnderTest
from proxygen.testing.examples import FormExample, JsonExample, MultipartExample, RawExample
from proxygen.testing.expected import Expected
from proxygen.testing.mutations import EdgeSchema, mutations, value_mutations
from proxygen.testing.requests import Call

Judged = tuple[str, Call, bool]


def judged_requests(
    operation: Operation, expected: Expected, call: Call, edge: EdgeUnderTest
) -> Iterator[Judged]:
    """The call itself and its mutations: a label, the request, and whether the contract allows it."""
    for judged in _judged(operation, expected, call, edge):
        if _is_within(edge.settings.limits, judged[1]):
            yield judged


def _is_within(limits: RequestLimits, call: Call) -> bool:
    """Whether the contract is asked: a longer target is answered 414 before, a longer body 413."""
    if len(call.target) > limits.target_bytes:
        return False
    return not isinstance(call.body, JsonExample) or len(call.content or b"") <= limits.json_bytes


def _judged(
    operation: Operation, expected: Expected, call: Call, edge: EdgeUnderTest
) -> Iterator[Judged]:
    described = edge.contract["paths"][operation.contract_path][expected.method.lower()]
    yield "the example", call, True
    yield from _judged_body(described, call, edge)
    yield from _judged_query(operation, described, call, edge)
    yield from _judged_headers(operation, described, call, edge)
    for parameter in operation.path:
        if not parameter.shape.container and parameter.style == "simple":
            yield from _judged_path(parameter, expected, described, call, edge)


def _judged_body(described: Mapping[str, Any], call: Call, edge: EdgeUnderTest) -> Iterator[Judged]:
    body = call.body
    if body is None or isinstance(body, RawExample):
        return
    media = _resolve(edge, described["requestBody"])["content"][body.media_type]
    schema = EdgeSchema(edge.contract, media.get("schema", True))
    if isinstance(body, JsonExample):
        for label, value in mutations(schema, body.value):
            content = json.dumps(value).encode()
            yield f"body: {label}", call.with_content(content), schema.accepts(value)
    elif isinstance(body, FormExample):
        required = schema.required()
        for name in dict.fromkeys(name for name, _ in body.fields if name in schema.properties()):
            fields = [pair for pair in body.fields if pair[0] != name]
            if fields:
                yield (
                    f"form: without {name}",
                    call.with_body(replace(body, fields=fields)),
                    name not in required,
                )
    elif isinstance(body, MultipartExample):
        required = schema.required()
        for name in {part.name: part for part in body.parts}:
            parts = [part for part in body.parts if part.name != name]
            if parts:
                yield (
                    f"part: without {name}",
                    call.with_body(replace(body, parts=parts)),
                    name not in required,
                )


def _judged_query(
    operation: Operation, described: Mapping[str, Any], call: Call, edge: EdgeUnderTest
) -> Iterator[Judged]:
    for parameter in operation.query:
        if parameter.shape.container or _tells_apart(operation, parameter.name):
            continue
        schema = _parameter_schema(described, parameter, "query", edge)
        others = "&".join(
            pair
            for pair in call.query.split("&")
            if pair and unquote(pair.partition("=")[0]) != parameter.name
        )
        yield (
            f"query: without {parameter.name}",
            call.with_raw_query(others),
            not _described(described, parameter, "query", edge).get("required", False),
        )
        for text, valid in _judged_texts(parameter, schema):
            pair = f"{quote(parameter.name, safe='')}={quote(text, safe='')}"
            yield (
                f"query: {parameter.name}={text}",
                call.with_raw_query(others).with_query(pair),
                valid,
            )


def _judged_headers(
    operation: Operation, described: Mapping[str, Any], call: Call, edge: EdgeUnderTest
) -> Iterator[Judged]:
    for parameter in operation.headers:
        name = parameter.name.lower()
        if _tells_apart(operation, parameter.name):
            continue
        if any(key == name for key, _ in call.headers):
            required = _described(described, parameter, "header", edge).get("required", False)
            yield f"header: without {name}", call.without(name), not required


def _tells_apart(operation: Operation, name: str) -> bool:
    """Whether without this value, or with another, the request is for another operation, or for none."""
    return any(condition.name.lower() == name.lower() for condition in operation.when)


def _judged_path(
    parameter: Parameter,
    expected: Expected,
    described: Mapping[str, Any],
    call: Call,
    edge: EdgeUnderTest,
) -> Iterator[Judged]:
    schema = _parameter_schema(described, parameter, "path", edge)
    template = PathTemplate.parse(expected.path)
    for text, valid in _judged_texts(parameter, schema):
        changed = call.with_variable(expected, parameter.name, quote(text, safe=""))
        # A value that holds what stands between two variables of a segment is read as others.
        read = template.match(changed.path)
        if read != dict(changed.variables) or text.lower() in edge.literals:
            continue
        if not edge.may_be_others(changed.path, expected.path):
            yield f"path: {parameter.name}={text}", changed, valid


def _judged_texts(parameter: Parameter, schema: EdgeSchema) -> Iterator[tuple[str, bool]]:
    """Texts for a scalar parameter; each is judged as the JSON value that it spells."""
    texts = {"proxygen", "7", "-1", "1.5", "true", "TRUE", "0x1"}
    texts |= {
        json.dumps(value).strip('"') if not isinstance(value, str) else value
        for _, value in value_mutations(schema, None)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    }
    for text in sorted(texts):
        yield text, schema.accepts(spelled(text, parameter.shape.types))


def spelled(text: str, types: tuple[str, ...]) -> Any:
    """The JSON value that a wire text stands for where these types are allowed (OAS 3.1.1, 4.8.12.2)."""
    if text in ("true", "false") and {"boolean", "flag"}.intersection(types):
        return text == "true"
    if text == "" and "flag" in types:
        return True
    if "integer" in types or "number" in types:
        try:
            value = json.loads(text)
        except ValueError:
            return text
        if type(value) is int or (
            "number" in types and type(value) is float and math.isfinite(value)
        ):
            return value
    return text


def _parameter_schema(
    described: Mapping[str, Any], parameter: Parameter, location: str, edge: EdgeUnderTest
) -> EdgeSchema:
    found = _described(described, parameter, location, edge)
    return EdgeSchema(edge.contract, found.get("schema", True))


def _described(
    described: Mapping[str, Any], parameter: Parameter, location: str, edge: EdgeUnderTest
) -> Mapping[str, Any]:
    for entry in described.get("parameters", ()):
        found = _resolve(edge, entry)
        if found["name"] == parameter.name and found["in"] == location:
            return found
    raise AssertionError(f"the edge contract has no {location} parameter {parameter.name}")


def _resolve(edge: EdgeUnderTest, node: Mapping[str, Any]) -> Mapping[str, Any]:
    return EdgeSchema(edge.contract, node).resolved()
