"""The route table: literals first, full matches before 405, raw segments, and no cost for other routes."""

from __future__ import annotations

import time

import pytest

from proxygen.runtime.routing.dispatch import (
    REST,
    Found,
    NotAllowed,
    Pattern,
    RouteTable,
    raw_path_of,
)


def table(*routes: str) -> RouteTable[str]:
    """A table of `METHOD /path` routes, named by themselves; `/*` at the end stands for everything below."""
    built: RouteTable[str] = RouteTable()
    for route in routes:
        method, path = route.split(" ")
        built.add(Pattern.of(path.removesuffix("/*"), rest=path.endswith("/*")), [method], route)
    return built


def found(built: RouteTable[str], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    result = built.find(method, path)
    return (result.route, result.captures) if isinstance(result, Found) else None


def test_a_literal_is_tried_before_a_mixed_segment_and_that_before_a_variable() -> None:
    built = table("GET /a/{x}", "GET /a/{x}.json", "GET /a/own", "GET /a/v{x}.json")
    assert found(built, "GET", "/a/own") == ("GET /a/own", {})
    assert found(built, "GET", "/a/v1.json") == ("GET /a/v{x}.json", {"x": "1"})
    assert found(built, "GET", "/a/b.json") == ("GET /a/{x}.json", {"x": "b"})
    assert found(built, "GET", "/a/b") == ("GET /a/{x}", {"x": "b"})


def test_the_search_comes_back_from_a_literal_that_leads_nowhere() -> None:
    built = table("GET /a/own/x", "GET /a/{id}/y")
    assert found(built, "GET", "/a/own/y") == ("GET /a/{id}/y", {"id": "own"})


def test_a_route_with_the_method_wins_and_otherwise_all_methods_are_named() -> None:
    built = table("GET /a/own", "DELETE /a/{id}", "PUT /a/{id}")
    assert found(built, "DELETE", "/a/own") == ("DELETE /a/{id}", {"id": "own"})
    assert built.find("POST", "/a/own") == NotAllowed(("DELETE", "GET", "PUT"))
    assert built.find("GET", "/b") is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_head_is_the_get_routes_only_where_no_route_is_for_head_alone(
    order: tuple[int, int],
) -> None:
    built: RouteTable[str] = RouteTable()
    routes = ({"GET", "HEAD"}, "get"), ({"HEAD"}, "head")
    for methods, name in (routes[index] for index in order):
        built.add(Pattern.of("/a"), methods, name)
    built.add(Pattern.of("/b"), {"GET", "HEAD"}, "other")
    assert found(built, "HEAD", "/a") == ("head", {})
    assert found(built, "GET", "/a") == ("get", {})
    assert found(built, "HEAD", "/b") == ("other", {})


def test_segments_are_compared_as_they_came() -> None:
    built = table("GET /a/{id}", "GET /a/{id}/admin", "GET /caf%C3%A9")
    assert found(built, "GET", "/a/1%2Fadmin") == ("GET /a/{id}", {"id": "1%2Fadmin"})
    assert found(built, "GET", "/a/") is None
    assert found(built, "GET", "/a/1/") is None
    assert found(built, "GET", "/caf%C3%A9") == ("GET /caf%C3%A9", {})


def test_a_rest_takes_its_prefix_and_what_is_below_but_not_what_only_begins_like_it() -> None:
    built = table("GET /bff/*", "GET /bff/own/{id}")
    assert found(built, "GET", "/bff") == ("GET /bff/*", {REST: ""})
    assert found(built, "GET", "/bff/") == ("GET /bff/*", {REST: "/"})
    assert found(built, "GET", "/bff/a%2Fb/c") == ("GET /bff/*", {REST: "/a%2Fb/c"})
    assert found(built, "GET", "/bff/own/1") == ("GET /bff/own/{id}", {"id": "1"})
    assert found(built, "GET", "/bffx") is None


def test_the_last_of_many_routes_costs_what_the_first_costs() -> None:
    built = table(*(f"GET /v1/things{number}/{{id}}/parts/{{part}}" for number in range(1200)))
    small = table("GET /v1/things0/{id}/parts/{part}")

    def seconds(of: RouteTable[str], path: str) -> float:
        best = 1.0
        for _ in range(5):
            started = time.perf_counter()
            for _ in range(400):
                assert isinstance(of.find("GET", path), Found)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(built, "/v1/things1199/7/parts/8") < 3 * seconds(small, "/v1/things0/7/parts/8")


def test_the_raw_path_loses_query_and_mount_point() -> None:
    scope = {"path": "/m/a/b", "raw_path": b"/m/a%2Fb?x=1", "root_path": "/m"}
    assert raw_path_of(scope) == "/a%2Fb"
    assert raw_path_of({"path": "/mx", "raw_path": b"/mx", "root_path": "/m"}) == "/mx"
    assert raw_path_of({"path": "/a b", "raw_path": None}) == "/a%20b"
