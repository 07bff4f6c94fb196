"""The formats of a report, and the keys of those that are JSON, from the modules that write them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any, Final

from proxygen.audit.json_format import audit_schema
from proxygen.changes.page import render
from proxygen.cli.commands.diff import DiffFormat
from proxygen.report import json_format
from proxygen.report.json_format import report_schema

from .configuration import kind_of
from .table import code, sentence, table

_OTHER_MODULES: Final[Mapping[str, ModuleType]] = MappingProxyType(
    {"json": json_format, "html": render}
)
_PAGE: Final = "The changes as one page for a browser, which loads nothing"


def markdown() -> str:
    """A table of all formats."""
    return table(
        ("`--format`", "what it is", "of"),
        [
            (
                code(form.value),
                sentence(about(form)),
                "every report" if form is not DiffFormat.HTML else "`diff`",
            )
            for form in DiffFormat
        ],
    )


def about(form: DiffFormat) -> str:
    """What the module of a format says that it writes."""
    if form is DiffFormat.HTML:
        return _PAGE
    name = form.value
    module = _OTHER_MODULES.get(name) or importlib.import_module(f"proxygen.report.{name}")
    return (inspect.getdoc(module) or "").partition(";")[0].partition("\n")[0]


def report_keys() -> str:
    """The keys of a report in JSON."""
    return _keys(report_schema())


def audit_keys() -> str:
    """The keys of an audit in JSON, without those of its findings."""
    schema = audit_schema()
    known = report_schema()["$defs"]
    return _keys(schema, without=frozenset(known))


def _keys(schema: dict[str, Any], without: frozenset[str] = frozenset()) -> str:
    definitions: dict[str, Any] = schema.get("$defs", {})
    named = {"": schema} | {
        _short(name): one
        for name, one in definitions.items()
        if name not in without and "properties" in one
    }
    rows = [
        (_owner(owner, one) if not number else "", code(key), _value(value, definitions))
        for owner, one in named.items()
        for number, (key, value) in enumerate(one["properties"].items())
    ]
    return table(("object", "key", "value"), rows)


def _owner(name: str, schema: dict[str, Any]) -> str:
    """What stands beside the first key of an object: its name, and what it is."""
    return f"{code(name)}: " * bool(name) + sentence(schema.get("description", ""))


def _value(value: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        target = definitions[name]
        return kind_of(target, definitions) if "enum" in target else code(_short(name))
    if "anyOf" in value:
        return " or ".join(_value(option, definitions) for option in value["anyOf"])
    match value.get("type"):
        case "array":
            return "list of " + _value(value["items"], definitions)
        case "null" | "object":
            return str(value["type"])
        case _:
            return kind_of(value, definitions)


def _short(name: str) -> str:
    return name.removesuffix("Json").lower()
