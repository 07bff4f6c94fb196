"""What a contract holds of the document that it was parsed from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proxygen.diagnostics import Severity
from tests.unit.openapi.documents import OPERATION, changed, document, parse, with_path

PARAMETERS = f"{OPERATION}/parameters"
THING = "/components/schemas/Thing"


@pytest.mark.parametrize("openapi", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.2.0"])
def test_the_same_operation_in_every_version(tmp_path: Path, openapi: str) -> None:
    contract, warnings = parse(tmp_path, document(openapi=openapi))
    assert warnings == ()
    assert (contract.version, contract.title, contract.document_version) == (openapi, "Things", "1")
    (operation,) = contract.operations
    assert (operation.method, operation.path, operation.operation_id) == (
        "GET",
        "/things/{id}",
        "getThing",
    )
    assert operation.tags == ("Things",)
    assert operation.security is None
    assert [parameter.name for parameter in operation.parameters] == ["id", "q"]
    (response,) = operation.responses
    assert (response.status, response.headers[0].name) == ("200", "X-Total")
    schema = response.content[0].schema
    assert schema is not None
    assert schema.value == {"$ref": f"#{THING}"}
    assert contract.document.locate(schema.pointer).line > 1
    assert [name for name, _ in contract.schemas] == ["Thing"]


@pytest.mark.parametrize(
    ("location", "style", "explode"),
    [
        ("path", "simple", False),
        ("query", "form", True),
        ("header", "simple", False),
        ("cookie", "form", True),
    ],
)
def test_style_and_explode_have_the_defaults_of_their_location(
    tmp_path: Path, location: str, style: str, explode: bool
) -> None:
    value = with_path(
        "/a/{p}" if location == "path" else "/a",
        parameters=[{"name": "p", "in": location, "required": True, "schema": {}}],
    )
    parameter = parse(tmp_path, value)[0].operations[1].parameters[0]
    assert (parameter.style, parameter.explode) == (style, explode)


def test_only_form_explodes_by_default(tmp_path: Path) -> None:
    value = changed(
        f"{PARAMETERS}/-",
        {
            "name": "p",
            "in": "query",
            "style": "pipeDelimited",
            "schema": {"type": "array", "items": {}},
        },
    )
    parameter = parse(tmp_path, value)[0].operations[0].parameters[2]
    assert (parameter.style, parameter.explode) == ("pipeDelimited", False)


def test_an_operation_overrides_its_path_items_parameters(tmp_path: Path) -> None:
    value = changed(
        "/paths/~1things~1{id}/parameters",
        [
            {"name": "q", "in": "query", "description": "shared", "schema": {}},
            {"name": "q", "in": "header", "description": "another place", "schema": {}},
        ],
    )
    parameters = parse(tmp_path, value)[0].operations[0].parameters
    assert [(item.name, item.location) for item in parameters] == [
        ("q", "header"),
        ("id", "path"),
        ("q", "query"),
    ]
    assert parameters[2].description == ""


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_header_parameters_that_openapi_ignores_are_set_aside(tmp_path: Path, name: str) -> None:
    value = changed(f"{PARAMETERS}/-", {"name": name, "in": "header", "schema": {}})
    contract, _ = parse(tmp_path, value)
    assert [item.name for item in contract.operations[0].parameters] == ["id", "q"]
    assert ("parameter", f"{PARAMETERS}/2") in contract.set_aside


def test_components_are_followed_and_keep_their_own_place(tmp_path: Path) -> None:
    value = document()
    value["components"] |= {
        "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
        "requestBodies": {
            "Body": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "object"},
                        "examples": {"one": {"$ref": "#/components/examples/One"}},
                    }
                },
            }
        },
        "responses": {
            "Gone": {
                "description": "Gone.",
                "headers": {"Retry-After": {"$ref": "#/components/headers/Wait"}},
            }
        },
        "headers": {"Wait": {"schema": {"type": "integer"}}},
        "examples": {"One": {"value": {"a": 1}}},
    }
    operation = value["paths"]["/things/{id}"]["get"]
    operation["parameters"].append({"$ref": "#/components/parameters/Page"})
    operation["requestBody"] = {"$ref": "#/components/requestBodies/Body"}
    operation["responses"]["410"] = {"$ref": "#/components/responses/Gone"}
    operation["responses"]["4XX"] = {"$ref": "#/components/responses/Gone"}
    parsed = parse(tmp_path, value)[0].operations[0]
    assert parsed.parameters[2].pointer == "/components/parameters/Page"
    assert parsed.request_body is not None
    assert parsed.request_body.required
    (example,) = parsed.request_body.content[0].examples
    assert (example.pointer, example.value) == ("/components/examples/One/value", {"a": 1})
    assert [item.status for item in parsed.responses] == ["200", "410", "4XX"]
    assert parsed.responses[1].headers[0].name == "Retry-After"
    assert parsed.responses[1].headers[0].pointer == "/components/headers/Wait"


def test_a_path_item_may_be_a_reference(tmp_path: Path) -> None:
    value = changed("/paths/~1copy~1{id}", {"$ref": "#/paths/~1things~1{id}"})
    value["paths"]["/things/{id}"]["get"].pop("operationId")
    contract, warnings = parse(tmp_path, value)
    assert [item.path for item in contract.operations] == ["/things/{id}", "/copy/{id}"]
    assert contract.operations[1].pointer == OPERATION
    assert warnings == ()


def test_security_of_the_operation_replaces_the_documents(tmp_path: Path) -> None:
    value = with_path("/open", security=[])
    value["security"] = [{"bearer": ["read"]}, {}]
    value["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "Bearer"}}
    contract, _ = parse(tmp_path, value)
    first, second = contract.operations
    assert first.security is not None
    assert [item.schemes for item in first.security] == [(("bearer", ("read",)),), ()]
    assert second.security == ()
    assert [(item.name, item.kind, item.scheme) for item in contract.security_schemes] == [
        ("bearer", "http", "bearer")
    ]


def test_recursion_through_properties_is_legal(tmp_path: Path) -> None:
    value = changed(f"{THING}/properties/kids", {"type": "array", "items": {"$ref": f"#{THING}"}})
    assert parse(tmp_path, value)[1] == ()


def test_one_of_with_children_that_extend_it_is_no_cycle(tmp_path: Path) -> None:
    value = document()
    value["components"]["schemas"] |= {
        "Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}]},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object"}]},
    }
    parse(tmp_path, value)


def test_references_in_data_are_data(tmp_path: Path) -> None:
    data = {"$ref": "http://127.0.0.1:19999/x"}
    value = changed(f"{THING}/example", data)
    value["components"]["schemas"]["Thing"] |= {
        "default": data,
        "enum": [data],
        "const": data,
        "x-extension": data,
        "properties": {"$ref": {"type": "string"}},
    }
    media = value["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    media["example"] = data
    contract, _ = parse(tmp_path, value)
    assert contract.operations[0].responses[0].content[0].examples[0].value == data


def test_query_method_and_additional_operations_of_3_2(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"description": "ok"}}}
    value = changed(
        "/paths/~1search",
        {"query": answer, "additionalOperations": {"PURGE": answer}},
        openapi="3.2.0",
    )
    operations = parse(tmp_path, value)[0].operations[1:]
    assert [item.method for item in operations] == ["QUERY", "PURGE"]


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        pytest.param(
            changed("/paths/~1things~1{id}/frob", {}),
            ["openapi-invalid", "unknown-field"],
            id="Y23-unknown",
        ),
        pytest.param(
            changed("/paths/~1things~1{id}/trace", {"responses": {"200": {"description": "x"}}}),
            ["method-trace"],
            id="Y23-trace",
        ),
        pytest.param(
            changed(f"{THING}/properties/name/pattern", "(?P<x"), ["pattern-unchecked"], id="Y28"
        ),
        pytest.param(
            changed(f"{OPERATION}/responses/404", {}), ["openapi-invalid"], id="no-description"
        ),
        pytest.param(
            changed(f"{OPERATION}/security", [{"nope": []}]), ["security-undeclared"], id="scheme"
        ),
        pytest.param(changed(f"{OPERATION}/summary", 7), ["text-type"], id="summary"),
    ],
)
def test_what_is_understood_is_a_warning(tmp_path: Path, value: Any, rules: list[str]) -> None:
    contract, warnings = parse(tmp_path, value)
    assert len(contract.operations) == 1
    assert {item.severity for item in warnings} == {Severity.WARNING}
    assert set(rules) <= {item.rule for item in warnings} <= {*rules, "openapi-invalid"}


@pytest.mark.parametrize("identifier", ["", "  "])
def test_a_blank_operation_id_is_none(tmp_path: Path, identifier: str) -> None:
    value = changed(f"{OPERATION}/operationId", identifier)
    assert parse(tmp_path, value)[0].operations[0].operation_id is None


@pytest.mark.parametrize(
    "text", ['a\n"""\nCODE\n"""', "trailing \\", "{{ 7*7 }}", "text\rCODE\r#", "coding: utf-7"]
)
def test_text_is_kept_as_data(tmp_path: Path, text: str) -> None:
    value = changed("/info/description", text)
    value["paths"]["/things/{id}"]["get"]["summary"] = text
    contract, _ = parse(tmp_path, value)
    assert contract.description == text
    assert contract.operations[0].summary == text


def test_what_is_no_part_of_an_operation_is_set_aside(tmp_path: Path) -> None:
    value = document(servers=[{"url": "http://169.254.169.254"}], webhooks={"w": {}})
    value["paths"]["/things/{id}"]["get"] |= {"callbacks": {"c": {}}, "servers": [{"url": "/"}]}
    value["paths"]["/things/{id}"]["get"]["responses"]["200"]["links"] = {"l": {}}
    contract, _ = parse(tmp_path, value)
    assert sorted(contract.set_aside) == [
        ("annotation", "/info/version"),
        ("callback", f"{OPERATION}/callbacks/c"),
        ("header value", f"{OPERATION}/responses/200/headers/X-Total/schema"),
        ("link", f"{OPERATION}/responses/200/links/l"),
        ("server", f"{OPERATION}/servers/0"),
        ("server", "/servers/0"),
        ("webhook", "/webhooks/w"),
    ]


@pytest.mark.parametrize(
    "name", ['q");CODE#', "self", "None", "filter[a]", "a.b", "\u00e5", "$top"], ids=repr
)
def test_query_names_are_kept_as_they_are(tmp_path: Path, name: str) -> None:
    value = changed(f"{PARAMETERS}/-", {"name": name, "in": "query", "schema": {}})
    assert parse(tmp_path, value)[0].operations[0].parameters[2].name == name


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/{self}/{request}/{None}", ["self", "request", "None"]),
        ("/a/{x}.{y}", ["x", "y"]),
        ("/a/{x}:cancel", ["x"]),
        ("/a/'b'(c);d=e,f/", []),
        ("/a//b/%2F", []),
        ("/", []),
    ],
)
def test_paths_are_kept_as_they_are(tmp_path: Path, path: str, names: list[str]) -> None:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    contract, warnings = parse(tmp_path, with_path(path, parameters=parameters))
    assert contract.operations[1].path == path
    assert [item.name for item in contract.operations[1].parameters] == names
    assert warnings == ()


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/Your Pull Request", "/Your%20Pull%20Request"),
        ('/a"<b>[c]', "/a%22%3Cb%3E%5Bc%5D"),
        ("/å/{x y}/\u202e", "/%C3%A5/{x y}/%E2%80%AE"),
        ("/100%25 sure", "/100%25%20sure"),
    ],
)
def test_literals_are_sent_percent_encoded(tmp_path: Path, path: str, sent: str) -> None:
    contract, _ = parse(tmp_path, with_path(path))
    assert contract.operations[1].path == sent


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/*+json",
        "*/*",
        "text/*",
        "application/json; charset=utf-8",
        'multipart/form-data; boundary="a b"',
        "application/vnd.x.v1+json;a=b;c=d",
    ],
)
def test_media_types_and_ranges_are_kept_as_written(tmp_path: Path, media_type: str) -> None:
    value = changed(f"{OPERATION}/requestBody", {"content": {media_type: {"schema": {}}}})
    body = parse(tmp_path, value)[0].operations[0].request_body
    assert body is not None
    assert [item.media_type for item in body.content] == [media_type]
