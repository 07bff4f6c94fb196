"""Reads the query in a key of `paths`: what a request must say to be for the operations under that key.

OpenAPI knows no such thing; documents have it all the same, where one path serves several operations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote_plus

from proxygen.openapi.model import Operation, Parameter, Schema
from proxygen.source.document import Document

_PAIR: Final = re.compile(
    r"(?P<name>(?:[A-Za-z0-9._~!$'()*,;:@/\[\]-]|%[0-9A-Fa-f]{2})+)"
    r"(?:=(?:\{(?P<variable>[^{}/&=]+)\}|(?P<value>(?:[A-Za-z0-9._~!$'()*,;:@/\[\]+-]|%[0-9A-Fa-f]{2})*)))?"
)
_BEFORE_QUERY: Final = re.compile(r"(?:\{[^{}]*\}|[^?])*?(?=\?|$)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPair:
    """One pair, decoded: its only `value`, or None where any will do; `variable` is what stands in braces."""

    name: str
    value: str | None
    variable: str | None


def without_query(path: str) -> tuple[str, str | None]:
    """A path (its fragment gone) as the path that is sent and the query behind it, None where it has none."""
    match = _BEFORE_QUERY.match(path)
    front = path if match is None else match.group()
    return front, path[len(front) + 1 :] if len(front) < len(path) else None


def query_pairs(query: str) -> tuple[QueryPair, ...] | None:
    """The pairs `name=value`, `name={variable}` and `name`; None where the query is none of such pairs.

    Two pairs of one name are none either: of two values a downstream might read the other.
    """
    pairs = []
    for piece in query.split("&"):
        match = _PAIR.fullmatch(piece)
        if match is None:
            return None
        value = match["value"]
        pairs.append(
            QueryPair(
                name=unquote_plus(match["name"]),
                value=unquote_plus(value) if value else None,
                variable=match["variable"],
            )
        )
    names = {pair.name.casefold() for pair in pairs}
    readable = all(pair.name.isprintable() and (pair.value or "").isprintable() for pair in pairs)
    return tuple(pairs) if len(names) == len(pairs) and readable else None


def with_query(operation: Operation, pairs: tuple[QueryPair, ...], document: Document) -> Operation:
    """The operation with a required query parameter for each pair, in place of one that it declares."""
    parameters = list(operation.parameters)
    for pair in pairs:
        number = _declared(parameters, pair)
        made = _required(operation, pair, document, None if number is None else parameters[number])
        if number is None:
            parameters.append(made)
        else:
            parameters[number] = made
    names = tuple(pair.name for pair in pairs)
    return replace(operation, parameters=tuple(parameters), query=names)


def _declared(parameters: list[Parameter], pair: QueryPair) -> int | None:
    """The parameter that a pair is about: of its name, or the path parameter of the name in its braces."""
    wanted = (("query", pair.name), ("path", pair.variable))
    for number, one in enumerate(parameters):
        if (one.location, one.name) in wanted:
            return number
    return None


def _required(
    operation: Operation, pair: QueryPair, document: Document, declared: Parameter | None
) -> Parameter:
    value: Any = (
        {"type": "string"} if pair.value is None else {"type": "string", "enum": [pair.value]}
    )
    schema = Schema(document=document, pointer=operation.pointer, value=value)
    if declared is None:
        return Parameter(
            pointer=operation.pointer,
            name=pair.name,
            location="query",
            required=True,
            deprecated=False,
            description="",
            style="form",
            explode=True,
            allow_reserved=False,
            schema=schema,
            content=None,
        )
    kept = declared.location == "query" and pair.value is None
    return replace(
        declared,
        pointer=operation.pointer,
        name=pair.name,
        location="query",
        required=True,
        style=declared.style if kept else "form",
        explode=declared.explode if kept else True,
        schema=declared.schema if pair.value is None else schema,
        content=declared.content if kept else None,
        examples=declared.examples if pair.value is None else (),
    )
