"""The edge contract and the served routes say the same; how each judges requests is in `generated/tests`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from generated.app import EDGE
from proxygen.runtime import Operation, Place
from proxygen.testing import EdgeUnderTest
from proxygen.testing.stubs import operations_of

HIDDEN = ("userid", "orgid")


@pytest.fixture(scope="module")
def edge() -> Iterator[EdgeUnderTest]:
    """The committed edge, with only settings and transport replaced."""
    under_test = EdgeUnderTest(EDGE)
    yield under_test
    under_test.close()


def operations() -> list[Operation]:
    """Every typed operation of the committed edge."""
    return [
        operation for service in EDGE.services for operation in operations_of(EDGE, service.name)
    ]


def described(edge: EdgeUnderTest) -> dict[tuple[str, str], dict[str, Any]]:
    """The edge contract's operations by path and method."""
    return {
        (path, method.upper()): operation
        for path, item in edge.contract["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "options", "head", "patch")
    }


def resolved(edge: EdgeUnderTest, node: dict[str, Any]) -> dict[str, Any]:
    """The node, with its own reference into the edge contract followed."""
    while "$ref" in node:
        target: Any = edge.contract
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def test_it_is_valid_openapi_3_1(edge: EdgeUnderTest) -> None:
    assert edge.contract["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(edge.contract).iter_errors()) == []


def test_routes_are_set_equal(edge: EdgeUnderTest) -> None:
    routed = {(operation.edge_path, operation.method) for operation in operations()}
    typed = {key for key in described(edge) if not key[0].endswith("{path}")}
    assert len(routed) == len(operations())
    assert typed == routed


@pytest.mark.parametrize("operation", operations(), ids=lambda o: f"{o.service}.{o.operation_id}")
def test_parameters_and_bodies_are_set_equal(edge: EdgeUnderTest, operation: Operation) -> None:
    entry = described(edge)[operation.edge_path, operation.method]
    said = {(p["in"], p["name"]) for p in (resolved(edge, p) for p in entry.get("parameters", ()))}
    read = {
        (location, parameter.name)
        for location, parameters in (
            ("path", operation.path),
            ("query", operation.query),
            ("header", operation.headers),
            ("cookie", operation.cookies),
        )
        for parameter in parameters
    }
    assert said == read
    body = resolved(edge, entry.get("requestBody", {}))
    taken = operation.body.content if operation.body else ()
    assert set(body.get("content", {})) == {content.media_type for content in taken}


@pytest.mark.parametrize("operation", operations(), ids=lambda o: f"{o.service}.{o.operation_id}")
def test_no_bound_input_is_shown_to_clients(edge: EdgeUnderTest, operation: Operation) -> None:
    entry = described(edge)[operation.edge_path, operation.method]
    shown = {resolved(edge, parameter)["name"].lower() for parameter in entry.get("parameters", ())}
    bound = {
        binding.name.lower()
        for binding in operation.bindings
        if binding.place in (Place.QUERY, Place.HEADER, Place.PATH)
    }
    assert not shown & (bound | {"x-user-id", "x-org-id", "x-correlation-id"})


def test_it_is_served_as_committed_and_shown_by_docs(edge: EdgeUnderTest) -> None:
    served = edge.send("GET", "/openapi.json")
    assert served.json() == edge.contract
    page = edge.send("GET", "/docs")
    assert page.status_code == 200
    assert "/openapi.json" in page.text
