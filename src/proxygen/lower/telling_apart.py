"""Tells apart the operations that share a method and a template, by what a request must say for each.

What the wire shows is a query parameter or header that one operation requires and another does not take, or
takes with other values; the media type of a required body is such a header, and an operation without a body
does not take it. Operations that differ in nothing of the kind cannot be told apart, whichever of them a
request is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxygen.ir.gateway import Condition, Place
from proxygen.lower.naming import folded
from proxygen.lower.references import follow, reference_of
from proxygen.openapi.model import Operation, Parameter, Schema

Json = Any
Key = tuple[Place, str]
Values = tuple[str, ...] | None
"""What may be said under a key: one of these, or anything."""

_PLACES: Final = {"query": Place.QUERY, "header": Place.HEADER}
_CONTENT_TYPE: Final = (Place.HEADER, "content-type")
_LONGEST_CHAIN: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a request for one operation must say, and under which keys (folded) it may say something.

    `open` where the document does not tell all names: an exploded object is as many query parameters.
    """

    demands: Mapping[Key, Values]
    known: frozenset[Key]
    open: bool

    def may_say(self, key: Key) -> bool:
        """Whether a request for this operation may have this query parameter or header."""
        return (key[0], folded(key[1])) in self.known or (self.open and key[0] is Place.QUERY)


def told_apart(operations: Sequence[Operation]) -> tuple[tuple[Condition, ...] | None, ...]:
    """For each operation of one method and template its conditions; None where it is like another.

    An operation without rivals has those alone that its key in `paths` states. Of those that are alike none
    is routed, for nothing says which of them a request would be for; an operation that is like more others
    than they are gives way. A request for one that is not routed meets nobody's conditions where that can be
    told.
    """
    said = [_said(operation) for operation in operations]
    chosen = _by_one_key(said)
    if chosen is not None and not any(operation.query for operation in operations):
        place, name = chosen
        return tuple(
            (Condition(place=place, name=name, values=one.demands[chosen]),) for one in said
        )
    distinct = _distinct(said)
    found = [
        _demanded(mine, said, _stated(operation, mine))
        for operation, mine in zip(operations, said, strict=True)
    ]
    for mine, conditions in zip(said, found, strict=True):
        conditions.update(_kept_off(mine, conditions, said, found))
    return tuple(
        tuple(
            Condition(place=place, name=name, values=values)
            for (place, name), values in conditions.items()
        )
        if number in distinct
        else None
        for number, conditions in enumerate(found)
    )


def are_alike(one: Operation, other: Operation) -> bool:
    """Whether nothing on the wire tells one from the other."""
    return _alike(_said(one), _said(other))


def _by_one_key(said: Sequence[Said]) -> Key | None:
    """The key that all ask for first, each with values of its own, as hundreds of operations of one path do.

    What follows compares each with each, and would find the same.
    """
    keys = {next(iter(one.demands), None) for one in said}
    key = keys.pop()
    if keys or key is None or len(said) == 1:
        return None
    values = [one.demands[key] or () for one in said]
    different = set().union(*values)
    return key if all(values) and len(different) == sum(map(len, values)) else None


def _distinct(said: Sequence[Said]) -> Sequence[int]:
    """The numbers of those that differ from one another; in each round the least distinct fall out."""
    left = list(range(len(said)))
    alike_to = {
        one: {other for other in left if other != one and _alike(said[one], said[other])}
        for one in left
    }
    while left:
        alike = {one: len(alike_to[one].intersection(left)) for one in left}
        worst = max(alike.values())
        if not worst:
            break
        left = [one for one in left if alike[one] < worst]
    return left


def _alike(one: Said, other: Said) -> bool:
    return not any(_tells(one, other)) and not any(_tells(other, one))


def _tells(mine: Said, theirs: Said) -> Iterator[tuple[Key, Values]]:
    """What my requests must say and theirs do not."""
    for key, values in mine.demands.items():
        if key in theirs.demands:
            others = theirs.demands[key]
            if values and others and not set(values).intersection(others):
                yield key, values
        elif not theirs.may_say(key):
            yield key, values


def _demanded(mine: Said, said: Sequence[Said], stated: Sequence[Key]) -> dict[Key, Values]:
    """What is stated, and as few demands as tell this one from the others; telling most first."""
    found = {key: mine.demands[key] for key in stated}
    left = [tells for other in said if other is not mine and (tells := dict(_tells(mine, other)))]
    left = [tells for tells in left if not tells.keys() & found]
    while left:
        best = max(mine.demands, key=lambda key: sum(key in tells for tells in left))
        found[best] = mine.demands[best]
        left = [tells for tells in left if best not in tells]
    return found


def _kept_off(
    mine: Said,
    demanded: Mapping[Key, Values],
    said: Sequence[Said],
    found: Sequence[dict[Key, Values]],
) -> dict[Key, Values]:
    """What must not be said: a demand of each other that none of mine tells from this one."""
    absent: dict[Key, Values] = {}
    for other, theirs in zip(said, found, strict=True):
        if other is mine or dict(_tells(mine, other)).keys() & demanded:
            continue
        telling = [key for key, _ in _tells(other, mine)]
        if telling and not absent.keys() & set(telling):
            best = min(telling, key=lambda key: (key not in theirs, other.demands[key] is None))
            absent[best] = ()
    return absent


def _stated(operation: Operation, mine: Said) -> list[Key]:
    keys = [(Place.QUERY, name) for name in operation.query]
    return [key for key in keys if key in mine.demands]


def _said(operation: Operation) -> Said:
    demands: dict[Key, Values] = {}
    known = {Place.HEADER: set[str](), Place.QUERY: set[str]()}
    if operation.request_body is not None:
        known[_CONTENT_TYPE[0]].add(folded(_CONTENT_TYPE[1]))
    open_ = False
    for parameter in operation.parameters:
        place = _PLACES.get(parameter.location)
        if place is None:
            continue
        kind = _target(parameter.schema)
        known[place].add(folded(parameter.name))
        spread = place is Place.QUERY and _is_object(kind)
        open_ = open_ or (spread and parameter.style == "form" and parameter.explode)
        if parameter.required and not spread and parameter.style != "deepObject":
            name = parameter.name.lower() if place is Place.HEADER else parameter.name
            demands[place, name] = _values(parameter, kind)
    media_types = _media_types(operation)
    if media_types:
        demands[_CONTENT_TYPE] = media_types
    return Said(
        demands=demands,
        known=frozenset((place, name) for place, names in known.items() for name in names),
        open=open_,
    )


def _media_types(operation: Operation) -> tuple[str, ...]:
    """The media types of a body that must be there; none where it may be of any."""
    body = operation.request_body
    if body is None or not body.required:
        return ()
    essences = [media.media_type.partition(";")[0].strip().lower() for media in body.content]
    return () if any("*" in one for one in essences) else tuple(dict.fromkeys(essences))


def _target(schema: Schema | None) -> Mapping[str, Json]:
    for _ in range(_LONGEST_CHAIN):
        reference = reference_of(schema.value) if schema is not None else None
        if schema is None or reference is None:
            break
        schema = follow(schema, reference)
    value = schema.value if schema is not None else None
    return value if isinstance(value, Mapping) else {}


def _is_object(value: Mapping[str, Json]) -> bool:
    return value.get("type") == "object" or "properties" in value or "allOf" in value


def _values(parameter: Parameter, value: Mapping[str, Json]) -> Values:
    """The texts that a parameter may have; None where they are not listed.

    A flag, a boolean of the query that can be nothing but true, is also there where it says nothing.
    """
    members = [value["const"]] if "const" in value else value.get("enum")
    if not isinstance(members, list) or not members or value.get("nullable") is True:
        return None
    if members == [True] and members[0] is True:
        return ("true", "") if parameter.location == "query" else ("true",)
    texts = tuple(_text(member) for member in members)
    return None if "" in texts else tuple(dict.fromkeys(texts))


def _text(member: Json) -> str:
    """A member of an enumeration as the wire has it; nothing where that is not one text."""
    match member:
        case bool():
            return str(member).lower()
        case str() | int():
            return str(member)
    return ""
