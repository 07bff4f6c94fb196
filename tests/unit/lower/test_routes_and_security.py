"""Which operations the edge serves, under which paths, and for whom."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.config.model import IdentityConfig
from proxygen.diagnostics import Severity
from proxygen.ir.gateway import Auth
from tests.unit.lower.lowering import document, lower, lower_all, named, operation

Json = Any


def get(operation_id: str = "read", **said: Json) -> Json:
    return {"get": {"operationId": operation_id, **said}}


def variable(name: str) -> Json:
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("said", "edge", "downstream"),
    [
        ({}, "/internal/v1/a", "/internal/v1/a"),
        ({"strip": "/internal/v1"}, "/a", "/internal/v1/a"),
        ({"strip": "/internal/v1/", "prefix": "/v1/"}, "/v1/a", "/internal/v1/a"),
        ({"strip": "/inter"}, "/internal/v1/a", "/internal/v1/a"),
        ({"base_path": "/base/"}, "/internal/v1/a", "/base/internal/v1/a"),
        ({"operations": operation("read", path="/x")}, "/x", "/internal/v1/a"),
    ],
)
def test_the_two_paths_of_an_operation(said: Json, edge: str, downstream: str) -> None:
    one = lower(document({"/internal/v1/a": get()}), **said).operation
    assert (one.edge_path, one.downstream_path) == (edge, downstream)


def test_two_services_with_one_route_stop_the_build_and_both_places_are_named() -> None:
    one = document({"/a/{x}": get(parameters=[variable("x")])})
    two = document({"/a/{y}": get(parameters=[variable("y")])})
    done = lower_all({"one": one, "two": two})
    (found,) = done.diagnostics
    assert found.rule == "route-collision"
    assert (found.location.file, found.related[0].file) == ("two.yaml", "one.yaml")


def test_of_operations_that_the_wire_cannot_tell_apart_none_is_routed_and_the_rest_is() -> None:
    paths = {
        "/a/{x}": get("one", parameters=[variable("x")]),
        "/a/{y}": get("two", parameters=[variable("y")]),
        "/b": get("three"),
    }
    done = lower(document(paths))
    assert [one.operation_id for one in done.gateway.services[0].operations] == ["three"]
    assert done.ledger() == ["ambiguous-route", "ambiguous-route"]
    assert done.rules() == []
    assert lower(document(paths), operations=operation("two")).rules() == ["ambiguous-route"]


def test_literals_come_before_variables() -> None:
    paths = {
        "/a/{x}": get("one", parameters=[variable("x")]),
        "/a/me": get("two"),
        "/b": get("three"),
    }
    done = lower(document(paths))
    assert [one.operation_id for one in done.gateway.services[0].operations] == [
        "three",
        "two",
        "one",
    ]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"])
def test_paths_of_the_gateway_itself_are_not_given_away(path: str) -> None:
    done = lower(document({path: get(), "/a": get("other")}))
    assert [one.edge_path for one in done.gateway.services[0].operations] == ["/a"]
    assert done.rules(Severity.WARNING) == ["gateway-path"]
    assert lower(document({path: get()}), prefix="/shop").operation.edge_path == f"/shop{path}"


@pytest.mark.parametrize(
    "path",
    ["x", "//x", "/a//b", "/a//", "/a?b", "/a#b", "/a/../b", "/a/{x:path}", "/a/{x", "/å", "/a b"],
)
def test_a_configured_path_that_no_wire_has_is_an_error(path: str) -> None:
    assert lower(document({"/a": get()}), operations=operation("read", path=path)).rules() == [
        "path-not-routable"
    ]


def test_a_configured_path_cannot_invent_variables() -> None:
    said = operation("read", path="/a/{new}")
    assert lower(document({"/a": get()}), operations=said).rules() == ["unknown-path-variable"]


def test_a_passthrough_prefix_covers_no_route_of_another_service() -> None:
    value = document({"/bff/a": get()})
    services = {"bff": {"mode": "passthrough", "prefix": "/bff"}}
    done = lower_all({"shop": value, "bff": None}, services=services)
    assert done.rules() == ["route-collision"]


def test_authentication_is_required_whatever_the_document_says() -> None:
    done = lower(document({"/a": get(security=[])}, security=[]))
    assert done.operation.auth is Auth.REQUIRED
    assert "security-opens-nothing" in done.ledger()


@pytest.mark.parametrize("auth", ["public", "optional"])
def test_the_configuration_opens_an_operation(auth: str) -> None:
    done = lower(document({"/a": get()}), operations=operation("read", auth=auth))
    assert done.operation.auth is Auth(auth)


OAUTH = {
    "securitySchemes": {
        "oauth": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "https://example.org",
                    "scopes": {"read": "", "write": ""},
                }
            },
        },
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
}


def secured(*requirements: Json, scopes: dict[str, str] | None = None, **fields: Any) -> Any:
    value = document({"/a": get(security=list(requirements))}, components=dict(OAUTH))
    return lower(value, identity=IdentityConfig(scopes=scopes or {}, **fields))


MAPPED = {"read": "shop.read", "write": "shop.write"}


@pytest.mark.parametrize(
    ("requirements", "scopes"),
    [
        ([{"oauth": ["read"]}], (("shop.read",),)),
        ([{"oauth": ["read", "write"]}], (("shop.read", "shop.write"),)),
        ([{"oauth": ["read"]}, {"oauth": ["write"]}], (("shop.read",), ("shop.write",))),
        ([{"oauth": ["read"]}, {"oauth": []}], ()),
        ([{"oauth": ["read"]}, {}], (("shop.read",),)),
        ([{"oauth": ["read"]}, {"key": []}], (("shop.read",),)),
        ([{"oauth": ["read"], "key": []}], (("shop.read",),)),
        ([{"key": []}], ()),
    ],
)
def test_scopes_are_alternatives_in_the_tokens_words(requirements: list[Json], scopes: Any) -> None:
    assert secured(*requirements, scopes=MAPPED).operation.scopes == scopes


def test_an_unmapped_scope_stops_the_build_where_identity_is_configured() -> None:
    assert secured({"oauth": ["read"]}, fields={"user_id": ("user_id",)}).rules() == [
        "unmapped-scope"
    ]


def test_an_unmapped_scope_is_a_warning_otherwise() -> None:
    done = secured({"oauth": ["read"]})
    assert done.rules(Severity.WARNING) == ["unmapped-scope"]
    assert "unmapped-scope" in done.ledger()


def test_a_credential_of_the_downstream_is_a_ledger_line() -> None:
    done = secured({"key": []})
    assert done.operation.auth is Auth.REQUIRED
    assert "downstream-credential" in done.ledger()


def test_headers_that_the_edge_writes_are_not_asked_of_clients() -> None:
    names = ["X-Correlation-ID", "X-Request-ID", "Host", "Connection", "X-Shop"]
    parameters = [
        {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    done = lower(document({"/a": get(parameters=parameters)}), identity=named())
    assert done.operation.request_headers == ("x-shop",)
    assert [one.name for one in done.operation.parameters] == ["X-Shop"]
    assert done.ledger() == ["edge-header"] * 4


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "Via", "X-Forwarded-User", "X-Rewrite-Url"]
)
def test_headers_that_a_document_cannot_open_are_read_only_where_they_are_allowed(
    name: str,
) -> None:
    one = {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
    value = document({"/a": get(parameters=[one])})
    closed = lower_all({"shop": value})
    assert (closed.operation.parameters, closed.operation.request_headers) == ((), ())
    assert closed.ledger() == ["header-not-forwarded"]
    allowed = lower_all({"shop": value}, allow=(name.lower(),))
    assert [one.name for one in allowed.operation.parameters] == [name]


def test_a_header_that_a_document_cannot_open_may_carry_identity() -> None:
    one = {"in": "header", "name": "X-Forwarded-User", "schema": {"type": "string"}}
    identity = IdentityConfig(fields={"user_id": ("X-Forwarded-User",)})
    done = lower(document({"/a": get(parameters=[one])}), identity=identity)
    assert [one.name for one in done.operation.bindings] == ["X-Forwarded-User"]
    assert "header-not-forwarded" not in done.ledger()


_LIST = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "nested"),
    [
        ({"type": "array", "items": _LIST}, True),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Item"}}, True),
        ({"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Item"}, {}]}}, True),
        ({"type": "array", "items": {"oneOf": [_LIST, {"type": "string"}]}}, True),
        ({"type": "object", "properties": {"ids": _LIST}}, True),
        ({"type": "object", "additionalProperties": {"type": ["object", "null"]}}, True),
        ({"properties": {"at": {"properties": {"x": {"type": "number"}}}}}, True),
        (_LIST, False),
        ({"type": "object", "properties": {"id": {"type": ["string", "array"]}}}, True),
        ({"type": "array", "items": {}}, False),
        ({"type": "array", "items": {"type": "null"}}, False),
    ],
)
def test_parameters_without_a_written_form_are_left_to_the_downstream(
    schema: Json, nested: bool
) -> None:
    one = {"in": "query", "name": "filter", "required": True, "schema": schema}
    done = lower(document({"/a": get(parameters=[one])}, schemas={"Item": {"type": "object"}}))
    assert [one.name for one in done.operation.parameters] == ([] if nested else ["filter"])
    assert ("parameter-unwritten" in done.ledger()) is nested


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        ({"type": "object", "properties": {"gt": {"type": "integer"}}}, True),
        ({"type": ["object", "null"]}, True),
        (_LIST, False),
        ({"anyOf": [{"type": "object"}, {"type": "integer"}]}, False),
    ],
)
def test_deep_objects_are_objects(schema: Json, read: bool) -> None:
    one = {"in": "query", "name": "created", "style": "deepObject", "schema": schema}
    done = lower(document({"/a": get(parameters=[one])}))
    assert [one.name for one in done.operation.parameters] == (["created"] if read else [])
    assert ("parameter-unwritten" in done.ledger()) is not read


def test_cookies_are_read_only_where_they_are_forwarded() -> None:
    one = {"in": "cookie", "name": "session", "schema": {"type": "string"}}
    value = document({"/a": get(parameters=[one])})
    assert lower_all({"shop": value}).operation.parameters == ()
    allowed = lower_all({"shop": value}, allow=("cookie",))
    assert [one.name for one in allowed.operation.parameters] == ["session"]


_FLAG = {"type": "object", "properties": {"Value": {"type": "boolean"}}}
_TEXT = {"type": "object", "properties": {"Value": {"type": "string"}}}


@pytest.mark.parametrize(
    ("others", "read"),
    [
        ([{"in": "query", "name": "Kernel", "schema": _TEXT}], []),
        ([{"in": "query", "name": "Kernel", "schema": {"allOf": [_TEXT]}}], []),
        ([{"in": "query", "name": "Value", "schema": {"type": "string"}}], []),
        (
            [{"in": "query", "name": "Kernel", "style": "deepObject", "schema": _TEXT}],
            ["Check", "Kernel"],
        ),
        (
            [{"in": "query", "name": "Kernel", "explode": False, "schema": _TEXT}],
            ["Check", "Kernel"],
        ),
        ([{"in": "query", "name": "value", "schema": {"type": "string"}}], ["Check", "value"]),
        ([{"in": "header", "name": "X-Value", "schema": {"type": "string"}}], ["Check"]),
    ],
)
def test_parameters_that_share_a_name_on_the_wire_are_left_to_the_downstream(
    others: list[Json], read: list[str]
) -> None:
    check = {"in": "query", "name": "Check", "schema": _FLAG}
    done = lower(document({"/a": get(parameters=[check, *others])}))
    found = [one.name for one in done.operation.parameters if one.location == "query"]
    assert found == read
    assert ("parameter-overlap" in done.ledger()) is (not read)
