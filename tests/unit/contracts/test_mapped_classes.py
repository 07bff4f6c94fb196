"""A class that stands for a schema of a document is compared with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from proxygen.contracts.mapped import mapped_differences
from proxygen.ir.schema import NamedSchema, SchemaSet

CLASSES = """
from typing import Literal
from pydantic import BaseModel

class Prompt(BaseModel):
    text: str

class Batch(BaseModel):
    user_id: str
    org_id: str | None = None
    count: int
    course: Literal["a", "b"]
    tags: list[str]
    prompt: Prompt

class NoModel:
    def __init__(self, x): ...
"""
BATCH: dict[str, Any] = {
    "type": "object",
    "required": ["user_id", "count", "course", "tags", "prompt"],
    "properties": {
        "user_id": {"type": "string", "maxLength": 128},
        "org_id": {"type": ["string", "null"]},
        "count": {"type": "integer", "minimum": 1},
        "course": {"enum": ["a", "b"], "type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "prompt": {"$ref": "#/$defs/Prompt"},
    },
}
PROMPT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "team_contracts.py").write_text(CLASSES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "team_contracts", raising=False)


def differences(
    batch: dict[str, Any], imported: str = "team_contracts:Batch"
) -> list[tuple[str, str]]:
    schemas = (
        NamedSchema(name="Prompt", value=PROMPT, pointer=""),
        NamedSchema(name="Batch", value=batch, pointer="", imported=imported),
    )
    found = mapped_differences(SchemaSet(module="requests", schemas=schemas))
    return [(item.path, item.text) for item in found]


def changed(name: str, value: Any) -> dict[str, Any]:
    return {**BATCH, "properties": {**BATCH["properties"], name: value}}


def test_a_class_that_says_the_same_has_no_differences() -> None:
    assert differences(BATCH) == []


@pytest.mark.parametrize(
    ("batch", "path", "text"),
    [
        (
            changed("count", {"type": "string"}),
            "/count",
            "the document has string, the class integer",
        ),
        (changed("org_id", {"type": "string"}), "/org_id", "null is allowed by the class only"),
        (changed("new", {"type": "string"}), "/new", "only the document has it"),
        (
            changed("tags", {"type": "array", "items": {"type": "integer"}}),
            "/tags/*",
            "the document has integer, the class string",
        ),
        (
            changed("course", {"type": "string", "enum": ["a"]}),
            "/course",
            "the document allows 'a', the class 'a', 'b'",
        ),
        (
            {**BATCH, "required": ["user_id", "course", "tags", "prompt"]},
            "/count",
            "required by the class only",
        ),
    ],
)
def test_a_difference_is_named_by_its_place(batch: dict[str, Any], path: str, text: str) -> None:
    assert differences(batch) == [(path, text)]


def test_a_member_that_only_the_class_has_is_named() -> None:
    properties = {name: item for name, item in BATCH["properties"].items() if name != "org_id"}
    assert differences({**BATCH, "properties": properties}) == [
        ("/org_id", "only the class has it")
    ]


@pytest.mark.parametrize(
    ("imported", "text"),
    [
        ("team_contracts:Nope", "it cannot be imported"),
        ("no_such_package:Batch", "it cannot be imported"),
        ("team_contracts:NoModel", "it cannot validate"),
    ],
)
def test_a_class_that_cannot_be_used_is_a_difference(imported: str, text: str) -> None:
    ((path, found),) = differences(BATCH, imported)
    assert path == ""
    assert found.startswith(text)
