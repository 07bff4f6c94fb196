"""W112, W130: a body of any size goes up, and comes down, through the memory of a chunk."""

from __future__ import annotations

import asyncio
import gzip
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.stage import MEGABYTE, Worker, served
from tests.wire.client import message
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import bearer

PATH: Final = "/bff/v1/teacher/large"
BOMB: Final = 10 * MEGABYTE
"""Bytes of the gzip bomb on the wire; a thousand times as many if somebody decodes it."""
_PIECE = b"z" * 65536
_MEMBER = gzip.compress(bytes(10 * MEGABYTE))
"""A gzip stream may have any number of such members (RFC 1952, 2.2)."""


class Downstream:
    """Sends bodies of `size` bytes, and counts those of an upload."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.taken = 0

    async def play(self, peer: Peer) -> None:
        """Takes an upload whole, or sends what the target names."""
        request = await peer.head()
        if request.startswith(b"PUT"):
            while self.taken < self._size:
                self.taken += len(await peer.read(1 << 20))
                peer.received = b""
            await peer.play(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        elif b"/bomb " in request:
            await _send(peer, _MEMBER, BOMB, "Content-Encoding: gzip\r\n")
        elif b"/big " in request:
            await _send(peer, _PIECE, self._size)
        elif request:
            await _send(peer, b"small", 5)


async def _send(peer: Peer, piece: bytes, size: int, lines: str = "") -> None:
    count = -(-size // len(piece))
    head = f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {count * len(piece)}\r\n\r\n"
    await peer.play(head.encode())
    for _ in range(count):
        await peer.play(piece)


async def run(count: int, progress: Progress) -> Outcome:
    """`count` megabytes up, as many down, and a gzip bomb; the worker's memory at its highest in each."""
    size = count * MEGABYTE
    downstream = Downstream(size)
    async with (
        Recording.serving(downstream.play) as recording,
        served(recording.port, EDGE_LIMITS__UPLOAD_BYTES=str(size)) as edge,
    ):
        worker = Worker(edge)
        await _download(edge.port, "/small")
        growth: dict[str, float] = {}
        moved: dict[str, int] = {}
        for name, work in (
            ("up", _upload(edge.port, size)),
            ("down", _download(edge.port, "/big")),
            ("of a gzip bomb", _download(edge.port, "/bomb")),
        ):
            before = most = worker.memory
            task = asyncio.create_task(work)
            while not task.done():
                most = max(most, worker.memory)
                await asyncio.sleep(0.02)
            moved[name] = await task
            growth[name] = round((most - before) / MEGABYTE, 1)
            progress(count * len(moved) // 3)
    return Outcome(
        figures=(
            Figure(
                what="megabytes sent up",
                measured=downstream.taken // MEGABYTE,
                limit=count,
                unit="MB",
                least=True,
            ),
            Figure(what="memory more meanwhile", measured=growth["up"], limit=20, unit="MB"),
            Figure(
                what="megabytes brought down",
                measured=moved["down"] // MEGABYTE,
                limit=count,
                unit="MB",
                least=True,
            ),
            Figure(what="memory more meanwhile", measured=growth["down"], limit=20, unit="MB"),
            Figure(
                what="megabytes of a gzip bomb passed on undecoded",
                measured=moved["of a gzip bomb"] // MEGABYTE,
                limit=10,
                unit="MB",
                least=True,
            ),
            Figure(
                what="memory more meanwhile", measured=growth["of a gzip bomb"], limit=5, unit="MB"
            ),
        )
    )


async def _upload(port: int, size: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(message("PUT", PATH, [bearer(), f"Content-Length: {size}"]))
    for _ in range(size // len(_PIECE)):
        writer.write(_PIECE)
        await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return size if head.startswith(b"HTTP/1.1 200") else 0


async def _download(port: int, name: str) -> int:
    """Bytes of the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(message("GET", PATH + name, [bearer(), "Connection: close"]))
    head = await reader.readuntil(b"\r\n\r\n")
    size = 0
    while data := await reader.read(1 << 20):
        size += len(data)
    writer.close()
    return size if head.startswith(b"HTTP/1.1 200") else 0
