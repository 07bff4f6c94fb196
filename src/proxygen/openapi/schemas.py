"""Walks schemas: which keywords hold schemas, where their references lead, and which go round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from proxygen.openapi.findings import Findings
from proxygen.openapi.references import References
from proxygen.source.budgets import BUDGETS, Budgets
from proxygen.source.document import Pointer
from proxygen.source.pointers import escape

_SINGLE: Final = (
    *("additionalProperties", "items", "not", "contains", "propertyNames", "if", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems"),
)
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_MAPS: Final = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_HOLDING: Final = frozenset({*_SINGLE, *_LISTS, *_MAPS})

_LEFT_OUT: Final = {
    "xml": "xml",
    "externalDocs": "external documentation",
    **dict.fromkeys(("$defs", "definitions"), "local definitions"),
    **dict.fromkeys(
        (
            *("$anchor", "$comment", "$dynamicAnchor", "$id", "$schema", "$vocabulary"),
            *("contentEncoding", "contentMediaType", "contentSchema", "additionalItems"),
            *("minContains", "maxContains"),
        ),
        "annotation",
    ),
}
"""Keywords that no contract is made of, by their nouns."""

_READ: Final = frozenset(
    {
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "discriminator", "$ref"),
        *("$dynamicRef", "type", "format", "nullable", "enum", "const", "title", "description"),
        *("default", "deprecated", "readOnly", "writeOnly", "example", "examples", "required"),
        *("properties", "additionalProperties", "patternProperties", "propertyNames"),
        *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
        *("unevaluatedProperties", "unevaluatedItems", "items", "prefixItems", "contains"),
        *("minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
)
"""Keywords that lowering reads, and checks or names in the ledger; all others are set aside here."""


def subschemas(schema: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Any, Pointer]]:
    """The schemas directly inside a schema, with their places (JSON Schema 2020-12, sections 10 and 11)."""
    if _HOLDING.isdisjoint(schema):
        return
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
        self._finished: list[Pointer] = []
        self.set_aside: list[tuple[str, Pointer]] = []

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
            self._note_set_aside(schema, place)
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

    def _note_set_aside(self, schema: dict[str, Any], pointer: Pointer) -> None:
        """What no contract is made of."""
        for key, value in schema.items():
            if key in _READ:
                if key == "discriminator" and isinstance(value, dict):
                    self.set_aside.extend(
                        ("annotation", f"{pointer}/discriminator/{escape(name)}")
                        for name in value
                        if name != "propertyName"
                    )
                continue
            noun = _LEFT_OUT.get(key) or ("extension" if key[:2] == "x-" else "unknown field")
            self.set_aside.append((noun, f"{pointer}/{escape(key)}"))

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
                    self._finished.append(finished)
                elif place in on_trail:
                    self._references.refuse_cycle([*trail[trail.index(place) :], place])
                elif place not in done:
                    trail.append(place)
                    on_trail.add(place)
                    branches.append(iter(self._edges.get(place, ())))

    def report_expansion(self, budgets: Budgets = BUDGETS) -> None:
        """Report schemas that `$ref` and `allOf` make too long or too large; ask after the cycles."""
        parts: dict[Pointer, int] = {}
        steps: dict[Pointer, int] = {}
        over: set[Pointer] = set()
        for place in self._finished:
            inside = self._edges[place]
            parts[place] = 1 + sum(parts.get(one, 1) for one in inside)
            steps[place] = 1 + max((steps.get(one, 1) for one in inside), default=0)
            if parts[place] <= budgets.composed and steps[place] <= budgets.chain:
                continue
            over.add(place)
            if not over.isdisjoint(inside):
                continue
            self._references.broken = True
            if steps[place] > budgets.chain:
                self._findings.error(
                    "reference-limit",
                    place,
                    f"References lead on from here for more than {budgets.chain} steps.",
                    "Refer to the schema that is meant.",
                )
            else:
                self._findings.error(
                    "expansion-limit",
                    place,
                    f"`allOf` puts this schema together from more than {budgets.composed} parts.",
                    "Name each part once.",
                )
