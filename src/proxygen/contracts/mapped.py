"""Compares a class that a team has already with the schema that the configuration maps to it.

Both are read as JSON Schema and compared where a difference would let a request through that the document
forbids, or refuse one that it allows: properties, which are required, types, null, and enumerations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from pydantic import PydanticUserError, TypeAdapter

from proxygen.ir.schema import NamedSchema, SchemaSet

Json = Any

_PREFIX: Final = "#/$defs/"
_DEEPEST: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One point on which class and document disagree; `path` is that of the member, `""` for the whole."""

    schema: str
    imported: str
    path: str
    text: str

    def __str__(self) -> str:
        where = f" at {self.path}" if self.path else ""
        return f"{self.imported} is not {self.schema} of the document{where}: {self.text}"


def mapped_differences(schemas: SchemaSet) -> tuple[Difference, ...]:
    """Every difference between the mapped schemas of this set and their classes, imported for this."""
    definitions = schemas.defs()
    return tuple(
        Difference(schema=schema.name, imported=schema.imported, path=path, text=text)
        for schema in schemas.schemas
        if schema.imported is not None
        for path, text in _differences(schema, schema.imported, definitions)
    )


def _differences(
    schema: NamedSchema, imported: str, definitions: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    module, _, name = imported.partition(":")
    try:
        found = getattr(import_module(module), name)
        described = TypeAdapter(found).json_schema()
    except (ImportError, AttributeError) as error:
        yield "", f"it cannot be imported: {error}"
        return
    except PydanticUserError as error:
        yield "", f"it cannot validate: {str(error).splitlines()[0]}"
        return
    ours = _Side(schema.value, definitions)
    theirs = _Side(described, described.get("$defs", {}))
    yield from _compare(ours, theirs, "", 0)


class _Side:
    """A schema of one of the two, with references followed and null taken out of its alternatives."""

    def __init__(self, value: Json, definitions: Mapping[str, Json]) -> None:
        self._definitions = definitions
        value, self.nullable = self._plain(value)
        self.value: Mapping[str, Json] = value if isinstance(value, Mapping) else {}

    def _plain(self, value: Json) -> tuple[Json, bool]:
        nullable = False
        for _ in range(_DEEPEST):
            if not isinstance(value, Mapping):
                break
            reference = value.get("$ref")
            alternatives = value.get("anyOf") or value.get("oneOf") or ()
            arms = [arm for arm in alternatives if arm != {"type": "null"}]
            if isinstance(reference, str) and reference.startswith(_PREFIX):
                value = self._definitions.get(reference.removeprefix(_PREFIX), {})
            elif len(arms) == 1:
                nullable = nullable or len(alternatives) > 1
                value = arms[0]
            elif len(value.get("allOf", ())) == 1 and "properties" not in value:
                value = value["allOf"][0]
            else:
                break
        return value, nullable or "null" in _types(value)

    def types(self) -> frozenset[str]:
        """JSON types, null aside; none where the schema does not say."""
        return _types(self.value) - {"null"}

    def members(self) -> dict[str, _Side]:
        """The named properties."""
        properties = self.value.get("properties", {})
        return {name: _Side(item, self._definitions) for name, item in properties.items()}

    def items(self) -> _Side | None:
        """The items of an array."""
        items = self.value.get("items")
        return _Side(items, self._definitions) if isinstance(items, Mapping) else None

    def required(self) -> frozenset[str]:
        """Names that must be there."""
        return frozenset(self.value.get("required", ()))

    def values(self) -> frozenset[str] | None:
        """The values of an enumeration, None where it is none."""
        if "const" in self.value:
            return frozenset({repr(self.value["const"])})
        values = self.value.get("enum")
        return None if values is None else frozenset(repr(v) for v in values if v is not None)


def _types(value: Json) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset()
    kind = value.get("type", ())
    return frozenset({kind} if isinstance(kind, str) else kind)


def _compare(ours: _Side, theirs: _Side, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if ours.types() and theirs.types() and ours.types() != theirs.types():
        yield path, f"the document has {_listed(ours.types())}, the class {_listed(theirs.types())}"
        return
    if ours.nullable != theirs.nullable:
        yield path, f"null is allowed by the {'document' if ours.nullable else 'class'} only"
    if ours.values() != theirs.values():
        yield (
            path,
            (f"the document allows {_listed(ours.values())}, the class {_listed(theirs.values())}"),
        )
    yield from _compare_members(ours, theirs, path, depth)
    mine, other = ours.items(), theirs.items()
    if mine is not None and other is not None:
        yield from _compare(mine, other, f"{path}/*", depth + 1)


def _compare_members(
    ours: _Side, theirs: _Side, path: str, depth: int
) -> Iterator[tuple[str, str]]:
    mine, others = ours.members(), theirs.members()
    for name in sorted(mine.keys() | others.keys()):
        place = f"{path}/{name}"
        if name not in others:
            yield place, "only the document has it"
        elif name not in mine:
            yield place, "only the class has it"
        else:
            if (name in ours.required()) != (name in theirs.required()):
                who = "document" if name in ours.required() else "class"
                yield place, f"required by the {who} only"
            yield from _compare(mine[name], others[name], place, depth + 1)


def _listed(values: frozenset[str] | None) -> str:
    return "anything" if values is None else ", ".join(sorted(values)) or "nothing"
