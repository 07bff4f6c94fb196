"""What no edge is made of is set aside, each part once; `tests/unit/lower/influence.py` finds the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proxygen.openapi.accounting import SET_ASIDE
from tests.unit.openapi.documents import OPERATION, document, parse


def odd() -> dict[str, Any]:
    """A document with one of everything that no edge is made of."""
    value = document(
        servers=[{"url": "https://{host}", "variables": {"host": {"default": "e.com"}}}],
        webhooks={"w": {"post": {"responses": {}}}},
        externalDocs={"url": "https://e.com"},
        info={"title": "x", "version": "1", "contact": {}, "license": {"name": "MIT"}},
    )
    value["x-root"] = {"openapi": "inside an extension"}
    value["components"]["schemas"]["Thing"] |= {
        "xml": {"name": "t"},
        "x-order": 1,
        "externalDocs": {"url": "https://e.com"},
    }
    value["components"]["securitySchemes"] = {
        "o": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "https://e.com", "scopes": {}}},
        }
    }
    value["paths"]["/things/{id}"]["get"] |= {
        "callbacks": {"c": {"{$url}": {"post": {"responses": {}}}}},
        "frobnicate": True,
        "x-internal": True,
    }
    value["paths"]["/things/{id}"]["get"]["responses"]["200"]["links"] = {"l": {}}
    return value


def test_what_no_edge_is_made_of_is_set_aside_once(tmp_path: Path) -> None:
    contract, _ = parse(tmp_path, odd())
    nouns = [noun for noun, _ in contract.set_aside]
    assert set(nouns) == SET_ASIDE
    assert len(set(contract.set_aside)) == len(nouns)


def test_what_stands_in_data_is_no_construct(tmp_path: Path) -> None:
    value = document()
    value["components"]["schemas"]["Thing"]["examples"] = [{"properties": {"x-a": {}}}]
    value["components"]["schemas"]["Thing"]["default"] = {"xml": {}}
    contract, _ = parse(tmp_path, value)
    assert {noun for noun, _ in contract.set_aside} == {"annotation", "header value"}
    assert not [place for _, place in contract.set_aside if "Thing" in place]


def test_the_query_string_as_a_whole_is_set_aside_in_3_2(tmp_path: Path) -> None:
    value = document(openapi="3.2.0")
    content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    value["paths"]["/things/{id}"]["get"]["parameters"][1] = {
        "name": "whole",
        "in": "querystring",
        "content": content,
    }
    contract, _ = parse(tmp_path, value)
    assert ("querystring parameter", f"{OPERATION}/parameters/1") in contract.set_aside
    assert [item.name for item in contract.operations[0].parameters] == ["id"]
