"""R9: slow readers and slow writers cost memory that is counted, and nobody else's time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import time
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.receiver import Arrived, Receiver
from tests.soak.stage import MEGABYTE, Worker, served
from tests.wire.client import message
from tests.wire.conftest import SERVICES
from tests.wire.edge import Edge
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import bearer

SLOW: Final = "/bff/v1/teacher/slow"
QUICK: Final = "/v1/classes/9a-2026"
WINDOW: Final = 2.0
"""Seconds for which the others are timed at a time."""
WINDOWS: Final = 7
MANY: Final = 100
"""Slow clients from which on the others are timed in more than one window."""
OTHERS: Final = 4
"""Connections of the others."""
PACE: Final = 0.1
"""Seconds between two pieces of a slow client."""
PIECE: Final = 1024
"""Bytes of one piece: 10 KB/s."""
GIGABYTE: Final = 1024 * MEGABYTE
_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE


async def _gigabyte(peer: Peer) -> None:
    """To a reader a body without end as far as anybody waits for it; of a writer it takes what comes."""
    request = await peer.head()
    if request.startswith(b"PUT"):
        while await peer.read():
            peer.received = b""
        return
    await peer.play(_LENGTH)
    piece = b"x" * 65536
    with contextlib.suppress(ConnectionError):
        for _ in range(GIGABYTE // len(piece)):
            await peer.play(piece)


def _quick(_: Arrived) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class SlowClients:
    """Clients of one kind that take or give a kilobyte at a time."""

    def __init__(self, port: int, count: int, *, writing: bool) -> None:
        self._port = port
        self._count = count
        self._writing = writing
        self._sockets: list[socket.socket] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        lines = [bearer(exp=4e9)]
        if self._writing:
            lines.append(f"Content-Length: {GIGABYTE}")
        request = message("PUT" if self._writing else "GET", SLOW, lines)
        loop = asyncio.get_running_loop()
        for _ in range(self._count):
            client = socket.socket()
            # What the kernel holds is no memory of the edge's, and would hide for long who is slow.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", self._port))
            await loop.sock_sendall(client, request)
            self._sockets.append(client)
        self._task = asyncio.create_task(self._go_on())

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
        for client in self._sockets:
            client.close()

    async def _go_on(self) -> None:
        piece = b"y" * PIECE
        while True:
            for client in self._sockets:
                try:
                    _ = client.send(piece) if self._writing else client.recv(PIECE)
                except BlockingIOError:
                    continue
            await asyncio.sleep(PACE)

    def alive(self) -> int:
        """How many the edge has not closed."""
        return sum(_is_open(client) for client in self._sockets)


def _is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


async def _others(port: int) -> list[float]:
    """Seconds of each request of clients in no hurry of their own, for one window."""
    seconds: list[float] = []
    request = message("GET", QUICK, [bearer()])
    until = time.monotonic() + WINDOW

    async def ask() -> None:
        connection = await Connection.open(port)
        while time.monotonic() < until:
            started = time.perf_counter()
            (answer,) = await connection.ask(request)
            seconds.append(time.perf_counter() - started)
            assert answer.status == 200, answer.head
            await asyncio.sleep(0.002)
        connection.abort()

    await asyncio.gather(*(ask() for _ in range(OTHERS)))
    return seconds


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


async def run(count: int, progress: Progress) -> Outcome:
    """`count` slow readers, then as many slow writers; memory of each, and the others' p99 beside them."""
    windows = WINDOWS if count >= MANY else 1
    settings = {
        "EDGE_SERVICES__BFF_TEACHER__CONNECTIONS": str(2 * count),
        "EDGE_LIMITS__UPLOAD_BYTES": str(GIGABYTE),
    }
    figures: list[Figure] = []
    async with Recording.serving(_gigabyte) as slow, Receiver.listening(_quick) as quick:
        ports = dict.fromkeys(SERVICES, quick) | {"bff_teacher": slow.port}
        async with served(ports, **settings) as edge:
            await _others(edge.port)
            for kind, writing in (("readers", False), ("writers", True)):
                beside = _Beside(edge, count, writing=writing)
                for _ in range(windows):
                    await beside.look()
                figures += beside.figures(kind)
                progress(count if writing else count // 2)
    return Outcome(figures=tuple(figures))


class _Beside:
    """Windows of the others alone, and beside slow clients, in turns."""

    def __init__(self, edge: Edge, count: int, *, writing: bool) -> None:
        self._edge = edge
        self._count = count
        self._writing = writing
        self._worker = Worker(edge)
        self._before = self._most = self._worker.memory
        self._alive = count
        self._alone: list[float] = []
        self._with_them: list[float] = []

    async def look(self) -> None:
        """One window of each."""
        self._alone.append(_p99(await _others(self._edge.port)))
        clients = SlowClients(self._edge.port, self._count, writing=self._writing)
        async with clients:
            await asyncio.sleep(1)
            self._with_them.append(_p99(await _others(self._edge.port)))
            self._most = max(self._most, self._worker.memory)
            self._alive = min(self._alive, clients.alive())
        await asyncio.sleep(0.5)

    def figures(self, kind: str) -> list[Figure]:
        """What was seen in all windows; times by their medians."""
        times = statistics.median(self._with_them) / statistics.median(self._alone)
        each = (self._most - self._before) / MEGABYTE / self._count
        return [
            Figure(
                what=f"slow {kind} served at once",
                measured=self._alive,
                limit=self._count,
                least=True,
            ),
            Figure(
                what=f"memory for each of the slow {kind}",
                measured=round(each, 2),
                limit=1,
                unit="MB",
            ),
            Figure(
                what=f"p99 of others beside the slow {kind}, to theirs alone",
                measured=round(times, 2),
                limit=1.2,
                at_rest=True,
            ),
        ]
