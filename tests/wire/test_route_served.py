"""The one pipeline over sockets: under the pinned server by each transport, and in a team's own app."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.unit.runtime_core.mini_edge import SERVICES
from tests.wire.client import message
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

SERVED = (
    ("served", "fast"),
    ("served", "httpx"),
    ("served_by_team", "fast"),
)
READ_TIMEOUT = 0.5


@pytest.fixture(scope="module")
def downstreams() -> Iterator[dict[str, Downstream]]:
    made = {service.name: Downstream() for service in SERVICES}
    yield made
    for downstream in made.values():
        downstream.close()


@pytest.fixture(scope="module", params=SERVED, ids="-".join)
def served(
    request: pytest.FixtureRequest,
    downstreams: dict[str, Downstream],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Edge]:
    module, transport = request.param
    environment = settings(
        EDGE_TRANSPORT=transport,
        **{service.base_url_env: downstreams[service.name].url for service in SERVICES},
        **{f"EDGE_SERVICES__{s.name.upper()}__TIMEOUTS__READ": str(READ_TIMEOUT) for s in SERVICES},
    )
    edge = Edge(
        environment,
        log=tmp_path_factory.mktemp("mini") / "stderr",
        package=f"tests.unit.runtime_core.{module}",
    )
    try:
        edge.wait_until_up()
        yield edge
    finally:
        edge.process.kill()
        edge.process.wait()


@pytest.fixture
def classes(downstreams: dict[str, Downstream]) -> Downstream:
    downstreams["classes"].reset()
    return downstreams["classes"]


@pytest.fixture
def batches(downstreams: dict[str, Downstream]) -> Downstream:
    downstreams["batches"].reset()
    return downstreams["batches"]


def test_a_spoofed_identity_is_replaced(served: Edge, classes: Downstream) -> None:
    lines = [bearer(), "x-user-id: mallory", "X-Org-ID: evil", "Connection: close, X-User-ID"]
    assert served.request("GET", "/v1/classes/7?a=1&a=2&b&c=%27'", lines).status == 200
    assert classes.only.matching("x[-_.]user[-_.]id:") == [b"X-User-ID: alice"]
    assert classes.only.matching("x[-_.]org[-_.]id:|transfer-encoding:") == []
    assert classes.only.target == b"/v1/classes/7?a=1&a=2&b&c=%27'"


def test_identity_is_bound_into_a_body(served: Edge, batches: Downstream) -> None:
    content = b'{"expected_essay_count": 1, "weight": 1.50}'
    lines = [bearer(), "Content-Type: application/json"]
    assert served.request("POST", "/v1/batches/register", lines, content).status == 200
    assert json.loads(batches.only.body)["user_id"] == "alice"
    assert b'"weight": 1.50' in batches.only.body
    assert batches.only.target == b"/internal/batches/register"


def test_a_body_that_breaks_off_looks_broken(served: Edge, classes: Downstream) -> None:
    def breaks(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        exchange.close()

    classes.respond(breaks)
    with served.connect() as connection:
        connection.send(message("GET", "/v1/classes/7", [bearer()]))
        result = connection.read(limit=2, to_end=True)
    assert b"hello" in result.raw
    assert b"0\r\n\r\n" not in result.raw
    assert result.closed
    assert result.seconds < 1


def test_a_body_shorter_than_its_length_looks_broken(served: Edge, classes: Downstream) -> None:
    def breaks(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        exchange.close()

    classes.respond(breaks)
    with served.connect() as connection:
        connection.send(message("GET", "/v1/classes/7", [bearer()]))
        result = connection.read(limit=2, to_end=True)
    assert result.closed
    assert not result.complete
    assert result.status in (0, 200)


@pytest.mark.parametrize(
    ("raw", "status", "detail"),
    [
        (answer("500 Oops", b"Traceback"), 503, "Downstream service error"),
        (answer("407 Proxy"), 503, "Service unavailable"),
        (b"nonsense\r\n\r\n", 503, "Service unavailable"),
        (answer("404 Not Found", b'{"detail":"no"}'), 404, "no"),
    ],
)
def test_answers_are_mapped(
    served: Edge, classes: Downstream, raw: bytes, status: int, detail: str
) -> None:
    classes.respond(raw)
    result = served.request("GET", "/v1/classes/7", [bearer()])
    assert (result.status, result.detail) == (status, detail)


def test_a_silent_downstream_is_504_in_time(served: Edge, classes: Downstream) -> None:
    classes.respond(lambda exchange: time.sleep(2))
    result = served.request("GET", "/v1/classes/7", [bearer()])
    assert (result.status, result.detail) == (504, "Gateway timeout")
    assert READ_TIMEOUT - 0.05 <= result.seconds <= READ_TIMEOUT + 0.25


def test_an_event_is_there_within_100_ms(served: Edge, batches: Downstream) -> None:
    def events(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        time.sleep(0.3)
        exchange.send(b"data: 1\n\n")
        time.sleep(1)
        exchange.close()

    batches.respond(events)
    with served.connect() as connection:
        connection.send(message("GET", "/v1/batches/7/events", [bearer()]))
        head = connection.read(limit=0.2)
        assert head.status == 200
        result = connection.read(limit=0.3)
    assert b"data: 1\n\n" in head.raw + result.raw


@pytest.mark.parametrize("answered", [False, True])
def test_a_client_that_leaves_frees_the_downstream(
    served: Edge, classes: Downstream, answered: bool
) -> None:
    freed: list[float | None] = []

    def waits(exchange: Exchange) -> None:
        if answered:
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        freed.append(exchange.seconds_until_closed(2))

    classes.respond(waits)
    with served.connect() as connection:
        connection.send(message("GET", "/v1/classes/7", [bearer()]))
        assert classes.wait(lambda d: bool(d.requests))
        time.sleep(0.15 if answered else 0.05)
    assert classes.wait(lambda _: bool(freed))
    assert freed[0] is not None
    assert freed[0] < (1.0 if answered else READ_TIMEOUT)


def test_head_and_204_have_no_body(served: Edge, classes: Downstream) -> None:
    classes.respond(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    result = served.request("HEAD", "/v1/classes/7", [bearer()])
    assert (result.status, result.payload, result.values("content-length")) == (200, b"", ["5"])
    classes.respond(b"HTTP/1.1 204 No Content\r\n\r\n")
    result = served.request("DELETE", "/v1/classes/7", [bearer()])
    assert (result.status, result.payload) == (204, b"")
    assert result.values("content-length") == []


def test_an_upload_that_the_client_gives_up_is_not_finished(
    served: Edge, downstreams: dict[str, Downstream]
) -> None:
    teacher = downstreams["teacher"]
    teacher.reset()
    with served.connect() as connection:
        head = message("PUT", "/bff/v1/teacher/x", [bearer(), "Transfer-Encoding: chunked"])
        connection.send(head + b"5\r\nhello\r\n")
        teacher.wait(lambda d: bool(d.requests), limit=0.5)
    assert teacher.wait(lambda d: all(r.closed for r in d.requests), limit=1.5)
    assert not any(request.ended for request in teacher.requests)
