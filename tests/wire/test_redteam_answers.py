"""Answers meant to hold a connection, to lead a client away, or to outlive it."""

from __future__ import annotations

import contextlib
import time
from uuid import uuid4

import pytest

from tests.wire.client import message
from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

BATCH = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
REPORT = f"/v1/results/batches/{BATCH}/report"


class TestRetryAfter:
    @pytest.mark.parametrize(
        "value",
        [
            "Mon, 01 Jan 2020 00:00:00 +99999999999999999999",
            "Mon, 01 Jan 20200000000000000000000 00:00:00 GMT",
            "Mon, 99 Foo -1 99:99:99 GMT",
            "0001-01-01",
            "9" * 400,
        ],
    )
    def test_a_date_that_is_none_costs_no_connection(
        self, edge: Edge, classes: Downstream, value: str
    ) -> None:
        classes.respond(answer("503 Service Unavailable", b"x", f"Retry-After: {value}"))
        correlation = str(uuid4())
        got = edge.request("GET", "/v1/classes/x", [bearer(), f"X-Correlation-ID: {correlation}"])
        assert (got.status, got.detail) == (503, "Downstream service error")
        assert edge.finished(correlation)["kind"] == "upstream_5xx"


class TestIdle:
    """The limit is 1 s in these tests."""

    def test_a_client_cannot_lift_the_idle_limit(self, edge: Edge, results: Downstream) -> None:
        """`Accept: text/event-stream` asks for events; it does not make an answer of them."""

        def play(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
            exchange.seconds_until_closed(4)

        results.respond(play)
        got = edge.request("GET", REPORT, [bearer(), "Accept: text/event-stream"], limit=3.5)
        assert got.closed
        assert not got.complete

    def test_an_event_stream_is_exempt_whoever_asked(self, edge: Edge, results: Downstream) -> None:
        def play(exchange: Exchange) -> None:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"
            exchange.send(head + b"Content-Length: 20\r\n\r\ndata: 0\n\n ")
            time.sleep(1.5)
            exchange.send(b"data: 1\n\n ")

        results.respond(play)
        got = edge.request("GET", REPORT, [bearer()])
        assert (got.complete, len(got.body)) == (True, 20)


class TestEarlyAnswers:
    @pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)
    @pytest.mark.parametrize("status", ["200 OK", "413 Content Too Large"])
    def test_a_client_that_leaves_an_endless_early_answer_frees_the_downstream(
        self, edge: Edge, bff: Downstream, status: str
    ) -> None:
        freed: list[bool] = []

        def play(exchange: Exchange) -> None:
            exchange.send(f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            until = time.monotonic() + 4
            with contextlib.suppress(OSError):
                while time.monotonic() < until:
                    exchange._connection.sendall(b"1\r\nx\r\n")  # its errors tell
                    time.sleep(0.05)
            freed.append(time.monotonic() < until)

        bff.respond(play, early=True)
        with edge.connect() as connection:
            lines = [bearer(), "Content-Length: 1000000"]
            connection.send(message("POST", "/bff/v1/teacher/x", lines) + b"y" * 1000)
            assert connection.receive().startswith(b"HTTP/1.1 " + status[:3].encode())
            time.sleep(0.5)
        assert bff.wait(lambda _: bool(freed), 6)
        assert freed == [True]


class TestHead:
    @pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)
    def test_head_without_a_length_keeps_the_connection(self, edge: Edge, bff: Downstream) -> None:
        bff.respond(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(3):
            assert edge.request("HEAD", "/bff/v1/teacher/x", [bearer()]).status == 200
        assert len({request.connection for request in bff.requests}) == 1
        bff.respond(b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n")
        assert edge.request("HEAD", "/bff/v1/teacher/x", [bearer()]).status == 200
        bff.respond(b"HTTP/1.0 200 OK\r\n\r\n")
        assert edge.request("HEAD", "/bff/v1/teacher/x", [bearer()]).status == 200
        assert edge.request("HEAD", "/bff/v1/teacher/x", [bearer()]).status == 200
        assert len({request.connection for request in bff.requests}) == 3
