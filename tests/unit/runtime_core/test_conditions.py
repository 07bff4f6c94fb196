"""Operations of one method and path are told apart by a query parameter or header that is there once."""

from __future__ import annotations

from functools import partial

import pytest

from proxygen.runtime.conditions import meets
from proxygen.runtime.dispatch import Found, NotAllowed, Pattern, RouteTable
from proxygen.runtime.operation import Condition, Place

PUT = (Condition(place=Place.QUERY, name="Action", value="Put It"),)
GET = (Condition(place=Place.QUERY, name="Action", value="Get"),)
TARGET = (Condition(place=Place.HEADER, name="x-target", value="a.B"),)


def found(
    query: bytes, *headers: tuple[bytes, bytes], method: str = "POST"
) -> str | NotAllowed | None:
    table: RouteTable[str] = RouteTable()
    for name, when in (("put", PUT), ("get", GET), ("target", TARGET)):
        table.add(Pattern.of("/a"), ("POST",), name, when)
    scope = {"query_string": query, "headers": list(headers)}
    route = table.find(method, "/a", partial(meets, scope))
    return route.route if isinstance(route, Found) else route


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"Action=Get", "get"),
        (b"Version=1&Action=Get&x", "get"),
        (b"%41ction=%47et", "get"),
        (b"Action=Put+It", "put"),
        (b"Action=Put%20It", "put"),
    ],
)
def test_a_query_parameter_decides_as_it_reads_after_decoding(query: bytes, name: str) -> None:
    assert found(query) == name


def test_a_header_decides_whatever_the_case_of_its_name() -> None:
    assert found(b"", (b"X-Target", b" a.B ")) == "target"


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"Action",
        b"Action=get",
        b"action=Get",
        b"Action=Get&Action=Put+It",
        b"Action=Get&Action",
    ],
)
def test_another_value_or_a_second_one_is_for_no_operation(query: bytes) -> None:
    assert found(query) is None


def test_a_header_that_comes_twice_is_for_no_operation() -> None:
    assert found(b"", (b"x-target", b"a.B"), (b"x-target", b"a.B")) is None


def test_another_method_is_not_allowed() -> None:
    assert found(b"Action=Get", method="GET") == NotAllowed(("POST",))


def test_a_route_without_conditions_needs_none() -> None:
    table: RouteTable[str] = RouteTable()
    table.add(Pattern.of("/a"), ("GET",), "plain")
    route = table.find("GET", "/a")
    assert isinstance(route, Found)
    assert route.route == "plain"
