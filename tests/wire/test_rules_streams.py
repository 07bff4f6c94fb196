"""Streams: the head before the body, every chunk when it comes, and no more memory than a chunk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.wire.client import message
from tests.wire.downstream import Downstream, Exchange
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

BATCH = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
EVENTS = f"/v1/results/batches/{BATCH}/events"
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
BIG = 48 * 1024 * 1024
SMALL = 20 * 1024 * 1024
"""Bytes by which the edge may grow for a body of any size."""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n" % len(data) + data + b"\r\n"


def memory(edge: Edge) -> int:
    """Bytes that the edge's worker holds."""
    parent = edge.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    (worker,) = children or [str(parent)]
    status = Path(f"/proc/{worker}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


class TestEvents:
    def test_w134_the_head_and_each_event_come_at_once(
        self, edge: Edge, results: Downstream
    ) -> None:
        sent: list[float] = []

        def play(exchange: Exchange) -> None:
            exchange.send(STREAM_HEAD)
            for number in range(3):
                time.sleep(0.3)
                sent.append(time.monotonic())
                exchange.send(chunk(b"data: %d\n\n" % number))
            exchange.send(b"0\r\n\r\n")

        results.respond(play)
        with edge.connect() as connection:
            started = time.monotonic()
            connection.send(message("GET", EVENTS, [bearer()]))
            head = connection.read(limit=0.25)
            assert (head.status, head.values("content-type")) == (200, ["text/event-stream"])
            assert time.monotonic() - started < 0.3
            seen = head.raw
            for number in range(3):
                while b"data: %d" % number not in seen:
                    seen += connection.receive()
                assert time.monotonic() - sent[number] < 0.1
            assert connection.is_closed_within(0.2) is False

    def test_an_event_stream_is_exempt_from_the_idle_limit(
        self, edge: Edge, results: Downstream
    ) -> None:
        def play(exchange: Exchange) -> None:
            exchange.send(STREAM_HEAD + chunk(b"data: 0\n\n"))
            time.sleep(1.4)
            exchange.send(chunk(b"data: 1\n\n") + b"0\r\n\r\n")

        results.respond(play)
        got = edge.request("GET", EVENTS, [bearer()])
        assert (got.complete, got.body) == (True, b"data: 0\n\ndata: 1\n\n")

    def test_w134_streams_whose_clients_leave_are_freed(
        self, edge: Edge, results: Downstream
    ) -> None:
        freed: list[float | None] = []

        def play(exchange: Exchange) -> None:
            exchange.send(STREAM_HEAD + chunk(b"data: 0\n\n"))
            freed.append(exchange.seconds_until_closed(4))

        results.respond(play)
        connections = [edge.connect() for _ in range(10)]
        for connection in connections:
            connection.send(message("GET", EVENTS, [bearer()]))
        for connection in connections:
            assert connection.receive().startswith(b"HTTP/1.1 200")
            connection.close()
        assert results.wait(lambda _: len(freed) == 10, 3)
        assert None not in freed


class TestMemory:
    def test_a_big_download_passes_through(self, edge: Edge, bff: Downstream) -> None:
        piece = b"x" * 65536

        def play(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BIG)
            for _ in range(BIG // len(piece)):
                exchange.send(piece)

        bff.respond(play)
        before = memory(edge)
        with edge.connect() as connection:
            connection.send(message("GET", "/bff/v1/teacher/big", [bearer()]))
            time.sleep(0.5)
            waiting = memory(edge)
            size = connection.count(until=BIG)
        assert size >= BIG
        assert waiting - before < SMALL, "a slow reader made the edge hold the body"
        assert memory(edge) - before < SMALL

    def test_a_big_upload_passes_through(self, edge: Edge, bff: Downstream) -> None:
        piece = b"x" * 65536
        before = memory(edge)
        with edge.connect() as connection:
            lines = [bearer(), f"Content-Length: {BIG}"]
            connection.send(message("PUT", "/bff/v1/teacher/big", lines))
            for _ in range(BIG // len(piece)):
                connection.send(piece)
            assert connection.read().status == 200
        assert len(bff.only.body) == BIG
        assert memory(edge) - before < SMALL


class TestRanges:
    @pytest.mark.parametrize("status", ["206 Partial Content", "416 Range Not Satisfiable"])
    def test_ranges_are_the_downstreams_business(
        self, edge: Edge, files: Downstream, status: str
    ) -> None:
        files.respond(
            f"HTTP/1.1 {status}\r\nContent-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nhe".encode()
        )
        got = edge.request("GET", "/v1/files/file-0001", [bearer(), "Range: bytes=0-1"])
        assert (got.status, got.body) == (int(status[:3]), b"he")
        assert got.values("content-range") == ["bytes 0-1/5"]
        assert files.only.values("range") == [b"bytes=0-1"]
