"""Walks schemas: which keywords hold schemas, where their references lead, and which go round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from proxygen.openapi.findings import Findings
from proxygen.openapi.references import References
from proxygen.source.document import Pointer
from proxygen.source.pointers import escape

_SINGLE: Final = (
    *("additionalProperties", "items", "not", "contains", "propertyNames", "if", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems"),
)
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_MAPS: Final = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")


def subschemas(schema: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Any, Pointer]]:
    """The schemas directly inside a schema, with their places (JSON Schema 2020-12, sections 10 and 11)."""
    for keyword in _SINGLE:
        if keyword in schema and not isinstance(schema[keyword], list):
            yield schema[keyword], f"{pointer}/{keyword}"
    for keyword in _LISTS:
        members = schema.get(keyword)
        if isinstance(members, list):
            for number, member in enumerate(members):
                yield member, f"{pointer}/{keyword}/{number}"
    for keyword in _MAPS:
        members = schema.get(keyword)
        if isinstance(members, dict):
            for name, member in members.items():
                yield member, f"{pointer}/{keyword}/{escape(name)}"


class SchemaWalk:
    """Visits every schema once, from wherever the document holds one."""

    def __init__(self, references: References, findings: Findings) -> None:
        self._references = references
        self._findings = findings
        self._edges: dict[Pointer, tuple[Pointer, ...]] = {}

    def add(self, value: Any, pointer: Pointer) -> None:
        """Check a schema, those inside it and those that it refers to."""
        waiting = [(value, pointer)]
        while waiting:
            schema, place = waiting.pop()
            if place in self._edges:
                continue
            self._edges[place] = ()
            if isinstance(schema, bool):
                continue
            if not isinstance(schema, dict):
                self._findings.error(
                    "schema-type",
                    place,
                    "A schema stands here that is no object.",
                    "Write a schema object.",
                )
                continue
            in_place = []
            if "$ref" in schema:
                target = self._references.target(schema["$ref"], f"{place}/$ref")
                if target is not None:
                    in_place.append(target)
                    waiting.append((self._references.look_up(target), target))
            all_of = schema.get("allOf")
            if isinstance(all_of, list):
                in_place.extend(f"{place}/allOf/{number}" for number in range(len(all_of)))
            self._edges[place] = tuple(in_place)
            waiting.extend(subschemas(schema, place))

    def report_cycles(self) -> None:
        """Report schemas that consist of themselves through `$ref` and `allOf` alone."""
        done: set[Pointer] = set()
        for start in self._edges:
            if start in done:
                continue
            trail: list[Pointer] = [start]
            on_trail = {start}
            branches = [iter(self._edges[start])]
            while branches:
                place = next(branches[-1], None)
                if place is None:
                    branches.pop()
                    finished = trail.pop()
                    on_trail.discard(finished)
                    done.add(finished)
                elif place in on_trail:
                    self._references.refuse_cycle([*trail[trail.index(place) :], place])
                elif place not in done:
                    trail.append(place)
                    on_trail.add(place)
                    branches.append(iter(self._edges.get(place, ())))
