"""Clients that take nothing of their answers: they hold no memory, and a connection for a limited time."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from tests.wire.client import Connection, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream, Exchange
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

LIMIT = 1.0
PIECE = b"x" * 65536
PIECES = 1600
"""100 MB: more than all buffers on the way hold."""


@pytest.fixture(scope="module")
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def impatient(downstream: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge whose clients have a second to take something."""
    urls = dict.fromkeys(SERVICES.values(), downstream.url)
    environment = settings(**urls, EDGE_WRITE_TIMEOUT=str(LIMIT))
    with serving(environment, log=tmp_path_factory.mktemp("edge") / "stderr") as edge:
        yield edge


@pytest.fixture
def closed_after(downstream: Downstream) -> Iterator[list[float]]:
    """Seconds until the edge gave up each download of 100 MB, as the downstream saw it."""
    seconds: list[float] = []

    def play(exchange: Exchange) -> None:
        started = time.monotonic()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(PIECE) * PIECES))
        for _ in range(PIECES):
            exchange.send(PIECE)
        seconds.append(time.monotonic() - started)

    downstream.respond(play)
    yield seconds
    downstream.reset()


@pytest.mark.parametrize(
    "target", ["/v1/classes/9a", "/bff/v1/teacher/x"], ids=["typed", "passthrough"]
)
def test_a_client_that_stops_reading_is_cut_and_both_connections_are_free(
    impatient: Edge, downstream: Downstream, closed_after: list[float], target: str
) -> None:
    correlation = str(uuid.uuid4())
    with impatient.connect() as connection:
        lines = [bearer(), f"X-Correlation-ID: {correlation}"]
        connection.send(message("GET", target, lines))
        assert downstream.wait(lambda _: len(closed_after) == 1, 8)
        event = impatient.finished(correlation)
        got = connection.read(to_end=True)
    assert LIMIT * 0.9 < closed_after[0] < LIMIT + 3
    assert (event["kind"], event["status"], event["level"]) == ("client_stalled", 200, "info")
    assert got.closed
    assert len(got.payload) < len(PIECE) * PIECES


def test_a_client_that_reads_slowly_is_not(impatient: Edge, closed_after: list[float]) -> None:
    with impatient.connect() as connection:
        connection.send(message("GET", "/v1/classes/9a", [bearer()]))
        size, until = 0, time.monotonic() + 3 * LIMIT
        while time.monotonic() < until:
            size += len(connection.receive())
            time.sleep(0.005)
        assert closed_after == []
        size += connection.count(until=len(PIECE) * PIECES - size)
    assert size >= len(PIECE) * PIECES


def test_a_stream_that_is_silent_is_not(impatient: Edge, downstream: Downstream) -> None:
    end = threading.Event()

    def play(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        time.sleep(2.5 * LIMIT)
        exchange.send(b"1\r\nb\r\n0\r\n\r\n")
        end.set()

    downstream.respond(play)
    with Connection(impatient.port) as connection:
        connection.send(message("GET", "/v1/classes/9a", [bearer()]))
        got = connection.read(limit=5)
    assert end.wait(1)
    assert (got.body, got.complete) == (b"ab", True)
