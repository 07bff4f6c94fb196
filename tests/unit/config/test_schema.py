"""The published JSON Schema says what the reader does."""

from __future__ import annotations

import tomllib
from typing import Any

import jsonschema
import pytest

from proxygen.config.schema import config_schema
from tests.unit.config.test_read import FULL


def test_the_schema_is_one_and_describes_every_table() -> None:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all("description" in table for table in schema["$defs"].values())
    assert all(table["additionalProperties"] is False for table in schema["$defs"].values())


def test_the_schema_describes_every_key() -> None:
    schema = config_schema()
    undescribed = [
        f"{table}.{key}"
        for table, value in {"": schema, **schema["$defs"]}.items()
        for key, declared in value.get("properties", {}).items()
        if not declared.get("description")
    ]
    assert undescribed == []


def test_the_schema_accepts_what_the_reader_reads() -> None:
    jsonschema.validate(tomllib.loads(FULL), config_schema())


@pytest.mark.parametrize(
    "value",
    [
        {"gatway": {}},
        {"gateway": {"nam": "x"}},
        {"timeouts": {"read": 0}},
        {"services": {"a": {"mode": "passthru"}}},
        {"services": {"a": {"operations": {"b": {"bind": {"/x": "userid"}}}}}},
        {"services": {"a": {"operations": {"b": {"bind": {"/x": {"absent": "null"}}}}}}},
        {"services": {"a": {"waive": [{"field": "x"}]}}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(value: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, config_schema())
