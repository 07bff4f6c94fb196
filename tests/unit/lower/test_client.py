"""The client's contract is the downstream's without the bound fields; the downstream's stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.lower.lowering import Lowered, body, document, lower, named, operation

Json = Any
TEXT = {"type": "string"}
REFERENCE = {
    "type": "object",
    "required": ["owner_id", "text"],
    "properties": {"owner_id": TEXT, "text": TEXT},
}
REQUEST = {
    "type": "object",
    "required": ["user_id", "prompt", "count"],
    "properties": {
        "user_id": TEXT,
        "count": {"type": "integer"},
        "prompt": {"$ref": "#/components/schemas/PromptReference"},
        "other": {"$ref": "#/components/schemas/PromptReference"},
    },
    "example": {
        "user_id": "teacher",
        "count": 3,
        "prompt": {"owner_id": "teacher", "text": "Write."},
    },
}


def lowered(request: Json = REQUEST, **schemas: Json) -> Lowered:
    value = document(
        {"/a": body({"$ref": "#/components/schemas/Request"})},
        schemas={"Request": request, "PromptReference": REFERENCE, **schemas},
    )
    said = operation("send", bind={"/prompt/owner_id": "user_id"})
    return lower(value, identity=named(), operations=said)


def test_bound_fields_are_gone_at_every_depth_and_the_downstream_contract_stays() -> None:
    done = lowered()
    assert done.diagnostics == ()
    defs = done.gateway.services[0].requests.defs()
    assert set(defs["ClientRequestModel"]["properties"]) == {"count", "prompt", "other"}
    assert defs["ClientRequestModel"]["required"] == ["prompt", "count"]
    assert defs["ClientRequestModel"]["properties"]["prompt"] == {
        "$ref": "#/$defs/ClientPromptReference"
    }
    assert defs["ClientRequestModel"]["properties"]["other"] == {"$ref": "#/$defs/PromptReference"}
    assert set(defs["ClientPromptReference"]["properties"]) == {"text"}
    assert defs["RequestModel"]["required"] == ["user_id", "prompt", "count"]
    assert set(defs["PromptReference"]["properties"]) == {"owner_id", "text"}


def test_both_contracts_are_known_to_the_operation() -> None:
    request_body = lowered().operation.request_body
    assert request_body is not None
    (content,) = request_body.content
    assert content.contract is not None
    assert content.downstream is not None
    assert (content.contract.name, content.downstream.name) == (
        "ClientRequestModel",
        "RequestModel",
    )


def test_the_documents_example_is_used_without_the_bound_values() -> None:
    schema = {**REQUEST}
    example = schema.pop("example")
    value = document(
        {
            "/a": {
                "post": {
                    "operationId": "send",
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Request"},
                                "example": example,
                            }
                        }
                    },
                }
            }
        },
        schemas={"Request": schema, "PromptReference": REFERENCE},
    )
    said = operation("send", bind={"/prompt/owner_id": "user_id"})
    request_body = lower(value, identity=named(), operations=said).operation.request_body
    assert request_body is not None
    assert request_body.content[0].example == {"count": 3, "prompt": {"text": "Write."}}


def test_inherited_fields_are_cut_from_the_base_of_the_client_alone() -> None:
    base = {"type": "object", "required": ["user_id"], "properties": {"user_id": TEXT}}
    derived = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"type": "object", "properties": {"note": TEXT}},
        ]
    }
    value = document(
        {"/a": body({"$ref": "#/components/schemas/Derived"})},
        schemas={"Base": base, "Derived": derived},
    )
    defs = lower(value, identity=named()).gateway.services[0].requests.defs()
    assert defs["ClientDerived"]["allOf"][0] == {"$ref": "#/$defs/ClientBase"}
    assert defs["ClientBase"]["properties"] == {}
    assert "user_id" in defs["Base"]["properties"]


def test_without_bindings_there_is_one_contract() -> None:
    value = document({"/a": body({"type": "object", "properties": {"a": TEXT}})})
    request_body = lower(value).operation.request_body
    assert request_body is not None
    assert request_body.content[0].contract == request_body.content[0].downstream


MEMBERS = {"type": "object", "properties": {"n": {"type": "integer"}}}
ITEMS = {"type": "array", "items": {"type": "integer"}}


def _form(schema: Json, **media: Json) -> Lowered:
    content = {"application/x-www-form-urlencoded": {"schema": schema, **media}}
    return lower(document({"/a": {"post": {"requestBody": {"content": content}}}}))


def test_form_fields_without_a_written_form_are_forwarded_unread() -> None:
    schema = {
        "type": "object",
        "required": ["deep", "name"],
        "properties": {
            "name": TEXT,
            "deep": {"type": "object", "properties": {"city": {"type": "object"}}},
            "either": {"anyOf": [{"type": "object"}, {"enum": [""], "type": "string"}]},
            "plain": {"type": "object"},
        },
    }
    done = _form(schema, encoding={"deep": {"style": "deepObject", "explode": True}})
    assert done.operation.request_body is not None
    (content,) = done.operation.request_body.content
    assert [part.name for part in content.parts] == ["name", "plain"]
    assert content.contract is not None
    contract = done.gateway.services[0].requests.defs()[content.contract.name]
    assert (set(contract["properties"]), contract["required"]) == ({"name", "plain"}, ["name"])
    assert done.ledger() == ["parameter-unwritten"] * 2


@pytest.mark.parametrize(
    ("said", "schema", "style", "repeated"),
    [
        ({"style": "deepObject", "explode": True}, MEMBERS, "deepObject", False),
        ({"style": "deepObject"}, {"type": ["object", "null"]}, "deepObject", False),
        ({"style": "form", "explode": False}, ITEMS, "form", False),
        ({"explode": False}, ITEMS, "form", False),
        ({"explode": False}, MEMBERS, "form", False),
        ({"style": "pipeDelimited", "explode": False}, ITEMS, "pipeDelimited", False),
        ({"style": "spaceDelimited"}, ITEMS, "spaceDelimited", False),
        ({"style": "form"}, ITEMS, "", True),
        ({"explode": True}, ITEMS, "", True),
        ({}, ITEMS, "", True),
        ({}, MEMBERS, "", False),
        ({"contentType": "application/json"}, ITEMS, "", True),
    ],
)
def test_a_form_field_is_read_in_the_style_that_its_encoding_says(
    said: Json, schema: Json, style: str, repeated: bool
) -> None:
    done = _form({"type": "object", "properties": {"it": schema}}, encoding={"it": said})
    assert done.operation.request_body is not None
    (content,) = done.operation.request_body.content
    (part,) = content.parts
    assert (part.style, part.repeated) == (style, repeated)
    assert done.ledger() == []


def test_a_form_field_that_is_required_and_not_described_is_text() -> None:
    done = _form({"type": "object", "required": ["name"], "properties": {"age": TEXT}})
    assert done.operation.request_body is not None
    (content,) = done.operation.request_body.content
    assert [(part.name, part.required) for part in content.parts] == [
        ("age", False),
        ("name", True),
    ]
    assert set(content.example) >= {"name"}
