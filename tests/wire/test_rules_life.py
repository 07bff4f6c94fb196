"""The end of a served edge: what is open is answered, what does not end is cut, logged and looks broken."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire import draining
from tests.wire.client import message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import OK, Downstream, Exchange
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

EVENTS = "/v1/results/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11/events"
CORRELATION = "8f1d0a35-5d9e-4c0f-b4f3-6f1f5e6f1a11"

GRACE = 1
ROOM = 1.0
"""Seconds after the grace, on a machine that runs other tests; 0.2 on a quiet one."""


@pytest.fixture
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture
def mortal(downstream: Downstream, tmp_path: Path) -> Iterator[Edge]:
    """An edge that may be stopped, with a second of grace."""
    urls = dict.fromkeys(SERVICES.values(), downstream.url)
    environment = settings(**{**urls, "EDGE_GRACE": str(GRACE)})
    with serving(environment, log=tmp_path / "stderr") as edge:
        yield edge


@pytest.mark.parametrize("workers", [1, 2])
def test_r7_under_load_and_with_100_streams_nothing_is_lost(tmp_path: Path, workers: int) -> None:
    got = draining.run(tmp_path, streams=100, workers=workers)
    assert set(got.outcomes) == {"answered"}
    assert got.unready_after < 0.2
    assert draining.is_good(got, streams=100, room=ROOM), got


def test_while_it_drains_every_answer_ends_its_connection(
    mortal: Edge, downstream: Downstream
) -> None:
    def play(exchange: Exchange) -> None:
        time.sleep(0.3)
        exchange.send(OK)

    downstream.respond(play)
    with mortal.connect() as connection:
        connection.send(message("GET", "/v1/classes/9a", [bearer()]))
        assert connection.read().values("connection") == []
        connection.send(message("GET", "/v1/classes/9a", [bearer()]))
        assert downstream.wait(lambda it: len(it.requests) == 2)
        mortal.process.send_signal(signal.SIGTERM)
        got = connection.read()
        assert (got.status, got.values("connection")) == (200, ["close"])
        assert connection.is_closed_within(1)


def test_requests_that_are_open_are_answered(mortal: Edge, downstream: Downstream) -> None:
    def play(exchange: Exchange) -> None:
        time.sleep(0.5)
        exchange.send(OK)

    downstream.respond(play)
    connections = [mortal.connect() for _ in range(10)]
    for connection in connections:
        connection.send(message("GET", "/v1/classes/9a", [bearer()]))
    assert downstream.wait(lambda it: len(it.requests) == 10)
    mortal.process.send_signal(signal.SIGTERM)
    assert [connection.read().status for connection in connections] == [200] * 10
    for connection in connections:
        connection.close()
    assert mortal.process.wait(3) == 0


def test_r7_streams_are_cut_at_the_grace_and_logged_as_such(
    mortal: Edge, downstream: Downstream
) -> None:
    def play(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        exchange.send(b"9\r\ndata: 0\n\n\r\n")
        exchange.seconds_until_closed(5)

    downstream.respond(play)
    lines = [bearer(), f"X-Correlation-ID: {CORRELATION}"]
    connections = [mortal.connect() for _ in range(20)]
    for connection in connections:
        connection.send(message("GET", EVENTS, lines))
        assert connection.receive().startswith(b"HTTP/1.1 200")
    assert mortal.stop() < GRACE + ROOM
    assert mortal.process.returncode == 0
    for connection in connections:
        rest = connection.read(limit=1, to_end=True)
        assert rest.closed
        assert b"0\r\n\r\n" not in rest.raw
        connection.close()
    ends = [e for e in mortal.events_of(CORRELATION) if e["event"] == "request finished"]
    assert [event["kind"] for event in ends] == ["drain"] * 20
