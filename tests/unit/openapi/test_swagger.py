"""Swagger 2.0 is read in the words of OpenAPI 3, and every node keeps its place in the 2.0 document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proxygen.diagnostics import Severity
from proxygen.openapi.model import Contract, MediaType, Operation
from tests.unit.openapi.documents import parse, refusal

PET = {"type": "object", "discriminator": "kind", "properties": {"kind": {"type": "string"}}}


def swagger(operation: dict[str, Any] | None = None, **root: Any) -> dict[str, Any]:
    """A 2.0 document with one POST, which has what is said."""
    post = {"responses": {"200": {"description": "x"}}, **(operation or {})}
    return {
        "swagger": "2.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"post": post}},
        "definitions": {"Pet": PET},
        **root,
    }


def posted(folder: Path, *parameters: Any, **root: Any) -> Operation:
    """The one operation, with these parameters."""
    consumes = root.pop("consumes", None)
    value = swagger({"parameters": list(parameters)}, **root)
    if consumes is not None:
        value["paths"]["/pets"]["post"]["consumes"] = consumes
    return parse(folder, value)[0].operations[0]


def content(operation: Operation) -> tuple[MediaType, ...]:
    assert operation.request_body is not None
    return operation.request_body.content


def field(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, "in": "formData", "type": "string", **values}


def test_definitions_become_components(tmp_path: Path) -> None:
    contract, _ = parse(tmp_path, swagger())
    assert contract.version == "2.0"
    assert contract.title == "Pets"
    ((name, pet),) = contract.schemas
    assert name == "Pet"
    assert pet.value == {**PET, "discriminator": {"propertyName": "kind"}}
    place = contract.document.locate(f"{pet.pointer}/properties/kind")
    assert place.pointer == "/definitions/Pet/properties/kind"
    assert place.line > 1


def test_a_body_parameter_is_the_request_body_of_every_type_consumed(tmp_path: Path) -> None:
    body = {"name": "b", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
    operation = posted(tmp_path, body, consumes=["application/json", "application/xml"])
    assert operation.parameters == ()
    assert operation.request_body is not None
    assert operation.request_body.required
    assert [item.media_type for item in content(operation)] == [
        "application/json",
        "application/xml",
    ]
    schema = content(operation)[0].schema
    assert schema is not None
    assert schema.value == {"$ref": "#/components/schemas/Pet"}
    place = schema.document.locate(schema.pointer)
    assert place.pointer == "/paths/~1pets/post/parameters/0/schema"


@pytest.mark.parametrize(
    ("fields", "consumes", "media_types"),
    [
        ([field("a")], None, ["application/x-www-form-urlencoded"]),
        ([field("a"), field("f", type="file")], None, ["multipart/form-data"]),
        ([field("a")], ["multipart/form-data"], ["multipart/form-data"]),
        (
            [field("f", type="file")],
            ["application/x-www-form-urlencoded", "multipart/form-data"],
            ["multipart/form-data"],
        ),
        (
            [field("a")],
            ["application/x-www-form-urlencoded", "multipart/form-data"],
            ["application/x-www-form-urlencoded", "multipart/form-data"],
        ),
        ([field("a")], ["application/json"], ["application/x-www-form-urlencoded"]),
    ],
)
def test_form_parameters_are_a_form(
    tmp_path: Path, fields: list[Any], consumes: list[str] | None, media_types: list[str]
) -> None:
    operation = posted(tmp_path, *fields, consumes=consumes)
    assert [item.media_type for item in content(operation)] == media_types
    schema = content(operation)[0].schema
    assert schema is not None
    assert list(schema.value["properties"]) == [item["name"] for item in fields]
    first = schema.document.locate(f"{schema.pointer}/properties/{fields[0]['name']}")
    assert first.pointer == "/paths/~1pets/post/parameters/0"


def test_required_fields_and_files_of_a_form(tmp_path: Path) -> None:
    fields = (field("a", required=True, maxLength=3), field("f", type="file"))
    schema = content(posted(tmp_path, *fields))[0].schema
    assert schema is not None
    assert schema.value == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "maxLength": 3},
            "f": {"type": "string", "format": "binary"},
        },
        "required": ["a"],
    }


@pytest.mark.parametrize(
    ("location", "separator", "style", "explode"),
    [
        ("query", None, "form", False),
        ("query", "csv", "form", False),
        ("query", "multi", "form", True),
        ("query", "ssv", "spaceDelimited", False),
        ("query", "pipes", "pipeDelimited", False),
        ("header", "csv", "simple", False),
    ],
)
def test_collection_formats_are_styles(
    tmp_path: Path, location: str, separator: str | None, style: str, explode: bool
) -> None:
    value = {"name": "a", "in": location, "type": "array", "items": {"type": "integer"}}
    if separator is not None:
        value["collectionFormat"] = separator
    (parameter,) = posted(tmp_path, value).parameters
    assert (parameter.style, parameter.explode) == (style, explode)
    assert parameter.schema is not None
    assert parameter.schema.value == {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(("location", "separator"), [("query", "tsv"), ("header", "pipes")])
def test_a_separator_without_a_style_leaves_text_and_a_warning(
    tmp_path: Path, location: str, separator: str
) -> None:
    value = {
        "name": "a",
        "in": location,
        "type": "array",
        "items": {"type": "integer"},
        "collectionFormat": separator,
    }
    contract, found = parse(tmp_path, swagger({"parameters": [value]}))
    schema = contract.operations[0].parameters[0].schema
    assert schema is not None
    assert schema.value == {"type": "string"}
    (one,) = found
    assert (one.rule, one.severity) == ("swagger-lost", Severity.WARNING)
    assert one.location.pointer == "/paths/~1pets/post/parameters/0/collectionFormat"


def test_shared_parameters_are_bodies_and_parameters(tmp_path: Path) -> None:
    root = {
        "parameters": {
            "Page": {"name": "page", "in": "query", "type": "integer", "maximum": 9},
            "Body": {"name": "b", "in": "body", "schema": {"type": "object"}},
            "Part": {"name": "p", "in": "formData", "type": "string"},
        }
    }
    references = [{"$ref": "#/parameters/Page"}, {"$ref": "#/parameters/Body"}]
    operation = posted(tmp_path, *references, **root)
    (page,) = operation.parameters
    assert page.schema is not None
    assert page.schema.value == {"type": "integer", "maximum": 9}
    assert page.schema.document.locate(page.pointer).pointer == "/parameters/Page"
    assert operation.request_body is not None
    located = page.schema.document.locate(operation.request_body.pointer)
    assert located.pointer == "/parameters/Body"
    form = content(posted(tmp_path, {"$ref": "#/parameters/Part"}, **root))
    assert form[0].media_type == "application/x-www-form-urlencoded"


def answered(folder: Path, response: Any, **root: Any) -> Contract:
    return parse(folder, swagger({"responses": {"200": response}}, **root))[0]


def test_responses_have_every_type_produced(tmp_path: Path) -> None:
    response = {
        "description": "x",
        "schema": {"$ref": "#/definitions/Pet"},
        "headers": {"X-Ids": {"type": "array", "items": {"type": "integer"}}},
        "examples": {"application/json": {"kind": "dog"}},
    }
    contract = answered(tmp_path, response, produces=["application/json", "text/xml"])
    (one,) = contract.operations[0].responses
    assert [item.media_type for item in one.content] == ["application/json", "text/xml"]
    assert one.content[0].examples[0].value == {"kind": "dog"}
    assert contract.document.locate(one.content[0].pointer).pointer == "/produces/0"
    header = one.headers[0].schema
    assert header is not None
    assert header.value == {"type": "array", "items": {"type": "integer"}}


def test_a_file_in_an_answer_is_bytes(tmp_path: Path) -> None:
    contract = answered(tmp_path, {"description": "x", "schema": {"type": "file"}})
    (media_type,) = contract.operations[0].responses[0].content
    assert media_type.media_type == "application/octet-stream"
    assert media_type.schema is not None
    assert media_type.schema.value == {"type": "string", "format": "binary"}


def test_shared_responses_are_followed(tmp_path: Path) -> None:
    shared = {"Bad": {"description": "Bad.", "schema": {"type": "object"}}}
    contract = answered(tmp_path, {"$ref": "#/responses/Bad"}, responses=shared)
    (one,) = contract.operations[0].responses
    assert (one.description, one.content[0].media_type) == ("Bad.", "application/json")
    assert contract.document.locate(one.pointer).pointer == "/responses/Bad"


def test_security_definitions_are_schemes(tmp_path: Path) -> None:
    scopes = {"a": "A."}
    flow = {"flow": "accessCode", "authorizationUrl": "https://e.com/a"}
    definitions = {
        "b": {"type": "basic"},
        "k": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "o": {"type": "oauth2", "tokenUrl": "https://e.com/t", "scopes": scopes, **flow},
    }
    value = swagger({"security": [{"o": ["a"]}]}, securityDefinitions=definitions)
    contract, found = parse(tmp_path, value)
    assert found == ()
    assert [(item.name, item.kind, item.scheme) for item in contract.security_schemes] == [
        ("b", "http", "basic"),
        ("k", "apiKey", ""),
        ("o", "oauth2", ""),
    ]
    assert contract.operations[0].security is not None
    assert contract.operations[0].security[0].schemes == (("o", ("a",)),)


def test_host_and_base_path_are_a_server_which_is_not_consulted(tmp_path: Path) -> None:
    contract, _ = parse(tmp_path, swagger(host="169.254.169.254", basePath="/v1"))
    assert [noun for noun, _ in contract.set_aside] == ["server", "server", "annotation"]
    assert contract.operations[0].path == "/pets"
    places = {contract.document.locate(place).pointer for _, place in contract.set_aside[:2]}
    assert places == {"/host", "/basePath"}


def test_swagger_is_judged_as_it_is_written(tmp_path: Path) -> None:
    value = swagger(
        {"parameters": [{"name": "q", "in": "query", "type": "integer", "minimum": "x"}]}
    )
    found = refusal(tmp_path, value, strict=True)
    assert "/paths/~1pets/post/parameters/0" in {
        item.location.pointer.removesuffix("/minimum") for item in found
    }


def test_a_dangling_reference_is_refused_where_it_stands(tmp_path: Path) -> None:
    value = swagger(definitions={"A": {"properties": {"b": {"$ref": "#/definitions/B"}}}})
    (found,) = refusal(tmp_path, value)
    assert found.rule == "reference-unresolved"
    assert found.location.pointer == "/definitions/A/properties/b/$ref"
