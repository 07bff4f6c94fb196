"""R9: slow readers and slow writers cost memory that is counted, and nobody else's time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import statistics
import time
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.others import Others
from tests.soak.stage import MEGABYTE, Worker, served
from tests.wire.client import message
from tests.wire.conftest import SERVICES
from tests.wire.edge import Edge
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import bearer

SLOW: Final = "/bff/v1/teacher/slow"
WINDOWS: Final = 7
MANY: Final = 100
"""Slow clients from which on the others are timed in more than one window."""
READS: Final = 0.1
WRITES: Final = 1.0
"""Seconds between two pieces of a slow reader, of a slow writer."""
TICK: Final = 0.01
"""Seconds between two groups of slow clients; loops have no timers below a millisecond."""
FILLING: Final = 90.0
"""Seconds at most in which the kernel's buffers fill, as fast as the edge can; then slow clients are slow."""
FULL: Final = 8 * MEGABYTE
"""Bytes of a second from a downstream below which they are full."""
PIECE: Final = 1024
"""Bytes of one piece: 10 kB and 1 kB a second."""
GIGABYTE: Final = 1024 * MEGABYTE
_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE


class Gigabytes:
    """To a reader a body without end as far as anybody waits for it; of a writer it takes what comes."""

    def __init__(self) -> None:
        self._sent = 0

    async def play(self, peer: Peer) -> None:
        """One request; a client that leaves ends it."""
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
                self._sent += len(piece)

    async def slow(self, limit: float) -> None:
        """Returns when no more is sent than is read, or after these seconds."""
        until = time.monotonic() + limit
        await asyncio.sleep(1)
        before = 0
        while self._sent - before > FULL and time.monotonic() < until:
            before = self._sent
            await asyncio.sleep(1)


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
        """A few at a time: clients that do not know each other are in no step."""
        piece = b"y" * PIECE
        pace = WRITES if self._writing else READS
        at_a_time = max(1, round(self._count * TICK / pace))
        for number, client in enumerate(itertools.cycle(self._sockets), 1):
            with contextlib.suppress(BlockingIOError):
                _ = client.send(piece) if self._writing else client.recv(PIECE)
            if number % at_a_time == 0:
                await asyncio.sleep(TICK)

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


async def run(count: int, progress: Progress) -> Outcome:
    """`count` slow readers, then as many slow writers; memory of each, and the others' p99 beside them."""
    windows = WINDOWS if count >= MANY else 1
    settings = {
        "EDGE_SERVICES__BFF_TEACHER__CONNECTIONS": str(2 * count),
        "EDGE_LIMITS__UPLOAD_BYTES": str(GIGABYTE),
    }
    figures: list[Figure] = []
    gigabytes = Gigabytes()
    async with Recording.serving(gigabytes.play) as slow:
        with Others() as others:
            ports = dict.fromkeys(SERVICES, others.port) | {"bff_teacher": slow.port}
            async with served(ports, **settings) as edge:
                await others.p99(edge.port)
                for kind, writing in (("readers", False), ("writers", True)):
                    beside = _Beside(edge, others, count, writing=writing)
                    await beside.look(gigabytes, windows)
                    figures += beside.figures(kind)
                    progress(count if writing else count // 2)
    return Outcome(figures=tuple(figures))


class _Beside:
    """Windows of the others alone, and beside slow clients."""

    def __init__(self, edge: Edge, others: Others, count: int, *, writing: bool) -> None:
        self._edge = edge
        self._others = others
        self._count = count
        self._writing = writing
        self._worker = Worker(edge)
        self._before = self._most = self._worker.memory
        self._alive = count
        self._alone: list[float] = []
        self._with_them: list[float] = []

    async def look(self, gigabytes: Gigabytes, windows: int) -> None:
        """So many windows alone, beside them, and alone again."""
        await self._time(self._alone, windows)
        clients = SlowClients(self._edge.port, self._count, writing=self._writing)
        async with clients:
            await gigabytes.slow(FILLING if windows > 1 else 2)
            await self._time(self._with_them, windows)
            self._most = self._worker.memory
            self._alive = clients.alive()
        await asyncio.sleep(1)
        await self._time(self._alone, windows)

    async def _time(self, times: list[float], windows: int) -> None:
        times.extend([await self._others.p99(self._edge.port) for _ in range(windows)])

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
