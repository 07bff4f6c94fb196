"""What datamodel-code-generator gets to see of a schema: the keywords that it turns into checks, no text.

Descriptions, titles, examples, defaults and extensions stay outside. The edge never fills in a default (the
bytes of a valid request are forwarded as they are), and what is not handed over cannot become code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Json = Any

_PLAIN: Final = frozenset(
    {
        "$ref",
        "const",
        "discriminator",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
    }
)
_PATTERNS: Final = {"email": r"^[^@\s]+@[^@\s]+$", "idn-email": r"^[^@\s]+@[^@\s]+$"}
"""Formats whose types in pydantic need a package more; a pattern of the document's own goes before."""

_SCHEMA: Final = frozenset({"additionalProperties", "items"})
_SCHEMAS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})


def visible(schema: Json, formats: Sequence[str]) -> Json:
    """The schema less everything that must not, or need not, reach the generator of classes."""
    if not isinstance(schema, Mapping):
        return schema

    def inner(value: Json) -> Json:
        return visible(value, formats)

    seen: dict[str, Json] = {}
    for keyword, value in schema.items():
        if keyword in _PLAIN:
            seen[keyword] = value
        elif keyword in _SCHEMA:
            seen[keyword] = inner(value)
        elif keyword in _SCHEMAS:
            seen[keyword] = [inner(item) for item in value]
        elif keyword == "properties":
            # What allOf says of a property is lost beside `{}` in its base, and not beside `true`.
            seen[keyword] = {name: inner(item) or True for name, item in value.items()}
        elif keyword == "format" and value in formats and value in _PATTERNS:
            seen.setdefault("pattern", _PATTERNS[value])
        elif keyword == "format" and value in formats:
            seen[keyword] = value
    if "format" in seen:
        for keyword in ("maxLength", "minLength", "pattern"):
            seen.pop(keyword, None)
    return seen


def marked(schema: Json, mark: str) -> Json:
    """The visible schema with every reference led to the definition of the marked name."""
    if isinstance(schema, list):
        return [marked(item, mark) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    led: dict[str, Json] = {}
    for keyword, value in schema.items():
        if keyword == "$ref":
            led[keyword] = f"{value}{mark}"
        elif keyword == "discriminator":
            mapping = {tag: f"{place}{mark}" for tag, place in value["mapping"].items()}
            led[keyword] = {**value, "mapping": mapping}
        elif keyword == "properties":
            led[keyword] = {name: marked(item, mark) for name, item in value.items()}
        elif keyword in _SCHEMA or keyword in _SCHEMAS:
            led[keyword] = marked(value, mark)
        else:
            led[keyword] = value
    return led


def property_names(schemas: Sequence[Json], wanted: Callable[[str], bool]) -> tuple[str, ...]:
    """The names of properties, at any depth, for which `wanted` holds; sorted."""
    found: set[str] = set()
    left = list(schemas)
    while left:
        schema = left.pop()
        if not isinstance(schema, Mapping):
            continue
        properties = schema.get("properties", {})
        found.update(name for name in properties if wanted(name))
        left.extend(properties.values())
        left.extend(schema[word] for word in _SCHEMA if word in schema)
        for word in _SCHEMAS:
            left.extend(schema.get(word, ()))
    return tuple(sorted(found))
