"""Every input that carries identity is bound, waived, or stops the build."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.config.model import IdentityConfig
from proxygen.diagnostics import Severity
from proxygen.ir.gateway import Absent, AbsentParent, IdentityField, Place
from tests.unit.lower.lowering import body, document, lower, named, operation

Json = Any


def obj(required: list[str] | None = None, **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required or []}


TEXT = {"type": "string"}
NULLABLE = {"type": ["string", "null"]}


def parameter(location: str, name: str, *, required: bool = False) -> Json:
    return {"in": location, "name": name, "required": required, "schema": TEXT}


@pytest.mark.parametrize("name", ["user_id", "userId", "User-ID", "user.id"])
def test_a_named_field_of_the_body_is_bound_however_it_is_spelled(name: str) -> None:
    done = lower(document({"/a": body(obj([name], **{name: TEXT}))}), identity=named())
    (binding,) = done.operation.bindings
    assert (binding.field, binding.place, binding.name) == (
        IdentityField.USER_ID,
        Place.BODY,
        f"/{name}",
    )
    assert done.diagnostics == ()


def test_a_nested_field_is_bound_below_objects_that_are_always_there() -> None:
    schema = obj(["a"], a=obj(["user_id"], user_id=TEXT))
    done = lower(document({"/a": body(schema)}), identity=named())
    assert [one.name for one in done.operation.bindings] == ["/a/user_id"]


@pytest.mark.parametrize(
    "schema",
    [
        obj([], a=obj([], user_id=TEXT)),
        obj(["a"], a={"anyOf": [obj([], user_id=TEXT), {"type": "null"}]}),
        obj(["a"], a={**obj([], user_id=TEXT), "type": ["object", "null"]}),
    ],
)
def test_a_field_below_an_absent_or_null_object_needs_a_word(schema: Json) -> None:
    value = document({"/a": body(schema)})
    assert lower(value, identity=named()).rules() == ["absent-parent"]
    said = operation("send", bind={"/a/user_id": "user_id"}, absent_parent="skip")
    done = lower(value, identity=named(), operations=said)
    assert done.diagnostics == ()
    assert done.operation.bindings[0].absent_parent is AbsentParent.SKIP


@pytest.mark.parametrize(
    "schema",
    [
        obj(["a"], a={"type": "array", "items": obj([], user_id=TEXT)}),
        obj(["a"], a={"type": "object", "additionalProperties": obj([], user_id=TEXT)}),
        {"oneOf": [obj([], user_id=TEXT), obj([], other=TEXT)]},
    ],
)
def test_a_field_in_an_array_or_a_branch_stops_the_build(schema: Json) -> None:
    done = lower(document({"/a": body(schema)}), identity=named())
    assert done.rules() == ["unbindable-identity"]
    assert done.diagnostics[0].location.file == "shop.yaml"


def test_a_waiver_with_a_reason_lets_the_client_choose() -> None:
    value = document({"/a": body(obj([], user_id=TEXT))})
    done = lower(value, identity=named(), operations=operation("send", waive=["user_id"]))
    assert done.diagnostics == ()
    assert done.operation.bindings == ()
    assert [one.reason for one in done.operation.waivers] == ["somebody else"]


def test_an_identity_like_input_that_nothing_names_stops_the_build() -> None:
    identity = IdentityConfig(fields={"user_id": ("user_id",)})
    done = lower(document({"/a": body(obj([], org_id=TEXT))}), identity=identity)
    assert done.rules() == ["unbound-identity"]
    assert done.operation.bindings == ()


def test_without_configuration_only_headers_are_bound() -> None:
    schema = obj([], user_id=TEXT)
    parameters = [parameter("header", "X-User-ID"), parameter("query", "org_id")]
    done = lower(document({"/a": body(schema, parameters=parameters)}))
    assert [(one.place, one.name) for one in done.operation.bindings] == [
        (Place.HEADER, "X-User-ID")
    ]
    assert done.rules(Severity.WARNING) == ["unbound-identity", "unbound-identity"]
    assert done.ledger() == ["unbound-identity", "unbound-identity"]
    assert done.rules() == []


@pytest.mark.parametrize(
    ("schema", "required", "absent"),
    [
        (NULLABLE, True, Absent.NULL),
        (NULLABLE, False, Absent.NULL),
        (TEXT, False, Absent.OMIT),
        (TEXT, True, Absent.FORBID),
    ],
)
def test_what_is_written_without_an_organisation_follows_the_schema(
    schema: Json, required: bool, absent: Absent
) -> None:
    value = document({"/a": body(obj(["org_id"] if required else [], org_id=schema))})
    assert lower(value, identity=named()).operation.bindings[0].absent is absent


@pytest.mark.parametrize("location", ["query", "header", "path"])
def test_parameters_are_bound_and_gone_from_what_clients_send(location: str) -> None:
    path = "/a/{user_id}" if location == "path" else "/a"
    one = parameter(location, "user_id", required=location == "path")
    value = document({path: {"get": {"operationId": "read", "parameters": [one]}}})
    said = operation("read", path="/a") if location == "path" else {}
    done = lower(value, identity=named(), operations=said)
    assert done.diagnostics == ()
    assert done.operation.parameters == ()
    assert done.operation.contracts.query is None
    assert [(one.place, one.name) for one in done.operation.bindings] == [
        (Place(location), "user_id")
    ]
    assert "user_id" not in str(done.gateway.edge_contract)


def test_identity_in_a_path_that_clients_see_stops_the_build() -> None:
    one = parameter("path", "user_id", required=True)
    value = document({"/a/{user_id}/b": {"get": {"operationId": "read", "parameters": [one]}}})
    done = lower(value, identity=named())
    assert done.rules() == ["identity-in-path"]
    assert 'path = "/a/b"' in done.diagnostics[0].cure


def test_a_path_variable_that_nothing_fills_stops_the_build() -> None:
    one = parameter("path", "id", required=True)
    value = document({"/a/{id}": {"get": {"operationId": "read", "parameters": [one]}}})
    assert lower(value, operations=operation("read", path="/a")).rules() == [
        "unfilled-path-variable"
    ]


@pytest.mark.parametrize(
    ("media_type", "place"),
    [("application/x-www-form-urlencoded", Place.FORM), ("multipart/form-data", Place.PART)],
)
def test_fields_of_forms_are_bound_by_kind_of_body(media_type: str, place: Place) -> None:
    done = lower(
        document({"/a": body(obj(["user_id", "note"], user_id=TEXT, note=TEXT), media_type)}),
        identity=named(),
    )
    assert [(one.place, one.name) for one in done.operation.bindings] == [(place, "user_id")]
    assert done.operation.request_body is not None
    (content,) = done.operation.request_body.content
    assert [part.name for part in content.parts] == ["note"]
    assert content.example == {"note": "example"}


def test_a_binding_on_a_public_operation_stops_the_build() -> None:
    value = document({"/a": body(obj(["user_id"], user_id=TEXT))})
    done = lower(value, identity=named(), operations=operation("send", auth="public"))
    assert done.rules() == ["binding-on-public"]


@pytest.mark.parametrize(
    ("said", "rule", "near"),
    [
        ({"bind": {"/usr_id": "user_id"}}, "stale-binding", "/user_id"),
        ({"waive": ["usr_id"]}, "stale-waiver", "/user_id"),
    ],
)
def test_what_the_configuration_says_of_no_input_is_an_error(
    said: Json, rule: str, near: str
) -> None:
    value = document({"/a": body(obj(["user_id"], user_id=TEXT))})
    done = lower(value, identity=named(), operations=operation("send", **said))
    assert done.rules() == [rule]
    assert near in done.diagnostics[0].cure


def test_an_operation_that_does_not_exist_is_an_error_with_the_nearest() -> None:
    value = document({"/a": body(obj([], a=TEXT))})
    done = lower(value, operations=operation("sned"))
    assert done.rules() == ["stale-operation"]
    assert "`send`" in done.diagnostics[0].cure


def test_a_header_may_be_bound_that_the_document_does_not_declare() -> None:
    value = document({"/a": {"get": {"operationId": "read"}}})
    done = lower(value, operations=operation("read", bind={"header:X-Owner": "user_id"}))
    assert [(one.place, one.name) for one in done.operation.bindings] == [(Place.HEADER, "X-Owner")]


def test_recursive_bodies_end_and_what_is_below_needs_a_word() -> None:
    node = obj(
        ["user_id"],
        user_id=TEXT,
        kids={"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
    )
    value = document({"/a": body({"$ref": "#/components/schemas/Node"})}, schemas={"Node": node})
    assert lower(value, identity=named()).rules() == ["unbindable-identity"]
    done = lower(value, identity=named(), operations=operation("send", waive=["/kids/*/user_id"]))
    assert done.diagnostics == ()
    assert [one.name for one in done.operation.bindings] == ["/user_id"]
