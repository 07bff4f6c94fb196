"""Operations that take the same parameters share a class; answers without a body have none."""

from __future__ import annotations

from typing import Any

from tests.unit.lower.lowering import body, document, lower

Json = Any


def taking(name: str, kind: str, **more: Json) -> Json:
    parameter = {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
    return {"parameters": [parameter], **more}


def test_the_same_parameters_have_one_class_named_after_them() -> None:
    paths = {
        "/a/{thing_id}": {"get": taking("thing_id", "string", operationId="getA")},
        "/b/{thing_id}": {"get": taking("thing_id", "string", operationId="getB")},
        "/c/{thing_id}": {"get": taking("thing_id", "integer", operationId="getC")},
    }
    operations = lower(document(paths)).gateway.services[0].operations
    names = {one.operation_id: one.contracts.path.name for one in operations if one.contracts.path}
    assert names == {"getA": "ThingIdPath", "getB": "ThingIdPath", "getC": "GetCPath"}


def test_an_answer_that_ends_with_its_head_has_no_contract() -> None:
    content = {"application/json": {"schema": {"type": "object"}}}
    answers = {status: {"description": "x", "content": content} for status in ("200", "204", "304")}
    paths = {"/a": {"delete": {"operationId": "one", "responses": answers}}}
    operation = lower(document(paths)).operation
    typed = [one.status for one in operation.responses if one.contract is not None]
    assert typed == ["200"]


def test_a_described_encoding_of_a_typed_body_is_noted_and_not_asked_for() -> None:
    header = {"name": "Content-Encoding", "in": "header", "schema": {"type": "string"}}
    done = lower(document({"/a": body({"type": "object"}, parameters=[header])}))
    assert done.operation.parameters == ()
    assert "encoded-typed-body" in done.ledger()


def test_a_closed_member_of_all_of_closes_the_whole_where_it_names_all() -> None:
    closed = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": False,
    }
    for other, expected, ledger in (
        ({"type": "object", "required": ["a"]}, False, []),
        ({"type": "object", "properties": {"b": {}}}, None, ["closed-member"]),
    ):
        done = lower(document({"/a": body({"allOf": [closed, other]})}))
        requests = done.gateway.services[0].requests.defs()
        assert requests["SendRequest"].get("additionalProperties") is expected
        assert done.ledger() == ledger
