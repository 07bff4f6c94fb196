"""What one schema demands of a value, whatever it was put together from.

A member of an `allOf`, what a `$ref` leads to and the only branch of a union count as written here, so that
moving a part of a schema into a component is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from proxygen.lower.references import child, follow, reference_of
from proxygen.openapi.model import Schema

Json = Any

TYPES: Final = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
_BESIDE_A_REFERENCE: Final = frozenset({"$ref", "description", "summary", "title", "example"})
_UNIONS: Final = ("oneOf", "anyOf")
_SPEAKING: Final = frozenset({"type", "properties", "required", "items", "enum", "const"})
_DEEPEST: Final = 1
"""Unions inside unions whose types are looked at."""
_IMPLIED: Final = {
    "properties": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
}
"""The type that people mean who leave it out beside these words; the build reads it so, too."""


def target_of(schema: Schema) -> Schema:
    """What a schema that is nothing but a reference leads to; the schema itself where it leads to none."""
    seen = {schema.pointer}
    while is_reference(schema.value):
        found = follow(schema, schema.value["$ref"])
        if found is None or found.pointer in seen:
            break
        seen.add(found.pointer)
        schema = found
    return schema


def is_reference(value: Json) -> bool:
    """Whether a schema says nothing beside its reference."""
    return reference_of(value) is not None and value.keys() <= _BESIDE_A_REFERENCE


class SchemaView:
    """The keywords of a schema over all the parts that it is put together from.

    `depth` counts the unions around it: a union may be an alternative of itself.
    """

    def __init__(self, schema: Schema, depth: int = 0) -> None:
        self.place = schema
        self._depth = depth
        self._nullable = False
        self._parts: list[Schema] = []
        self.only: list[Schema] = []
        """The branches of unions that have no other, which count as parts."""
        self._gather(schema, set())

    def all(self, word: str) -> Iterator[Json]:
        """The values of a keyword, one for each part that has it."""
        return (part.value[word] for part in self._parts if word in part.value)

    def first(self, word: str) -> Json:
        """The value of a keyword in the first part that has it; None where none has."""
        return next(self.all(word), None)

    def at(self, word: str) -> Schema:
        """Where a keyword stands, the schema itself where it has none."""
        for part in self._parts:
            if word in part.value:
                return child(part, word)
        return self.place

    def flag(self, word: str) -> bool:
        """Whether any part says `true`."""
        return any(value is True for value in self.all(word))

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types that are allowed, without null; `number` has `integer` in it."""
        allowed = TYPES - {"null"}
        for part in self._parts:
            said = _types(part.value)
            if said:
                allowed &= said | ({"integer"} if "number" in said else frozenset())
        if self._branches:
            allowed &= frozenset().union(*(one.types for one in self._branches))
        return allowed

    @cached_property
    def nullable(self) -> bool:
        """Whether null is allowed."""
        if self._nullable or self.flag("nullable"):
            return True
        if any(isinstance(values, list) and None not in values for values in self.all("enum")):
            return False
        said = [types for part in self._parts if (types := _types(part.value))]
        if not said and self._branches:
            return any(one.nullable for one in self._branches)
        return all("null" in types for types in said)

    @cached_property
    def members(self) -> tuple[Json, ...] | None:
        """The values that are listed, without null; None where any is allowed."""
        lists = [values for values in self.all("enum") if isinstance(values, list)]
        lists += [[value] for value in self.all("const")]
        if not lists:
            return None
        first, *others = lists
        return tuple(
            value
            for value in first
            if value is not None and all(value in other for other in others)
        )

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The named properties; one that several parts name is the last part's."""
        return {
            name: child(part, "properties", name)
            for part in self._parts
            for name in _mapping(part.value.get("properties"))
        }

    @cached_property
    def required(self) -> frozenset[str]:
        """The names of the properties that must be there."""
        return frozenset(
            name
            for names in self.all("required")
            if isinstance(names, list)
            for name in names
            if isinstance(name, str)
        )

    @property
    def closed(self) -> bool:
        """Whether no further properties may be there."""
        return any(value is False for value in self.all("additionalProperties"))

    def below(self, word: str) -> Schema:
        """The schema under a keyword; one that allows everything where there is none."""
        for part in self._parts:
            if isinstance(part.value.get(word), Mapping):
                return child(part, word)
        return Schema(document=self.place.document, pointer=self.place.pointer, value={})

    @cached_property
    def alternatives(self) -> tuple[Schema, ...]:
        """The branches of the first union that has several; null is none of them."""
        for part in self._parts:
            for word in _UNIONS:
                branches = _branches(part, word)
                if len(branches) > 1:
                    return branches
        return ()

    @property
    def is_union(self) -> bool:
        """Whether it is one of several alternatives and says nothing of its own about them."""
        own = {word for part in self._parts for word in part.value}
        return bool(self.alternatives) and not own & _SPEAKING

    @cached_property
    def _branches(self) -> tuple[SchemaView, ...]:
        if self._depth > _DEEPEST:
            return ()
        return tuple(SchemaView(one, self._depth + 1) for one in self.alternatives)

    def _gather(self, schema: Schema, seen: set[str]) -> None:
        if schema.pointer in seen:
            return
        seen.add(schema.pointer)
        value = schema.value
        if not isinstance(value, Mapping):
            if value is False:
                nothing = Schema(
                    document=schema.document, pointer=schema.pointer, value={"not": {}}
                )
                self._parts.append(nothing)
            return
        self._parts.append(schema)
        reference = reference_of(value)
        if reference is not None:
            found = follow(schema, reference)
            if found is not None:
                self._gather(found, seen)
        for number in range(len(_list(value.get("allOf")))):
            self._gather(child(schema, "allOf", number), seen)
        for word in _UNIONS:
            branches = _branches(schema, word)
            if branches and len(branches) < len(_list(value.get(word))):
                self._nullable = True
            if len(branches) == 1:
                self.only.append(branches[0])
                self._gather(branches[0], seen)


def _branches(schema: Schema, word: str) -> tuple[Schema, ...]:
    every = _list(schema.value.get(word))
    return tuple(
        child(schema, word, number)
        for number, value in enumerate(every)
        if not (isinstance(value, Mapping) and _types(value) == {"null"})
    )


def _types(value: Mapping[str, Json]) -> frozenset[str]:
    """The types that a schema names or implies; none where it allows all."""
    written = value.get("type")
    if isinstance(written, str):
        named = frozenset({written})
    elif isinstance(written, list):
        named = frozenset(one for one in written if isinstance(one, str))
    else:
        named = frozenset(kind for word, kind in _IMPLIED.items() if word in value)
        if len(named) != 1 or value.keys() & {"allOf", "$ref", *_UNIONS}:
            return frozenset()
    return named if named <= TYPES else frozenset()


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
