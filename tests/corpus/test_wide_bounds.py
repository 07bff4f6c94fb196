"""Bounds of a document beyond those of the edge: the generated tests hold the edge to the nearer ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.corpus.forked import preload
from benchmarks.corpus.measure import judge

LONG = "x" * 300


@pytest.mark.parametrize("most", [3, 5_000, 2**31 - 1])
def test_more_members_than_a_body_may_hold_are_no_violation(most: int, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["names"],
        "properties": {
            "names": {"type": "array", "maxItems": most, "items": {"type": "string"}},
        },
    }
    body = {"content": {"application/json": {"schema": schema, "example": {"names": [LONG]}}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Wide", "version": "1"},
        "paths": {
            "/names": {
                "post": {
                    "operationId": "name",
                    "requestBody": {"required": True, **body},
                    "responses": {"200": {"description": "Named."}},
                }
            }
        },
    }
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    preload()
    found = judge(path, "wide", tmp_path, source="", tested=None)
    assert (found.failed, found.said) == ("", "")
    assert found.tests > 0
