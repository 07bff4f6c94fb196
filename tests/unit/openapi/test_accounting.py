"""Every construct of a document has a name, and what no edge is made of is set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proxygen.openapi.accounting import SET_ASIDE, constructs
from tests.unit.openapi.documents import OPERATION, document, parse

ODD = "/components/schemas/Thing"


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
    expected = sorted(item for item in constructs(contract.document) if item[0] in SET_ASIDE)
    assert sorted(contract.set_aside) == expected
    assert {noun for noun, _ in expected} == SET_ASIDE


def test_every_object_has_its_noun_and_place(tmp_path: Path) -> None:
    contract, _ = parse(tmp_path, document())
    assert sorted(constructs(contract.document), key=lambda item: item[1]) == [
        ("document", ""),
        ("components", "/components"),
        ("schema", ODD),
        ("schema", f"{ODD}/properties/name"),
        ("info", "/info"),
        ("paths", "/paths"),
        ("path item", "/paths/~1things~1{id}"),
        ("operation", OPERATION),
        ("parameter", f"{OPERATION}/parameters/0"),
        ("schema", f"{OPERATION}/parameters/0/schema"),
        ("parameter", f"{OPERATION}/parameters/1"),
        ("schema", f"{OPERATION}/parameters/1/schema"),
        ("responses", f"{OPERATION}/responses"),
        ("response", f"{OPERATION}/responses/200"),
        ("media type", f"{OPERATION}/responses/200/content/application~1json"),
        ("schema", f"{OPERATION}/responses/200/content/application~1json/schema"),
        ("header", f"{OPERATION}/responses/200/headers/X-Total"),
        ("schema", f"{OPERATION}/responses/200/headers/X-Total/schema"),
    ]


def test_what_stands_in_data_is_no_construct(tmp_path: Path) -> None:
    value = document()
    value["components"]["schemas"]["Thing"]["examples"] = [{"properties": {"x-a": {}}}]
    value["components"]["schemas"]["Thing"]["default"] = {"xml": {}}
    contract, _ = parse(tmp_path, value)
    assert contract.set_aside == ()
    assert not [place for _, place in constructs(contract.document) if "examples" in place]


def test_the_query_string_as_a_whole_is_set_aside_in_3_2(tmp_path: Path) -> None:
    value = document(openapi="3.2.0")
    content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    value["paths"]["/things/{id}"]["get"]["parameters"][1] = {
        "name": "whole",
        "in": "querystring",
        "content": content,
    }
    contract, _ = parse(tmp_path, value)
    assert contract.set_aside == (("querystring parameter", f"{OPERATION}/parameters/1"),)
    assert [item.name for item in contract.operations[0].parameters] == ["id"]
