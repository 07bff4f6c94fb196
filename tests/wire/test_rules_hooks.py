"""The hook before the forward: what it is told, what it may answer, and that nothing was sent before it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from proxygen.runtime.correlation import CorrelationContext
from tests.unit.runtime_core.mini_edge import SERVICES
from tests.wire.client import Answer, message
from tests.wire.downstream import Downstream, answer
from tests.wire.edge import Edge, settings
from tests.wire.hooked import ASKED, SECRET
from tests.wire.tokens import bearer

CLASS = "/v1/classes/7"
NOTES = "/bff/v1/teacher/notes"
TOTAL = 1.5
"""Seconds that an operation of these edges has in all."""


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module", params=["hooked", "hooked_by_team"])
def hooked(
    request: pytest.FixtureRequest, behind: Downstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    """The production application, and a team's own under uvicorn."""
    environment = settings(
        **{service.base_url_env: behind.url for service in SERVICES},
        **{f"EDGE_SERVICES__{s.name.upper()}__TIMEOUTS__TOTAL": str(TOTAL) for s in SERVICES},
    )
    log = tmp_path_factory.mktemp("hooked") / "stderr"
    edge = Edge(environment, log=log, package=f"tests.wire.{request.param}")
    try:
        edge.wait_until_up()
        yield edge
    finally:
        edge.process.kill()
        edge.process.wait()


@pytest.fixture(autouse=True)
def _as_new(behind: Downstream) -> None:
    behind.reset()


def ask(edge: Edge, asked: str, *, target: str = CLASS) -> Answer:
    """One request whose correlation id tells the hooks what to do."""
    return edge.request("GET", target, [bearer(), f"X-Correlation-ID: {asked}"])


def told(got: Answer) -> dict[str, Any]:
    """What the first hook was told."""
    found: dict[str, Any] = json.loads(got.values("x-told")[0])
    return found


class TestTold:
    @pytest.mark.parametrize(
        ("method", "target", "lines", "expected"),
        [
            (
                *("GET", CLASS, [bearer()]),
                {"service": "classes", "operation": "getClass", "user_id": "alice"},
            ),
            (
                *("DELETE", NOTES, [bearer("bob")]),
                {"service": "teacher", "operation": None, "user_id": "bob"},
            ),
            (
                *("POST", "/v1/login", []),
                {"service": "accounts", "operation": "logIn", "user_id": None},
            ),
            (
                *("GET", "/v1/greeting", []),
                {"service": "accounts", "operation": "greet", "user_id": None},
            ),
            (
                *("GET", "/v1/greeting", [bearer("eve")]),
                {"service": "accounts", "operation": "greet", "user_id": "eve"},
            ),
        ],
        ids=["typed", "passed through", "public", "optional without token", "optional with token"],
    )
    def test_who_calls_what_how_from_where(
        self,
        hooked: Edge,
        behind: Downstream,
        method: str,
        target: str,
        lines: list[str],
        expected: dict[str, Any],
    ) -> None:
        got = hooked.request(method, target, [*lines, "X-Correlation-ID: c-1"])
        assert got.status == 200
        common = {"method": method, "client": "127.0.0.1", "correlation": "c-1"}
        assert told(got) == {**common, **expected}
        assert len(behind.requests) == 1


class TestAnswer:
    def test_lines_are_added_in_the_order_of_the_providers(
        self, hooked: Edge, behind: Downstream
    ) -> None:
        assert ask(hooked, "c-2").values("x-order") == ["first", "second"]

    def test_a_hook_may_say_nothing(self, hooked: Edge, behind: Downstream) -> None:
        got = ask(hooked, "say-nothing")
        assert (got.status, got.values("x-order")) == (200, ["first"])

    def test_lines_take_the_place_of_a_downstreams(self, hooked: Edge, behind: Downstream) -> None:
        behind.respond(answer("200 OK", b"", "X-Order: downstream"))
        assert ask(hooked, "c-3").values("x-order") == ["first", "second"]

    def test_the_edges_own_answers_have_them_too(self, hooked: Edge, behind: Downstream) -> None:
        behind.respond(answer("500 No", b"psql"))
        got = ask(hooked, "c-4")
        assert (got.status, got.values("x-order")) == (503, ["first", "second"])


class TestRefusal:
    @pytest.mark.parametrize("target", [CLASS, NOTES], ids=["typed", "passed through"])
    @pytest.mark.parametrize(
        ("asked", "status", "detail", "lines"),
        [
            ("forbid", 403, "Not in your plan", {"x-quota": ["of the first"]}),
            (
                *("forbid-as-fastapi-does", 403, "Not in your plan"),
                {"x-quota": ["of the first"]},
            ),
            (
                *("exhaust", 429, "Quota exceeded"),
                {"retry-after": ["7"], "x-quota": ["of the second"], "x-order": ["first"]},
            ),
        ],
    )
    def test_is_the_answer_and_nothing_is_sent(
        self,
        hooked: Edge,
        behind: Downstream,
        asked: str,
        status: int,
        detail: str,
        lines: dict[str, list[str]],
        target: str,
    ) -> None:
        got = ask(hooked, asked, target=target)
        assert (got.status, got.detail) == (status, detail)
        assert {name: got.values(name) for name in lines} == lines
        assert got.values("x-correlation-id") == [asked]
        assert (behind.requests, behind.connections) == ([], 0)

    def test_comes_before_a_streamed_body_has_been_asked_for(
        self, hooked: Edge, behind: Downstream
    ) -> None:
        lines = [bearer(), "X-Correlation-ID: forbid", "Transfer-Encoding: chunked"]
        with hooked.connect() as connection:
            connection.send(message("POST", NOTES, [*lines, "Expect: 100-continue"]))
            assert connection.read(limit=2.0).status == 403
        assert behind.connections == 0

    def test_comes_after_validation(self, hooked: Edge, behind: Downstream) -> None:
        lines = ["X-Correlation-ID: forbid"]
        assert hooked.request("GET", CLASS, lines).status == 401
        got = hooked.request("GET", "/v1/classes?limit=many", [bearer(), *lines])
        assert (got.status, got.values("x-told")) == (422, [])


class TestFailure:
    @pytest.mark.parametrize("asked", ["fail", "refuse-badly", *ASKED])
    def test_is_503_and_its_words_are_nowhere(
        self, hooked: Edge, behind: Downstream, asked: str
    ) -> None:
        got = ask(hooked, asked)
        assert (got.status, got.detail) == (503, "Service unavailable")
        assert got.values("x-a") == got.values("x-b") == []
        assert got.values("x-correlation-id") == [asked]
        assert SECRET.encode() not in got.raw
        assert SECRET not in hooked.log_text
        assert behind.connections == 0

    def test_waiting_longer_than_the_operation_may_take_is_503(
        self, hooked: Edge, behind: Downstream
    ) -> None:
        got = ask(hooked, "wait")
        assert (got.status, behind.connections) == (503, 0)
        assert TOTAL - 0.05 < got.seconds < TOTAL + 1.0


@pytest.mark.parametrize("hooked", ["hooked"], indirect=True)
class TestWatched:
    """What is counted and logged; a team's application serves both in its own way."""

    @pytest.mark.parametrize(
        ("asked", "status", "kind", "error_type"),
        [
            ("forbid", 403, None, None),
            ("exhaust", 429, None, None),
            ("fail", 503, *["proxy_error"] * 2),
        ],
    )
    def test_as_every_answer_of_the_edge(
        self,
        hooked: Edge,
        behind: Downstream,
        asked: str,
        status: int,
        kind: str | None,
        error_type: str | None,
    ) -> None:
        name = {"endpoint": "/v1/classes/{class-id}"}
        labels = {**name, "method": "GET", "http_status": str(status)}
        before = hooked.metric("http_requests_total", **labels)
        errors = hooked.metric("api_errors_total", **name)
        calls = hooked.metric("downstream_service_calls_total")
        canonical = str(CorrelationContext.of(asked).canonical)
        earlier = len(hooked.events_of(canonical, count=0))
        ask(hooked, asked)
        assert hooked.counts(lambda: hooked.metric("http_requests_total", **labels) == before + 1)
        failed = hooked.metric("api_errors_total", **name) - errors
        assert failed == (0 if error_type is None else 1)
        assert hooked.metric("downstream_service_calls_total") == calls
        events = hooked.events_of(canonical, count=earlier + 1)[earlier:]
        assert {event.get("status", status) for event in events} == {status}
        assert {event.get("kind") for event in events} == {kind}

    def test_a_client_that_leaves_while_a_hook_waits_is_let_go(
        self, hooked: Edge, behind: Downstream
    ) -> None:
        asked = "wait-for-a-client-that-leaves"
        with hooked.connect() as connection:
            connection.send(message("GET", CLASS, [bearer(), f"X-Correlation-ID: {asked}"]))
            time.sleep(0.3)
        event = hooked.finished(str(CorrelationContext.of(asked).canonical), limit=TOTAL / 2)
        assert (event["kind"], event.get("status")) == ("client_disconnect", None)
        assert behind.connections == 0
