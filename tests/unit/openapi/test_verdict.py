"""The validator judges a document once; what its judgement rests on is judged again when it moves."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from proxygen.cache import Cache
from proxygen.diagnostics import InputRefused
from proxygen.openapi import validate
from proxygen.openapi.read import read_contract
from proxygen.openapi.verdict import without_prose

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1", "description": "Pets of all kinds."},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "summary": "List pets",
                "description": "All of them.",
                "responses": {"200": {"description": "The pets."}},
            }
        }
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {
                    "description": {"type": "string", "maxLength": 5, "default": "small"}
                },
                "default": {"description": "small"},
            }
        }
    },
}


def moved(*path: str, to: Any) -> dict[str, Any]:
    """The document with another value at this path."""
    document = deepcopy(DOCUMENT)
    node = document
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = to
    return document


class Project:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file = folder / "specs" / "pets.yaml"
        self._file.parent.mkdir()
        self._cache = Cache(folder=folder / "cache")
        self.judged = 0
        judge = validate.validate_document

        def counted(*arguments: Any) -> bool:
            self.judged += 1
            return judge(*arguments)

        monkeypatch.setattr(validate, "validate_document", counted)

    def read(self, document: dict[str, Any]) -> tuple[str, ...]:
        self._file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        try:
            found = read_contract(self._file, root=self._file.parent, cache=self._cache).diagnostics
        except InputRefused as refused:
            found = refused.diagnostics
        return tuple(item.rule for item in found)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path, monkeypatch)
    assert made.read(DOCUMENT) == ()
    assert made.judged == 1
    return made


GET = ("paths", "/pets", "get")
SAME = {
    "nothing": DOCUMENT,
    "a description": moved(*GET, "description", to="None of them.\nReally."),
    "a summary": moved(*GET, "summary", to=""),
    "a description of a response": moved(*GET, "responses", "200", "description", to="x: {y}"),
}
PET = ("components", "schemas", "Pet")
ANOTHER = {
    "a title": moved("info", "title", to="Cats"),
    "a description that is no text": moved(*GET, "description", to=3),
    "a description that is gone": moved(*GET, "responses", "200", to={}),
    "a property of the name description": moved(
        *PET, "properties", "description", "default", to="far too long"
    ),
    "a default in which description is a name": moved(
        *PET, "default", to={"description": "far too long"}
    ),
    "the order of keys": dict(reversed(DOCUMENT.items())),
}


@pytest.mark.parametrize("case", SAME)
def test_prose_moves_no_verdict(project: Project, case: str) -> None:
    assert project.read(SAME[case]) == ()
    assert project.judged == 1


@pytest.mark.parametrize("case", ANOTHER)
def test_anything_else_is_judged_again(project: Project, case: str) -> None:
    project.read(ANOTHER[case])
    assert project.judged == 2


def test_what_was_found_is_found_at_every_build(project: Project) -> None:
    broken = moved(*GET, "responses", to={"200": {}})
    first = project.read(broken)
    assert "openapi-invalid" in first
    assert project.read(broken) == first
    assert project.judged == 3


def test_prose_alone_is_left_out() -> None:
    assert without_prose(
        {"description": "a", "summary": ["b"], "x": [{"summary": "c", "title": "d"}]}
    ) == {"description": "", "summary": ["b"], "x": [{"summary": "", "title": "d"}]}
    kept = {"examples": [{"description": "a"}], "mapping": {"description": "#/x"}}
    assert without_prose(kept) == kept
