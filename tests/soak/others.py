"""Clients in no hurry and their service, in a process of their own: only the edge delays them."""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Final, Self

import uvloop

from tests.soak.load import Connection
from tests.soak.receiver import Arrived, Receiver
from tests.wire.client import message
from tests.wire.tokens import bearer

TARGET: Final = "/v1/classes/9a-2026"
WINDOW: Final = 2.0
"""Seconds for which they are timed at a time."""
CLIENTS: Final = 4
PAUSE: Final = 0.002
"""Seconds between the requests of one."""


class Others:
    """`port` is their service's; `p99` asks the edge for one window."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._process.start()
        self.port = int(self._pipe.recv())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.join()

    async def p99(self, edge: int) -> float:
        """Seconds within which 99 of 100 requests to the edge at this port were answered."""
        self._pipe.send(edge)
        seconds: list[float] = await asyncio.to_thread(self._pipe.recv)
        return statistics.quantiles(seconds, n=100)[98]


def _serve(pipe: Pipe) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_windows(pipe))


async def _windows(pipe: Pipe) -> None:
    async with Receiver.listening(_answer) as port:
        pipe.send(port)
        while True:
            pipe.send(await _window(await asyncio.to_thread(pipe.recv)))


def _answer(_: Arrived) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def _window(port: int) -> list[float]:
    """Seconds of each request."""
    seconds: list[float] = []
    request = message("GET", TARGET, [bearer()])
    until = time.monotonic() + WINDOW

    async def ask() -> None:
        connection = await Connection.open(port)
        while time.monotonic() < until:
            started = time.perf_counter()
            (answer,) = await connection.ask(request)
            seconds.append(time.perf_counter() - started)
            assert answer.status == 200, answer.head
            await asyncio.sleep(PAUSE)
        connection.abort()

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return seconds
