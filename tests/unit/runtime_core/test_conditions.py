"""Operations of one method and path are told apart by a query parameter or header that is there once."""

from __future__ import annotations

import pytest

from proxygen.runtime.operation import Condition, Place
from proxygen.runtime.routing.conditions import met_by
from proxygen.runtime.routing.dispatch import Found, NotAllowed, Pattern, RouteTable

PUT = (Condition(place=Place.QUERY, name="Action", values=("Put It",)),)
GET = (Condition(place=Place.QUERY, name="Action", values=("Get",)),)
TARGET = (Condition(place=Place.HEADER, name="x-target", values=("a.B",)),)
FLAG = (Condition(place=Place.QUERY, name="acl", values=("true", "")),)
NO_FLAG = (Condition(place=Place.QUERY, name="acl", values=()),)
UPLOAD = (Condition(place=Place.QUERY, name="uploadId"),)
JSON = (Condition(place=Place.HEADER, name="content-type", values=("application/json",)),)


def found(
    query: bytes, *headers: tuple[bytes, bytes], method: str = "POST"
) -> str | NotAllowed | None:
    table: RouteTable[str] = RouteTable()
    for name, when in (("put", PUT), ("get", GET), ("target", TARGET)):
        table.add(Pattern.of("/a"), ("POST",), name, when)
    scope = {"query_string": query, "headers": list(headers)}
    route = table.find(method, "/a", met_by(scope))
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
        b"Action=Get&action=Put+It",
        b"Action=Get;Action=Put+It",
        b"Action=Get&Action[]=Put+It",
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


@pytest.mark.parametrize(
    ("conditions", "met", "unmet"),
    [
        (FLAG, (b"acl", b"acl=", b"acl=true", b"x&acl"), (b"", b"acl=1", b"acl&acl", b"acl;acl=x")),
        (
            NO_FLAG,
            (b"", b"x=acl"),
            (b"acl", b"acl=1", b"ACL", b"a%63l", b"acl[]=", b"x;acl", b"a-cl"),
        ),
        (UPLOAD, (b"uploadId", b"uploadId=7", b"uploadId=7&uploadId=8"), (b"", b"uploadid=7")),
    ],
)
def test_a_query_is_held_against_each_kind_of_condition(
    conditions: tuple[Condition, ...], met: tuple[bytes, ...], unmet: tuple[bytes, ...]
) -> None:
    for queries, expected in ((met, True), (unmet, False)):
        for query in queries:
            scope = {"query_string": query, "headers": []}
            assert met_by(scope).meets(conditions) is expected, query


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"application/json"], True),
        ([b" Application/JSON ; charset=utf-8"], True),
        ([], False),
        ([b"application/json", b"application/json"], False),
        ([b"text/json"], False),
    ],
)
def test_a_media_type_decides_without_its_parameters(lines: list[bytes], expected: bool) -> None:
    scope = {"query_string": b"", "headers": [(b"content-type", line) for line in lines]}
    assert met_by(scope).meets(JSON) is expected


def test_a_request_that_is_for_two_operations_is_for_none() -> None:
    table: RouteTable[str] = RouteTable()
    table.add(Pattern.of("/a"), ("GET",), "flag", FLAG)
    table.add(Pattern.of("/a"), ("GET",), "upload", UPLOAD)
    for query, name in ((b"acl", "flag"), (b"uploadId=1", "upload"), (b"acl&uploadId=1", None)):
        found = table.find("GET", "/a", met_by({"query_string": query, "headers": []}))
        assert (found.route if isinstance(found, Found) else found) == name


@pytest.mark.parametrize(
    ("query", "lines", "expected"),
    [
        (b"", [b"text/plain"], "json"),
        (b"acl", [b"text/plain"], "csv"),
        (b"acl", [b"application/json"], "json"),
        (b"acl=1", [b"text/plain"], "json"),
        (b"", [], None),
        (b"", [b"text/plain", b"text/plain"], None),
        (b"", [b"text/csv"], "json"),
    ],
)
def test_a_media_type_that_is_nobodys_leads_to_an_operation_that_refuses_it(
    query: bytes, lines: list[bytes], expected: str | None
) -> None:
    csv = (Condition(place=Place.HEADER, name="content-type", values=("text/csv",)),)
    table: RouteTable[str] = RouteTable()
    table.add(Pattern.of("/a"), ("PUT",), "csv", (*FLAG, *csv))
    table.add(Pattern.of("/a"), ("PUT",), "json", JSON)
    scope = {"query_string": query, "headers": [(b"content-type", line) for line in lines]}
    found = table.find("PUT", "/a", met_by(scope))
    assert (found.route if isinstance(found, Found) else found) == expected
