"""Whether clients can still say an input that identity no longer fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proxygen.ir.gateway import Operation, Service

Json = Any

_DEEPEST = 64


def client_can_say(input_name: str, operation: Operation, service: Service) -> bool:
    """Whether the contract that clients see has this input (in the words of `bind`)."""
    kind, colon, name = input_name.partition(":")
    if input_name.startswith("/") or not colon:
        return _in_a_body(input_name.split("/")[1:], operation, service)
    if kind == "form":
        body = operation.request_body
        return any(
            part.name == name for one in (body.content if body else ()) for part in one.parts
        )
    return any(
        one.location == kind and one.name.lower() == name.lower() for one in operation.parameters
    )


def _in_a_body(segments: list[str], operation: Operation, service: Service) -> bool:
    body = operation.request_body
    defs = service.requests.defs()
    wanted = [segment.replace("~1", "/").replace("~0", "~") for segment in segments]
    return any(
        _holds(defs.get(content.contract.name), wanted, defs, _DEEPEST)
        for content in (body.content if body else ())
        if content.contract is not None
    )


def _holds(schema: Json, segments: list[str], defs: Mapping[str, Json], depth: int) -> bool:
    if not segments:
        return True
    if depth == 0 or not isinstance(schema, Mapping):
        return False
    properties = schema.get("properties", {})
    if segments[0] in properties and _holds(properties[segments[0]], segments[1:], defs, depth - 1):
        return True
    if segments[0] == "*" and _holds(schema.get("items"), segments[1:], defs, depth - 1):
        return True
    return any(_holds(part, segments, defs, depth - 1) for part in _parts(schema, defs))


def _parts(schema: Mapping[str, Json], defs: Mapping[str, Json]) -> Iterator[Json]:
    """Schemas that describe the same object."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield defs.get(reference.rpartition("/")[2])
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
