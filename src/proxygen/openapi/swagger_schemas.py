"""Writes the schemas, parameters and headers of Swagger 2.0 in the words of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from proxygen.openapi.grammar import OPENAPI, SCHEMA, members, slots

_MOVED: Final = (
    ("#/definitions/", "#/components/schemas/"),
    ("#/parameters/", "#/components/parameters/"),
    ("#/responses/", "#/components/responses/"),
)
_SCHEMA_WORDS: Final = (
    *("type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum"),
    *("exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems"),
    *("uniqueItems", "enum", "multipleOf"),
)
"""What a parameter, header or items object has in common with a schema (OAS 2.0, 5.2.10)."""

_STYLES: Final[Mapping[tuple[str, str], tuple[str, bool]]] = MappingProxyType(
    {
        ("query", "csv"): ("form", False),
        ("query", "multi"): ("form", True),
        ("query", "ssv"): ("spaceDelimited", False),
        ("query", "pipes"): ("pipeDelimited", False),
        ("path", "csv"): ("simple", False),
        ("header", "csv"): ("simple", False),
        ("formData", "csv"): ("form", False),
        ("formData", "multi"): ("form", True),
        ("formData", "ssv"): ("spaceDelimited", False),
        ("formData", "pipes"): ("pipeDelimited", False),
    }
)
"""Location and `collectionFormat` → `style` and `explode`; what is not here has no word in OpenAPI 3."""


def moved(reference: Any) -> Any:
    """Where the target of a reference is in the converted document."""
    if isinstance(reference, str):
        for old, new in _MOVED:
            if reference.startswith(old):
                return new + reference.removeprefix(old)
    return reference


def converted_schema(schema: Any) -> Any:
    """A schema object; its members stand where they stood, so that positions hold."""
    if not isinstance(schema, dict):
        return schema
    new = dict(schema)
    if "$ref" in new:
        new["$ref"] = moved(new["$ref"])
    if isinstance(new.get("discriminator"), str):
        new["discriminator"] = {"propertyName": new["discriminator"]}
    if new.get("type") == "file":
        new |= {"type": "string", "format": "binary"}
    for key, slot, held in slots(schema, SCHEMA, OPENAPI):
        if slot.kind != SCHEMA:
            continue
        for path, member in members(slot, held):
            written = converted_schema(member)
            if not path:
                new[key] = written
                continue
            if new[key] is held:
                new[key] = dict(held) if isinstance(held, dict) else list(held)
            new[key][path[0]] = written
    return new


def schema_of(owner: Mapping[str, Any], *, split: bool = False) -> dict[str, Any]:
    """The schema that a parameter, header or items object spells out in its own fields.

    An array that cannot be `split` here (in another array, or with a separator that OpenAPI 3 has no
    word for) is the text that it is on the wire.
    """
    if owner.get("type") == "array" and not split:
        return {"type": "string"}
    schema = {word: owner[word] for word in _SCHEMA_WORDS if word in owner}
    if schema.get("type") == "file":
        schema |= {"type": "string", "format": "binary"}
    items = schema.get("items")
    if isinstance(items, dict):
        schema["items"] = schema_of(items)
    return schema


def style_of(parameter: Mapping[str, Any]) -> tuple[str, bool] | None:
    """`style` and `explode` of an array; None where its separator has no word in OpenAPI 3."""
    separator = parameter.get("collectionFormat", "csv")
    location = parameter.get("in")
    if not (isinstance(separator, str) and isinstance(location, str)):
        return None
    return _STYLES.get((location, separator))
