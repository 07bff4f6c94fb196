"""A finding in a document of 13 MB points at its line, and costs less than a build of the document does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Final

import pytest

from proxygen.diagnostics import InputRefused, Severity
from proxygen.openapi.read import read_contract

SCHEMAS: Final = 2_600
PROPERTIES: Final = 24
OPERATIONS: Final = 1_200
SIZE: Final = 13_000_000
"""Bytes; GitHub's document has as many."""


def _document() -> dict[str, Any]:
    text = "What people say of a thing that has a name and a few more words to it. " * 2
    properties = {
        f"property_{number}": {"type": "string", "description": f"{number}: {text}"}
        for number in range(PROPERTIES)
    }
    schemas = {
        f"Thing{number}": {"type": "object", "properties": properties} for number in range(SCHEMAS)
    }
    paths = {
        f"/things/{number}": {
            "get": {
                "operationId": f"get{number}",
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": f"#/components/schemas/Thing{number}"}
                            }
                        },
                    }
                },
            }
        }
        for number in range(OPERATIONS)
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def test_a_finding_in_a_large_document_has_its_line_and_is_quicker_than_a_build(
    tmp_path: Path,
) -> None:
    text = json.dumps(_document(), indent=1)
    assert len(text) > SIZE
    path = tmp_path / "large.json"
    path.write_text(text, encoding="utf-8")
    started = time.process_time()
    assert len(read_contract(path, root=tmp_path).contract.operations) == OPERATIONS
    accepted = time.process_time() - started

    at = text.rindex('"type": "string"')
    path.write_text(f'{text[:at]}"type": "strin"{text[at + 16 :]}', encoding="utf-8")
    started = time.process_time()
    with pytest.raises(InputRefused) as refused:
        read_contract(path, root=tmp_path)
    refusal = time.process_time() - started

    (found,) = [item for item in refused.value.diagnostics if item.severity is Severity.ERROR]
    last = f"/components/schemas/Thing{SCHEMAS - 1}/properties/property_{PROPERTIES - 1}/type"
    assert found.location.pointer == last
    assert found.location.line == text.count("\n", 0, at) + 1
    assert found.location.column == at - text.rindex("\n", 0, at)
    assert refusal < 5 * accepted, "a build takes seven times what reading does"
