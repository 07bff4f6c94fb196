"""Every key of `proxygen.toml`, from the JSON Schema that `proxygen schema` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proxygen.config.schema import config_schema

from .table import code, sentence, table

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its header, and the schema of its keys."""

    header: str
    schema: Schema


def markdown() -> str:
    """A section for each table of the file, in the order of the file."""
    schema = config_schema()
    definitions: dict[str, Schema] = schema["$defs"]
    sections = [_section(item, definitions) for item in tables(schema, definitions)]
    return "\n".join(sections)


def tables(schema: Schema, definitions: dict[str, Schema], path: str = "") -> Iterator[Table]:
    """This table, and those inside it that a header can name."""
    yield Table(path, schema)
    for name, value in schema["properties"].items():
        for inner, placeholder in _inner_tables(value, definitions):
            header = ".".join(part for part in (path, name, placeholder) if part)
            yield from tables(inner, definitions, header)


def _inner_tables(value: Schema, definitions: dict[str, Schema]) -> Iterator[tuple[Schema, str]]:
    for option in value.get("anyOf", [value]):
        if "$ref" in option:
            yield _resolved(option, definitions), ""
        for inner in (option.get("additionalProperties"), *_by_pattern(option)):
            if isinstance(inner, dict) and "$ref" in inner:
                yield _resolved(inner, definitions), "NAME"


def _by_pattern(value: Schema) -> Iterator[Schema]:
    """What stands behind names that have a grammar."""
    yield from value.get("patternProperties", {}).values()


def _resolved(reference: Schema, definitions: dict[str, Schema]) -> Schema:
    return definitions[reference["$ref"].rpartition("/")[2]]


def _section(item: Table, definitions: dict[str, Schema]) -> str:
    title = f"`[{item.header}]`" if item.header else "Keys of the file itself"
    rows = [
        (
            code(name),
            sentence(_about(value, definitions)),
            kind_of(value, definitions),
            _default(value),
        )
        for name, value in item.schema["properties"].items()
        if item.header or not is_table(value)
    ]
    about = sentence(item.schema.get("description", ""))
    return f"## {title}\n\n{about}\n\n" + table(("key", "meaning", "value", "default"), rows)


def is_table(value: Schema) -> bool:
    """Whether the key is a table of its own, with a section of its own."""
    return any(key in value for key in ("$ref", "additionalProperties", "patternProperties"))


def _about(value: Schema, definitions: dict[str, Schema]) -> str:
    about: str = value.get("description", "")
    if not about and "$ref" in value:
        about = _resolved(value, definitions).get("description", "")
    if not about and "$ref" in value.get("items", {}):
        about = _resolved(value["items"], definitions).get("description", "")
    return about


def kind_of(value: Schema, definitions: dict[str, Schema]) -> str:
    """What may stand there, in words."""
    options = [
        option
        for option in value.get("anyOf") or value.get("oneOf") or [value]
        if option.get("type") != "null"
    ]
    return " or ".join(_kind(option, definitions) for option in options)


def _kind(value: Schema, definitions: dict[str, Schema]) -> str:
    if "$ref" in value:
        names = _resolved(value, definitions)["properties"]
        return "table: " + ", ".join(map(code, names))
    if "enum" in value:
        return ", ".join(code(json.dumps(item)) for item in value["enum"])
    if "const" in value:
        return code(json.dumps(value["const"]))
    match value.get("type"):
        case "array":
            return f"list of {kind_of(value['items'], definitions)}"
        case "object":
            for inner in (value.get("additionalProperties"), *_by_pattern(value)):
                if isinstance(inner, dict):
                    return f"table of {kind_of(inner, definitions)}"
            return "table"
        case "boolean":
            return "`true` or `false`"
        case "number" | "integer":
            return _number(value)
        case _:
            return "text"


def _number(value: Schema) -> str:
    kind = "whole number" if value["type"] == "integer" else "number"
    low, above = value.get("minimum"), value.get("exclusiveMinimum")
    bounds = [
        f"from {low}" if low is not None else "",
        f"above {above}" if above is not None else "",
        f"up to {value['maximum']}" if "maximum" in value else "",
    ]
    return " ".join([kind, *filter(None, bounds)])


def _default(value: Schema) -> str:
    default = value.get("default")
    if default is None or isinstance(default, dict):
        return ""
    return code(json.dumps(default, ensure_ascii=False))
