"""Brings the keywords of one schema object into JSON Schema 2020-12, as far as the edge checks them.

What it cannot check is left out and named, so that a JSON Schema validator and the generated classes judge
alike; the downstream still checks it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from proxygen.lower.patterns import is_checkable

Json = Any

TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
_ANNOTATIONS: Final = ("title", "description", "default", "deprecated", "readOnly", "writeOnly")
_BOUNDS: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_IMPLIED: Final = {
    "properties": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
}
_SIZES_OF_OBJECTS: Final = {
    "minProperties": "unchecked-minproperties",
    "maxProperties": "unchecked-maxproperties",
}
_CONSTRAINTS: Final = frozenset(
    {
        *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minimum"),
        *("maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties"),
        *("maxProperties", "required", "properties", "additionalProperties", "items"),
    }
)
_SIZES: Final = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
)
_BOUNDS_OF_NUMBERS: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
_LARGEST_SIZE: Final = 2**63 - 1
_LARGEST_DOUBLE: Final = int(sys.float_info.max)
_SAID_BY: Final = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
"""OAS 3.0's `exclusiveMinimum: true` makes of one keyword another."""

UNCHECKED: Final[Mapping[str, str]] = {
    "$dynamicRef": "unchecked-dynamicref",
    "contains": "unchecked-contains",
    "dependentRequired": "unchecked-dependentrequired",
    "dependentSchemas": "unchecked-dependentschemas",
    "else": "unchecked-else",
    "if": "unchecked-if",
    "not": "unchecked-not",
    "patternProperties": "unchecked-patternproperties",
    "prefixItems": "unchecked-prefixitems",
    "propertyNames": "unchecked-propertynames",
    "then": "unchecked-then",
    "unevaluatedItems": "unchecked-unevaluateditems",
    "unevaluatedProperties": "unchecked-unevaluatedproperties",
    "uniqueItems": "unchecked-uniqueitems",
}
"""Keywords that are left to the downstream, each with its rule."""


def texts(value: Mapping[str, Json]) -> dict[str, Json]:
    """Titles, descriptions, defaults and examples, for the reader of the edge contract."""
    kept = {word: value[word] for word in _ANNOTATIONS if word in value}
    for word in ("title", "description"):
        if not isinstance(kept.get(word, ""), str):
            del kept[word]
    for word in ("deprecated", "readOnly", "writeOnly"):
        if not kept.get(word):
            kept.pop(word, None)
    if "default" in kept and not _allows(value, kept["default"]):
        del kept["default"]
    examples = value.get("examples")
    if isinstance(examples, list):
        kept["examples"] = examples
    elif "example" in value:
        kept["examples"] = [value["example"]]
    return kept


def _allows(schema: Mapping[str, Json], value: Json) -> bool:
    """Whether a value is of a type of the schema and among its members."""
    members = schema.get("enum")
    if isinstance(members, list) and not any(_same(member, value) for member in members):
        return False
    types = types_of(schema)
    match value:
        case list():
            return not types or "array" in types
        case dict():
            return not types or "object" in types
        case float():
            return not types or "number" in types or ("integer" in types and value.is_integer())
    return _is_of(value, types)


def types_of(value: Mapping[str, Json]) -> tuple[str, ...]:
    """The JSON types that the schema allows, `()` for all; `nullable` is read, a missing type inferred."""
    written = value.get("type")
    types = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    known = [name for name in TYPES if name in types]
    if not known and not types:
        known = sorted({name for word, name in _IMPLIED.items() if word in value})[:1]
    if known and value.get("nullable") is True and "null" not in known:
        known.append("null")
    if any(name not in TYPES for name in types):
        return ()
    if "number" in known and "integer" in known:
        known.remove("integer")
    return tuple(known)


def constant_of(value: Mapping[str, Json]) -> dict[str, Json] | None:
    """`const` or `enum` of strings, integers, booleans and null; None where there is neither."""
    if "const" in value:
        members: Json = [value["const"]]
    elif "enum" in value:
        members = value["enum"]
    else:
        return None
    if not isinstance(members, list) or not all(_is_literal(member) for member in members):
        return None
    types = types_of(value)
    # By type as well: to Python, 1 is True.
    unlike = {(type(member), member): member for member in members if _is_of(member, types)}
    kept: list[Json] = list(unlike.values())
    if value.get("nullable") is True and None not in kept:
        kept.append(None)
    if not kept:
        return None
    if kept == [None]:
        return {"type": "null"}
    return {"const": kept[0]} if len(kept) == 1 else {"enum": kept}


def constraints_of(kind: str, value: Mapping[str, Json]) -> dict[str, Json]:
    """The constraints of one JSON type that hold a value of the right kind."""
    match kind:
        case "string" if value.get("format") in ("uuid", "date"):
            return {"format": value["format"]}
        case "string":
            found = _sizes(value, "minLength", "maxLength")
            pattern = value.get("pattern")
            if isinstance(pattern, str) and is_checkable(pattern):
                found["pattern"] = pattern
            if isinstance(value.get("format"), str):
                found["format"] = value["format"]
            return found
        case "integer" | "number":
            return _numbers(kind, value)
        case "array":
            return _sizes(value, "minItems", "maxItems")
    return {}


def unchecked(value: Mapping[str, Json]) -> Iterator[tuple[str, str, str]]:
    """Each constraint that the edge leaves to the downstream: the keyword, the rule, and why."""
    if not UNCHECKED.keys().isdisjoint(value):
        for word, rule in UNCHECKED.items():
            if word in value and value[word] not in (False, None):
                yield word, rule, f"`{word}` is left to the downstream"
    if "prefixItems" in value and "items" in value:
        why = "`items` beside `prefixItems` is left to the downstream"
        yield "items", "unchecked-prefixitems", why
    pattern = value.get("pattern")
    if isinstance(pattern, str) and not is_checkable(pattern):
        why = "the pattern is beyond the regular expressions that the edge can run"
        yield "pattern", "unchecked-pattern", why
    multiple: Json = value.get("multipleOf")
    if multiple is not None and not _whole(multiple):
        why = "a fraction of a binary number cannot be judged exactly"
        yield "multipleOf", "unchecked-multipleof", why
    for word in _beyond(value):
        yield (
            word,
            "unchecked-bound",
            f"no number or size that the edge compares is as large as `{word}`",
        )
    if ("enum" in value or "const" in value) and constant_of(value) is None:
        why = "members that are not strings, integers, booleans or null, or not of the type"
        yield "enum", "unchecked-enum", why
    sizes = [word for word in _SIZES_OF_OBJECTS if word in value]
    if sizes and ("properties" in value or types_of(value) != ("object",)):
        for word in sizes:
            why = f"`{word}` beside `properties` or null is left to the downstream"
            yield word, _SIZES_OF_OBJECTS[word], why


def _beyond(value: Mapping[str, Json]) -> Iterator[str]:
    """The bounds that no double and no size in memory can be compared with."""
    for word in _SIZES:
        if word in value and _whole(value[word]) and value[word] > _LARGEST_SIZE:
            yield word
    bounds = [word for word in _BOUNDS_OF_NUMBERS if word in value]
    if bounds and "number" in types_of(value):
        for word in bounds:
            if _finite(value[word]) and not _is_double(value[word]):
                yield word


def without_effect(value: Mapping[str, Json], node: Mapping[str, Json]) -> Iterator[str]:
    """Constraints that neither the schema made of this one nor a line of the ledger has.

    They are of another type, or beside an enumeration or a format that says more.
    """
    if "anyOf" in node:
        return
    named = {word for word, _, _ in unchecked(value)}
    for word in sorted(value.keys() & _CONSTRAINTS - node.keys() - named):
        if _SAID_BY.get(word) not in node:
            yield word


def sizes_of_map(value: Mapping[str, Json]) -> dict[str, Json]:
    """`minProperties` and `maxProperties` of an object without named properties."""
    return _sizes(value, "minProperties", "maxProperties")


def _sizes(value: Mapping[str, Json], *words: str) -> dict[str, Json]:
    return {
        word: int(value[word])
        for word in words
        if word in value and _whole(value[word]) and 0 <= value[word] <= _LARGEST_SIZE
    }


def _numbers(kind: str, value: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    can_be = _finite if kind == "integer" else _is_double
    for word, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if can_be(value.get(word)):
            found[exclusive if value.get(exclusive) is True else word] = value[word]
        if can_be(value.get(exclusive)):
            found[exclusive] = value[exclusive]
    if kind == "integer":
        least, most = _BOUNDS.get(str(value.get("format")), (None, None))
        if least is not None and "minimum" not in found and "exclusiveMinimum" not in found:
            found["minimum"] = least
        if most is not None and "maximum" not in found and "exclusiveMaximum" not in found:
            found["maximum"] = most
    multiple: Json = value.get("multipleOf")
    if can_be(multiple) and _whole(multiple) and multiple > 0:
        found["multipleOf"] = int(multiple)
    if isinstance(value.get("format"), str):
        found["format"] = value["format"]
    return found


def _finite(value: Json) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_double(value: Json) -> bool:
    return _finite(value) and abs(value) <= _LARGEST_DOUBLE


def _whole(value: Json) -> bool:
    return _finite(value) and (isinstance(value, int) or value.is_integer())


def _is_literal(value: Json) -> bool:
    return value is None or isinstance(value, str | int)


def _same(one: Json, other: Json) -> bool:
    return type(one) is type(other) and bool(one == other)


def _is_of(value: Json, types: tuple[str, ...]) -> bool:
    match value:
        case None:
            return not types or "null" in types
        case bool():
            return not types or "boolean" in types
        case int():
            return not types or "integer" in types or "number" in types
    return not types or "string" in types
