"""Schemas are brought into words that the classes and a JSON Schema validator judge alike."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.lower.ledger import Findings
from proxygen.lower.naming import ServiceNames
from proxygen.lower.schemas import ClassNames, Direction, SchemaBook
from proxygen.openapi.model import Schema
from tests.unit.lower.lowering import Memory

Json = Any


def book(direction: Direction = Direction.REQUESTS, **schemas: Json) -> SchemaBook:
    document = Memory({"components": {"schemas": schemas}})
    components = [
        (name, Schema(document=document, pointer=f"/components/schemas/{name}", value=value))
        for name, value in schemas.items()
    ]
    findings = Findings("shop")
    return SchemaBook(document, direction, ClassNames(ServiceNames(), components), findings)


def normal(value: Json, direction: Direction = Direction.REQUESTS, **schemas: Json) -> SchemaBook:
    """The book after the component `It` was asked for."""
    made = book(direction, It=value, **schemas)
    place = Memory({"components": {"schemas": {"It": value, **schemas}}})
    reference = {"$ref": "#/components/schemas/It"}
    made.contract(Schema(document=place, pointer="/paths", value=reference), "unused")
    return made


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"type": ["string", "null"]},
        ),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        (
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": 1},
        ),
        (
            {"type": "integer", "format": "int32"},
            {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
        ),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        ({"properties": {}}, {"type": "object"}),
        (
            {"type": "string", "x-python-type": "os.system", "customTypePath": "os.system"},
            {"type": "string"},
        ),
        ({"enum": [1.5, 2.5]}, {}),
        ({"type": "integer", "enum": ["1"]}, {"type": "integer"}),
        ({"type": "string", "minLength": -1, "maxLength": True}, {"type": "string"}),
        ({"type": "number", "maximum": float("inf"), "multipleOf": 0.01}, {"type": "number"}),
        (
            {"type": "object", "patternProperties": {"^x": {}}, "additionalProperties": False},
            {"type": "object"},
        ),
        (True, {}),
    ],
)
def test_every_spelling_becomes_one(written: Json, meant: Json) -> None:
    assert (
        normal({"type": "object", "properties": {"a": written}}).value("It")["properties"]["a"]
        == meant
    )


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "integer"}, "10"),
        ({"type": "string"}, None),
        ({"type": "string"}, 1),
        ({"type": "boolean"}, 1),
        ({"type": "integer"}, True),
        ({"type": "integer"}, 1.5),
        ({"type": "string"}, []),
        ({"type": "array", "items": {}}, {}),
        ({"type": "string", "enum": ["a", "b"]}, "c"),
    ],
)
def test_a_default_that_its_schema_does_not_allow_is_left_out(schema: Json, default: Json) -> None:
    written = {"type": "object", "properties": {"a": {**schema, "default": default}}}
    assert "default" not in normal(written).value("It")["properties"]["a"]


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "integer"}, 10),
        ({"type": "integer"}, 10.0),
        ({"type": "number"}, 1),
        ({"type": "string", "nullable": True}, None),
        ({"type": "string", "enum": ["a", "b"]}, "b"),
        ({}, [1]),
    ],
)
def test_a_default_that_its_schema_allows_is_kept(schema: Json, default: Json) -> None:
    written = {"type": "object", "properties": {"a": {**schema, "default": default}}}
    assert normal(written).value("It")["properties"]["a"]["default"] == default


@pytest.mark.parametrize("pattern", ["^(?=x)", r"\p{Nope}", "(?P<x", "(a{1000}){1000}"])
def test_a_pattern_that_the_edge_cannot_run_is_left_to_the_downstream(pattern: str) -> None:
    made = normal({"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}})
    assert made.value("It")["properties"]["a"] == {"type": "string"}
    (entry,) = made.findings.entries
    assert entry.rule == "unchecked-pattern"
    assert entry.location.pointer == "/components/schemas/It/properties/a/pattern"


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("uniqueItems", True), ("not", {}), ("if", {}), ("contains", {}), ("propertyNames", {})],
)
def test_a_keyword_that_the_classes_do_not_check_has_a_ledger_line(
    keyword: str, value: Json
) -> None:
    made = normal({"type": "array", keyword: value})
    assert keyword not in made.value("It")
    assert [entry.construct for entry in made.findings.entries] == [keyword]


def test_what_is_read_only_is_not_required_of_requests() -> None:
    schema = {
        "type": "object",
        "required": ["id", "secret"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "secret": {"type": "string", "writeOnly": True},
        },
    }
    assert normal(schema).value("It")["required"] == ["secret"]
    assert normal(schema, Direction.RESPONSES).value("It")["required"] == ["id"]


def test_inline_objects_become_definitions_named_after_their_place() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}}
    made = normal(
        {"type": "object", "properties": {"part": inner, "list": {"type": "array", "items": inner}}}
    )
    assert made.value("It")["properties"] == {
        "part": {"$ref": "#/$defs/ItPart"},
        "list": {"type": "array", "items": {"$ref": "#/$defs/ItListItem"}},
    }


def test_only_what_is_referred_to_is_there() -> None:
    made = normal(
        {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Used"}}},
        Used={"type": "string"},
        Unused={"type": "string"},
    )
    assert set(made.defs()) == {"It", "Used"}


def test_legal_recursion_ends() -> None:
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/It"}}},
    }
    made = normal(tree)
    assert made.value("It")["properties"]["kids"]["items"] == {"$ref": "#/$defs/It"}
    assert made.findings.diagnostics == ()


@pytest.mark.parametrize(
    "schemas",
    [
        {
            "It": {"$ref": "#/components/schemas/Other"},
            "Other": {"$ref": "#/components/schemas/It"},
        },
        {"It": {"allOf": [{"$ref": "#/components/schemas/It"}]}},
        {
            "It": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Other"}]},
            "Other": {"oneOf": [{"$ref": "#/components/schemas/It"}, {"type": "null"}]},
        },
    ],
)
def test_a_schema_made_of_itself_is_an_error(schemas: Json) -> None:
    made = normal(schemas.pop("It"), **schemas)
    assert {found.rule for found in made.findings.diagnostics} == {"reference-cycle"}


@pytest.mark.parametrize(
    "reference", ["#/components/schemas/Nope", "", "#", "http://127.0.0.1/x", "other.json#/x"]
)
def test_a_reference_to_nothing_is_an_error_with_its_place(reference: str) -> None:
    made = normal({"type": "object", "properties": {"a": {"$ref": reference}}})
    (found,) = made.findings.diagnostics
    assert found.rule == "unresolved-reference"
    assert found.location.pointer == "/components/schemas/It/properties/a"


def test_a_schema_deeper_than_people_write_is_an_error() -> None:
    schema: Json = {"type": "string"}
    for _ in range(300):
        schema = {"type": "array", "items": schema}
    assert [found.rule for found in normal(schema).findings.diagnostics] == ["schema-depth"]


BASE = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "note": {"type": "string"}},
}


def test_all_of_without_common_properties_is_inheritance() -> None:
    made = normal(
        {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {
                    "type": "object",
                    "required": ["note"],
                    "properties": {"more": {"type": "integer"}},
                },
            ]
        },
        Base=BASE,
    )
    assert made.value("It") == {
        "allOf": [
            {"$ref": "#/$defs/Base"},
            {"type": "object", "properties": {"more": {"type": "integer"}}, "required": ["note"]},
        ]
    }


def test_all_of_with_common_properties_is_one_object() -> None:
    made = normal(
        {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"properties": {"name": {"type": "integer"}}},
            ]
        },
        Base=BASE,
    )
    assert made.value("It") == {
        "type": "object",
        "properties": {"name": {"type": "integer"}, "note": {"type": "string"}},
        "required": ["name"],
    }


def test_all_of_around_one_reference_is_that_reference() -> None:
    wrapped = {
        "allOf": [{"$ref": "#/components/schemas/Base"}],
        "description": "said here",
        "nullable": True,
    }
    made = normal({"type": "object", "properties": {"a": wrapped}}, Base=BASE)
    assert made.value("It")["properties"]["a"] == {
        "anyOf": [{"$ref": "#/$defs/Base"}, {"type": "null"}],
        "description": "said here",
    }


def test_a_base_that_is_only_a_reference_is_what_it_refers_to() -> None:
    base = {"type": "object", "properties": {"a": {"type": "string"}}}
    alias = {"allOf": [{"$ref": "#/components/schemas/Base"}], "description": "The same."}
    own = {"properties": {"b": {"type": "string"}}}
    it = {"allOf": [{"$ref": "#/components/schemas/Further"}], **own}
    made = normal(
        it, Base=base, Alias=alias, Further={"allOf": [{"$ref": "#/components/schemas/Alias"}]}
    )
    assert made.value("It")["allOf"][0] == {"$ref": "#/$defs/Base"}


def test_all_of_of_objects_and_other_things_keeps_the_object() -> None:
    mixed = {"allOf": [{"type": "integer"}], "properties": {"a": {"type": "string"}}}
    made = normal(mixed)
    assert made.value("It") == {"type": "object", "properties": {"a": {"type": "string"}}}
    assert [entry.rule for entry in made.findings.entries] == ["mixed-all-of"]


def pet(kind: Json) -> Json:
    return {"type": "object", "required": ["kind"], "properties": {"kind": kind}}


def test_one_of_keeps_its_discriminator_where_the_branches_pin_it() -> None:
    made = normal(
        {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind"},
        },
        Cat=pet({"const": "cat"}),
        Dog=pet({"type": "string", "enum": ["dog", "wolf"]}),
    )
    assert made.value("It")["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog", "wolf": "#/$defs/Dog"},
    }


@pytest.mark.parametrize("kind", [{"type": "string"}, {"const": "cat"}, {"const": 1}])
def test_one_of_whose_branches_do_not_pin_the_tag_is_any_of(kind: Json) -> None:
    made = normal(
        {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind"},
        },
        Cat=pet({"const": "cat"}),
        Dog=pet(kind),
    )
    assert made.value("It") == {"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
