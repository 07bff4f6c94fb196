"""Examples are valid or not there; the edge contract says what clients may send and get."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from proxygen.lower.examples import Examples
from proxygen.lower.matching import string_for
from tests.unit.lower.lowering import body, document, lower, lower_all, named, operation
from tests.unit.lower.test_schemas import normal

Json = Any


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 20},
        {"type": "string", "maxLength": 2},
        {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3,}$", "minLength": 8},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 7, "multipleOf": 5},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3},
        {"enum": [None, "a"]},
        {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
        {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}},
        {"type": "string", "default": 3},
        {"type": "string", "examples": [3, "good"]},
        True,
    ],
)
def test_an_example_is_made_and_valid(schema: Json) -> None:
    book = normal({"type": "object", "required": ["a"], "properties": {"a": schema}})
    example, found = Examples(book).of({"$ref": "#/$defs/It"})
    assert found
    assert "a" in example
    assert Examples(book).accepts({"$ref": "#/$defs/It"}, example)


def test_the_documents_example_goes_first_and_an_invalid_one_is_passed_over() -> None:
    examples = Examples(normal({"type": "string"}))
    assert examples.of({"type": "integer"}, ["x", 42, 7]) == (42, True)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"$ref": "#/components/schemas/It"}},
        },
    ],
)
def test_where_nothing_is_valid_there_is_no_example(schema: Json) -> None:
    book = normal(schema)
    assert Examples(book).of({"$ref": "#/$defs/It"}) == (None, False)


@pytest.mark.parametrize(
    ("where", "schema", "given", "expected"),
    [
        ("query", {"type": ["string", "null"], "minLength": 9}, [None, "2022-05-04"], "2022-05-04"),
        ("query", {"type": ["string", "null"], "minLength": 9}, [None], "examplexx"),
        ("query", {"enum": [None, "a"]}, [None], "a"),
        ("header", {"anyOf": [{"type": "null"}, {"type": "string"}]}, [], "example"),
        ("query", {"type": ["integer", "null"]}, [None], None),
        ("path", {"type": "string"}, ["wd\\a.txt", "a/../b", "a;b", "c"], "a;b"),
        ("path", {"type": "string"}, ["..", "a\nb", ".;x"], "example"),
    ],
)
def test_a_parameters_example_is_one_that_its_place_can_hold(
    where: str, schema: Json, given: list[Json], expected: Json
) -> None:
    """Where a text may stand, null is the text `null`; a path holds no dot segment, backslash or control."""
    examples = {f"e{number}": {"value": value} for number, value in enumerate(given)}
    parameter = {"name": "n", "in": where, "required": True, "schema": schema, "examples": examples}
    path = "/a/{n}" if where == "path" else "/a"
    (found,) = lower(
        document(
            {path: {"get": {"parameters": [parameter], "responses": {"200": {"description": "x"}}}}}
        )
    ).operation.parameters
    assert (found.example, found.has_example) == (expected, True)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{2}(-[A-Z]{2})?$",
        r"^\d{4}-\d{2}$",
        "^(cat|dog)+$",
        "[^a-z]x",
        "^a?b*c{2,3}$",
        r"^\S+@\S+$",
    ],
)
def test_a_string_is_made_for_a_simple_pattern(pattern: str) -> None:
    made = string_for(pattern)
    assert made is not None
    assert re.search(pattern, made)


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        (r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$", "a"),
        (r"^\p{Lu}\p{Nd}{3}$", "A000"),
        (r"[^\p{L}]", "0"),
        (r"^\\p$", "\\p"),
    ],
)
def test_a_string_is_made_for_what_only_other_engines_know(pattern: str, made: str) -> None:
    assert string_for(pattern, 1) == made


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a)\1(?!b)$",
        pytest.param("^[[a-z]]+$", id="a set in a set, which Python reads otherwise"),
        pytest.param(f"^{'(' * 40}a{'+)' * 40}$", id="repetitions that come to 2^40"),
        pytest.param(r"^(a+)+\Bb$", id="one that takes Python 2^n steps to refuse"),
    ],
)
def test_a_clever_pattern_has_no_string(pattern: str) -> None:
    assert string_for(pattern, 200) is None


def test_a_string_longer_than_people_write_is_not_made() -> None:
    assert string_for("a+", 10**15) is None


PATHS = {
    "/a/{id}": body(
        {"$ref": "#/components/schemas/Thing"},
        parameters=[
            {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}},
            {
                "in": "query",
                "name": "tags",
                "style": "form",
                "explode": False,
                "schema": {"type": "array", "items": {"type": "string"}},
            },
            {"in": "header", "name": "X-User-ID", "schema": {"type": "string"}},
        ],
        responses={
            "201": {
                "description": "Made.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            },
            "422": {
                "description": "Refused.",
                "content": {"application/json": {"schema": {"type": "string"}}},
            },
            "500": {"description": "Broken."},
        },
    )
}
PATHS["/a/{id}"]["post"]["x-internal"] = True
THING = {
    "type": "object",
    "x-secret": 1,
    "required": ["id", "user_id"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "user_id": {"type": "string"},
        "next": {"$ref": "#/components/schemas/Thing"},
    },
}


def shop() -> Json:
    return document(
        json.loads(json.dumps(PATHS)),
        schemas={"Thing": THING},
        servers=[{"url": "http://169.254.169.254"}],
    )


def edge() -> Json:
    said = operation("send", bind={"/user_id": "user_id"}, waive=["/next/user_id"])
    done = lower(shop(), identity=named(), operations=said)
    assert done.diagnostics == ()
    return done.gateway.edge_contract


def test_the_edge_contract_is_valid_openapi_without_servers_extensions_or_identity() -> None:
    contract = edge()
    assert list(OpenAPIV31SpecValidator(contract).iter_errors()) == []
    assert "servers" not in contract
    assert "x-" not in re.sub("X-Correlation-ID", "", json.dumps(contract))
    post = contract["paths"]["/a/{id}"]["post"]
    assert [one["name"] for one in post["parameters"]] == ["id", "tags"]
    assert post["parameters"][1]["explode"] is False
    reference = post["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert (
        "user_id"
        not in contract["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    )


def test_the_edge_contract_has_the_edges_own_answers_and_none_of_the_downstreams_5xx() -> None:
    responses = edge()["paths"]["/a/{id}"]["post"]["responses"]
    assert list(responses) == ["201", "400", "401", "413", "415", "422", "503", "504"]
    refused = responses["422"]["content"]["application/json"]["schema"]["anyOf"]
    assert {"$ref": "#/components/schemas/EdgeInvalid"} in refused
    assert len(refused) == 2


def test_what_differs_by_direction_is_there_twice() -> None:
    value = document(
        {
            "/a": body(
                {"$ref": "#/components/schemas/Thing"},
                responses={
                    "200": {
                        "description": "It.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    }
                },
            )
        },
        schemas={"Thing": THING},
    )
    schemas = lower(value).gateway.edge_contract["components"]["schemas"]
    assert schemas["ShopThingInput"]["required"] == ["user_id"]
    assert schemas["ShopThingOutput"]["required"] == ["id", "user_id"]
    assert schemas["ShopThingInput"]["properties"]["next"] == {
        "$ref": "#/components/schemas/ShopThingInput"
    }


def test_one_operation_id_in_two_services_is_prefixed() -> None:
    paths = {"/a": {"get": {"operationId": "read"}}}
    services = {"two": {"prefix": "/two"}}
    done = lower_all({"one": document(paths), "two": document(paths)}, services=services)
    ids = [item["get"]["operationId"] for item in done.gateway.edge_contract["paths"].values()]
    assert ids == ["one_read", "two_read"]


def test_files_are_in_the_edge_contract_and_not_in_what_is_validated() -> None:
    schema = {
        "type": "object",
        "required": ["file", "note"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "note": {"type": "string"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "meta": {"type": "object", "properties": {"a": {"type": "integer"}}},
        },
    }
    done = lower(document({"/a": body(schema, "multipart/form-data")}, version="3.0.3"))
    request_body = done.operation.request_body
    assert request_body is not None
    (content,) = request_body.content
    assert {
        part.name: (part.binary, part.repeated, part.shape.container) for part in content.parts
    } == {
        "file": (True, False, ""),
        "more": (True, True, ""),
        "note": (False, False, ""),
        "labels": (False, True, "array"),
        "meta": (False, False, "json"),
    }
    assert content.contract is not None
    value = done.gateway.services[0].requests.defs()[content.contract.name]
    assert value["required"] == ["note"]
    assert set(value["properties"]) == {"note", "labels", "meta"}
    shown = done.gateway.edge_contract["paths"]["/a"]["post"]["requestBody"]["content"]
    assert set(shown["multipart/form-data"]["schema"]["allOf"][1]["properties"]) == {"file", "more"}


@given(st.text(min_size=1), st.text(min_size=1))
def test_text_of_a_document_stays_text(name: str, text: str) -> None:
    schema = {
        "type": "object",
        "description": text,
        "properties": {name: {"type": "string", "enum": [text]}},
    }
    value = document({"/a": body(schema, summary=text, description=text)})
    first = lower(value)
    assert first == lower(value)
    assert first.operation.function == "send"
    assert first.operation.summary == text
