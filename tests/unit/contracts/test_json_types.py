"""Generated classes take for equal what JSON Schema does, and nothing that only Python does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from proxygen.runtime.json_types import Integer, OnlyFalse, OnlyTrue, Uuid

CANONICAL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def accepts(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("value", "valid"),
    [(1, True), (1.0, True), (-0.0, True), (1.5, False), (True, False), ("1", False)],
)
def test_an_integer_is_a_number_without_a_fraction(value: Any, valid: bool) -> None:
    assert accepts(Integer, value) is valid


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", None])
def test_no_number_is_a_boolean(value: Any) -> None:
    assert not accepts(OnlyTrue, value)
    assert not accepts(OnlyFalse, value)


def test_a_boolean_constant_is_itself_alone() -> None:
    assert (accepts(OnlyTrue, True), accepts(OnlyTrue, False)) == (True, False)
    assert (accepts(OnlyFalse, False), accepts(OnlyFalse, True)) == (True, False)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (CANONICAL, True),
        (CANONICAL.upper(), True),
        (CANONICAL.replace("-", ""), False),
        (f"urn:uuid:{CANONICAL}", False),
        (f"{{{CANONICAL}}}", False),
        (f"{CANONICAL}\n", False),
    ],
)
def test_a_uuid_has_its_hyphens_and_nothing_else(text: str, valid: bool) -> None:
    assert accepts(Uuid, text) is valid
