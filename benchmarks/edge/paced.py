"""A load at a fixed rate: every latency counts from when its request was due, not from when it was sent.

A request that finds no connection free waits for one, and its wait counts, so that a subject that stalls
cannot hide how many it kept waiting ("coordinated omission").
"""

from __future__ import annotations

import gc
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from benchmarks.edge.load import Aim, Load, UnexpectedAnswerError

_LATE = 10.0
"""Seconds after the last request was due in which answers may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """What came of it: requests per second as offered, latencies in seconds from when each was due.

    `sent_late` is the 99th percentile of how long after its time a request went out.
    """

    rate: float
    p50: float
    p99: float
    sent_late: float


@dataclass(slots=True, kw_only=True, eq=False)
class _Connection:
    """One request at a time; `due` is when the present one was."""

    socket: socket.socket
    due: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def fileno(self) -> int:
        return self.socket.fileno()

    def finished(self) -> bool:
        """Reads what is there; whether that was the end of the answer, which must be a 200."""
        content = self.socket.recv(65536)
        if not content:
            raise UnexpectedAnswerError("a connection was closed")
        self.received += content
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return False
        fields = bytes(self.received[:head]).lower()
        at = fields.find(b"\r\ncontent-length:")
        if not fields.startswith(b"http/1.1 200") or at < 0:
            raise UnexpectedAnswerError(f"at a fixed rate: {fields[:100]!r}")
        length = int(fields[at + 17 :].partition(b"\r\n")[0])
        if len(self.received) < head + 4 + length:
            return False
        self.received.clear()
        return True


def paced(aim: Aim, load: Load, *, rate: float, seconds: int, connections: int) -> Paced:
    """One round of `rate` requests per second, evenly; raises `UnexpectedAnswerError` as wrk's does."""
    requests = cycle(_requests(aim, load))
    count = int(rate * seconds)
    opened = [socket.create_connection(("127.0.0.1", aim.port)) for _ in range(connections)]
    free, busy = [_Connection(socket=one) for one in opened], set[_Connection]()
    latencies: list[float] = []
    lateness: list[float] = []
    gc.disable()
    try:
        begin = time.perf_counter() + 0.05
        end = begin + seconds + _LATE
        sent = 0
        while len(latencies) < count:
            now = time.perf_counter()
            if now > end:
                raise UnexpectedAnswerError(f"{count - len(latencies)} of {count} did not come")
            while sent < count and free and (due := begin + sent / rate) <= now:
                connection = free.pop()
                connection.due = due
                connection.socket.sendall(next(requests))
                lateness.append(now - due)
                busy.add(connection)
                sent += 1
            waits = free and sent < count
            patience = max(0.0, begin + sent / rate - time.perf_counter()) if waits else 1.0
            for connection in select.select(busy, (), (), patience)[0]:
                if connection.finished():
                    latencies.append(time.perf_counter() - connection.due)
                    busy.remove(connection)
                    free.append(connection)
    finally:
        gc.enable()
        for one in opened:
            one.close()
    return Paced(
        rate=rate,
        p50=_percentile(latencies, 0.50),
        p99=_percentile(latencies, 0.99),
        sent_late=_percentile(lateness, 0.99),
    )


def _requests(aim: Aim, load: Load) -> Sequence[bytes]:
    """One for each token, as wrk's script makes them."""
    head = f"{aim.case.method} {aim.path} HTTP/1.1\r\nHost: 127.0.0.1:{aim.port}\r\nAccept: */*\r\n"
    pairs = (line.split() for line in load.tokens.read_text(encoding="ascii").splitlines())
    return [
        f"{head}Authorization: Bearer {token}\r\nX-Correlation-ID: {user}\r\n\r\n".encode()
        for user, token in pairs
    ]


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
