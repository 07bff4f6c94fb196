"""Paths that are nearly somebody's: no route takes them, and no method is promised for them."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Response

from proxygen.runtime.routing.dispatch import NotAllowed, Pattern, RouteTable
from proxygen.runtime.routing.inclusions import inclusions_of
from proxygen.runtime.routing.route import ProxyRoute


@pytest.fixture
def table() -> RouteTable[str]:
    made: RouteTable[str] = RouteTable()
    made.add(Pattern.of("/v1/classes"), ["GET"], "list")
    made.add(Pattern.of("/v1/classes/{id}"), ["GET", "PUT"], "one")
    made.add(Pattern.of("/v1/classes/{id}/students"), ["POST"], "students")
    made.add(Pattern.of("/v1/files/{name}.{ext}"), ["GET"], "file")
    return made


@pytest.mark.parametrize(
    "path", ["/v1/classes/", "/v1/classes//students", "/v1/files/a.", "/v1", "/", "/v1/classes/1/x"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_empty_or_unknown_segment_is_nobodys(
    table: RouteTable[str], method: str, path: str
) -> None:
    assert table.find(method, path) is None


def test_methods_of_a_path_are_its_own(table: RouteTable[str]) -> None:
    assert table.find("DELETE", "/v1/classes/1") == NotAllowed(("GET", "PUT"))
    assert table.find("GET", "/v1/classes/1/students") == NotAllowed(("POST",))


def test_the_table_of_an_application_is_made_once() -> None:
    app = FastAPI()
    made = inclusions_of(app, ProxyRoute)
    assert inclusions_of(app, ProxyRoute) is made
    app.add_route("/x", lambda _: Response())
    assert inclusions_of(app, ProxyRoute) is not made
