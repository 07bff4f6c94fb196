"""SIGTERM under load: `python -m tests.wire.draining --runs 20`.

Clients with kept and with fresh connections ask without pause, and event streams are open. What stands in
front looks at `/readyz` and sends nobody any more once that says 503. Every request that was sent must be
answered, and the streams must look broken when the grace is over.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.wire.client import Connection, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import OK, Downstream, Exchange
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

EVENTS = "/v1/results/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11/events"
DELAY = 0.5
GRACE = 1.5
LONGEST = 0.3
"""Seconds that a downstream takes at most, less than the grace."""
_KEPT, _FRESH = 12, 6
_LINES = [bearer()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one: requests by outcome, streams that looked broken, seconds to readiness and the end."""

    outcomes: Counter[str]
    broken: int
    unready_after: float
    ended_after: float
    code: int


class Load:
    """Clients that ask without pause until they are told to stop."""

    def __init__(self, edge: Edge) -> None:
        self.outcomes: Counter[str] = Counter()
        self._edge = edge
        self._stop = threading.Event()
        self._lock = threading.Lock()
        targets = [self._kept] * _KEPT + [self._fresh] * _FRESH
        self._threads = [threading.Thread(target=target) for target in targets]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new requests from now on."""
        self._stop.set()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _kept(self) -> None:
        """One connection for as long as the edge keeps it; one that it has ended is not used again."""
        connection: Connection | None = None
        while not self._stop.is_set():
            if connection is None or connection.is_closed_within(0.001):
                connection = self._connect()
            if connection is not None and not self._ask(connection):
                connection.close()
                connection = None

    def _fresh(self) -> None:
        while not self._stop.is_set():
            connection = self._connect()
            if connection is not None:
                self._ask(connection)
                connection.close()

    def _connect(self) -> Connection | None:
        try:
            return self._edge.connect()
        except OSError:
            self._count("refused")
            time.sleep(0.01)
            return None

    def _ask(self, connection: Connection) -> bool:
        """Whether the connection may be used again."""
        connection.send(message("GET", "/v1/classes/9a", _LINES))
        got = connection.read()
        whole = got.status == 200 and got.complete
        self._count("answered" if whole else f"status {got.status}" if got.raw else "lost")
        return not got.closed and "close" not in got.values("connection")

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.outcomes[outcome] += 1


def run(folder: Path, *, streams: int, workers: int = 1) -> Run:
    """One edge, from its start to its end."""
    downstream = Downstream()
    downstream.respond(_play)
    environment = settings(
        **dict.fromkeys(SERVICES.values(), downstream.url),
        EDGE_DRAIN_DELAY=str(DELAY),
        EDGE_GRACE=str(GRACE),
        EDGE_WORKERS=str(workers),
    )
    edge = Edge(environment, log=folder / "stderr")
    opened = []
    try:
        edge.wait_until_up()
        opened = [edge.connect() for _ in range(streams)]
        for connection in opened:
            connection.send(message("GET", EVENTS, _LINES))
            assert connection.receive().startswith(b"HTTP/1.1 200")
        load = Load(edge)
        load.start()
        time.sleep(1)
        told = time.monotonic()
        edge.process.send_signal(signal.SIGTERM)
        while edge.request("GET", "/readyz").status == 200:
            time.sleep(0.01)
        unready_after = time.monotonic() - told
        load.stop()
        code = edge.process.wait(DELAY + GRACE + 10)
        ended_after = time.monotonic() - told
        load.join()
        rests = [connection.read(limit=1, to_end=True) for connection in opened]
        broken = sum(rest.closed and b"0\r\n\r\n" not in rest.raw for rest in rests)
    finally:
        edge.process.kill()
        edge.process.wait()
        for connection in opened:
            connection.close()
        downstream.close()
    return Run(
        outcomes=load.outcomes,
        broken=broken,
        unready_after=unready_after,
        ended_after=ended_after,
        code=code,
    )


def _play(exchange: Exchange) -> None:
    if exchange.request.target.endswith(b"/events"):
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        exchange.send(b"Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 0\n\n\r\n")
        exchange.seconds_until_closed(60)
    else:
        time.sleep(random.random() * LONGEST)  # noqa: S311 - a load, no secret
        exchange.send(OK)


def main() -> int:
    """1 where anything was lost, looked whole, or took too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.draining", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    failed = 0
    for number in range(1, arguments.runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            got = run(Path(folder), streams=arguments.streams, workers=arguments.workers)
        good = is_good(got, streams=arguments.streams)
        failed += not good
        print(
            f"{number:3} {'ok' if good else 'FAILED':6} {dict(got.outcomes)} {got.broken} streams broken, "
            f"unready after {got.unready_after:.3f} s, ended after {got.ended_after:.3f} s, exit {got.code}",
            flush=True,
        )
    print(f"{arguments.runs - failed} of {arguments.runs} runs lost nothing and ended in time")
    return 1 if failed else 0


def is_good(got: Run, *, streams: int, room: float = 0.5) -> bool:
    """R7: nothing sent was lost, streams looked broken, the end came in the grace and `room` seconds."""
    return (
        set(got.outcomes) == {"answered"}
        and got.broken == streams
        and got.ended_after < DELAY + GRACE + room
        and got.code == 0
    )


if __name__ == "__main__":
    sys.exit(main())
