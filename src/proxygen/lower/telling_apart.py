"""Tells apart the operations that share a method and a template, by what a request must say for each.

A required query parameter or header that may have one value only is something that the wire shows. Operations
that differ in no such value cannot be told apart, whichever of them a request is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from proxygen.ir.gateway import Condition, Place
from proxygen.lower.references import follow, reference_of
from proxygen.openapi.model import Operation, Parameter, Schema

Json = Any
Fixed = Mapping[tuple[Place, str], str]

_PLACES: Final = {"query": Place.QUERY, "header": Place.HEADER}
_LONGEST_CHAIN: Final = 32


def told_apart(operations: Sequence[Operation]) -> tuple[tuple[Condition, ...] | None, ...]:
    """For each operation of one method and template its conditions; None where it is like another.

    An operation without rivals has no conditions. Of those that are alike none is routed, for nothing says
    which of them a request would be for; an operation that is like more others than they are gives way.
    """
    if len(operations) == 1:
        return ((),)
    fixed = [fixed_values(operation) for operation in operations]
    distinct = _distinct(fixed)
    return tuple(
        _conditions(mine, [fixed[other] for other in distinct if other != number])
        if number in distinct
        else None
        for number, mine in enumerate(fixed)
    )


def _distinct(fixed: Sequence[Fixed]) -> Sequence[int]:
    """The numbers of those that differ from one another; in each round the least distinct fall out."""
    left = list(range(len(fixed)))
    while left:
        alike = {
            one: sum(_alike(fixed[one], fixed[other]) for other in left if other != one)
            for one in left
        }
        worst = max(alike.values())
        if not worst:
            break
        left = [one for one in left if alike[one] < worst]
    return left


def _alike(one: Fixed, other: Fixed) -> bool:
    return all(other.get(key, value) == value for key, value in one.items())


def fixed_values(operation: Operation) -> Fixed:
    """The only value of each parameter that must be there and can have no other."""
    fixed: dict[tuple[Place, str], str] = {}
    for parameter in operation.parameters:
        place = _PLACES.get(parameter.location)
        value = _only_value(parameter)
        if place is not None and parameter.required and value is not None:
            name = parameter.name.lower() if place is Place.HEADER else parameter.name
            fixed[place, name] = value
    return fixed


def _conditions(mine: Fixed, others: Sequence[Fixed]) -> tuple[Condition, ...]:
    """As few as tell this one from all others, which differ from it; most telling first."""
    left = list(others)
    found: list[Condition] = []
    while left:
        rest = {
            key: [other for other in left if other.get(key, value) == value]
            for key, value in mine.items()
        }
        best = min(rest, key=lambda key: len(rest[key]))
        found.append(Condition(place=best[0], name=best[1], value=mine[best]))
        left = rest[best]
    return tuple(found)


def _only_value(parameter: Parameter) -> str | None:
    schema = parameter.schema
    for _ in range(_LONGEST_CHAIN):
        reference = reference_of(schema.value) if schema is not None else None
        if schema is None or reference is None:
            break
        schema = follow(schema, reference)
    return _constant(schema)


def _constant(schema: Schema | None) -> str | None:
    value = schema.value if schema is not None else None
    if not isinstance(value, Mapping) or value.get("nullable") is True:
        return None
    only = value.get("const")
    listed = value.get("enum")
    if only is None and isinstance(listed, list) and len(listed) == 1:
        only = listed[0]
    return only if isinstance(only, str) and only else None
