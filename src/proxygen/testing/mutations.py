"""Values near a valid one, made from its schema: what validation must judge as the contract does."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from pydantic_core import SchemaError, SchemaValidator, core_schema

Json = Any

_WRONG_TYPES: tuple[Json, ...] = ({"unexpected": True}, ["unexpected"], "unexpected", 7, True, None)
_EXACT = 2**53
_MOST = 10_000
"""Characters or members of what is made too long; more cost more than they show."""
_FORMATS = FormatChecker(formats=("uuid", "date"))


def _pattern(
    _: Any, pattern: Json, instance: Json, __: Mapping[str, Json]
) -> Iterator[ValidationError]:
    r"""`pattern` by the engine of the contracts: it knows `\p{L}`, and Python's does not."""
    try:
        known = SchemaValidator(core_schema.str_schema(pattern=str(pattern)))
    except SchemaError:
        return
    if isinstance(instance, str) and not known.isinstance_python(instance):
        yield ValidationError("the pattern finds nothing")


_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]  # it has no types
    Draft202012Validator, {"pattern": _pattern}
)


@dataclass(frozen=True, slots=True)
class EdgeSchema:
    """A schema of the edge contract, with the document that its references point into."""

    document: Mapping[str, Json]
    value: Json

    def accepts(self, instance: Json) -> bool:
        """The contract's own judgement, by a JSON Schema validator (2020-12)."""
        schema = {"$ref": "#/$defs/it", "$defs": {"it": self.value}, **_components(self.document)}
        return bool(_Validator(schema, format_checker=_FORMATS).is_valid(instance))

    def resolved(self) -> Mapping[str, Json]:
        """The schema with its own reference followed."""
        value = self.value
        while isinstance(value, dict) and "$ref" in value:
            value = _follow(self.document, value["$ref"])
        return value if isinstance(value, dict) else {}

    def parts(self) -> Iterator[Mapping[str, Json]]:
        """The schema, and every schema that `allOf` makes part of it."""
        whole = self.resolved()
        yield whole
        for part in whole.get("allOf", ()):
            yield from self.within(part).parts()

    def properties(self) -> dict[str, Json]:
        """The members that an object may have, those of `allOf` among them."""
        return {
            name: one for part in self.parts() for name, one in part.get("properties", {}).items()
        }

    def required(self) -> frozenset[str]:
        """The members that an object must have."""
        return frozenset(name for part in self.parts() for name in part.get("required", ()))

    def within(self, value: Json) -> EdgeSchema:
        """Another schema of the same document."""
        return EdgeSchema(self.document, value)


def mutations(schema: EdgeSchema, instance: Json) -> Iterator[tuple[str, Json]]:
    """Each one change away from `instance`, with a name: types, required members, enums and bounds."""
    for wrong in _WRONG_TYPES:
        yield f"the whole is {type(wrong).__name__}", wrong
    if isinstance(instance, dict):
        yield from _member_mutations(schema, instance)


def _member_mutations(schema: EdgeSchema, instance: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    for name in instance:
        without = {key: value for key, value in instance.items() if key != name}
        yield f"without {name}", without
    for name, member in schema.properties().items():
        for label, value in value_mutations(schema.within(member), instance.get(name)):
            changed = copy.deepcopy(instance)
            changed[name] = value
            yield f"{name} is {label}", changed
    yield "with a member that is not described", {**instance, "proxygenUnknown": 1}


def value_mutations(schema: EdgeSchema, value: Json) -> Iterator[tuple[str, Json]]:
    """Values of other types, outside an enum, and just beyond or at the bounds."""
    for wrong in _WRONG_TYPES:
        yield type(wrong).__name__, wrong
    rules = schema.resolved()
    if "enum" in rules:
        yield "outside its enum", "proxygen-not-in-enum"
    for bound, step in (("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1)):
        # Beyond 2**53 a double does not tell neighbours apart (RFC 8259, 6).
        if isinstance(rules.get(bound), int) and abs(rules[bound]) < _EXACT:
            yield f"beyond its {bound}", rules[bound] + step
            yield f"inside its {bound}", rules[bound] + (1 if bound == "exclusiveMinimum" else 0)
    if isinstance(rules.get("maxLength"), int) and rules["maxLength"] < _MOST:
        yield "too long", "x" * (rules["maxLength"] + 1)
    if isinstance(rules.get("minLength"), int) and 0 < rules["minLength"] < _MOST:
        yield "too short", "x" * (rules["minLength"] - 1)
    most = rules.get("maxItems")
    if isinstance(most, int) and most < _MOST and isinstance(value, list) and value:
        yield "too many", [value[0]] * (most + 1)


def _components(document: Mapping[str, Json]) -> dict[str, Json]:
    return {"components": document.get("components", {})}


def _follow(document: Mapping[str, Json], reference: str) -> Json:
    node: Json = document
    for token in reference.removeprefix("#/").split("/"):
        node = node[token.replace("~1", "/").replace("~0", "~")]
    return node
