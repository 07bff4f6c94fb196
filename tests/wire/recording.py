"""A scripted downstream on a raw TCP socket: it records the bytes it gets and plays the bytes it is told.

    async with Recording.serving(answers(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")) as downstream:
        ...                                      # call 127.0.0.1:downstream.port
    assert downstream.connections[0].received == b"GET / HTTP/1.1..."

A script is an async function of one `Peer`; it runs once for each connection that comes in. When it
returns, the connection is closed. Nothing here parses more of HTTP than the end of a head.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager


class Peer:
    """One connection of a client: what it sent so far, and the means to answer."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.number = number
        """Position among the connections, from 0."""
        self.received = b""
        """All bytes that the script has read."""
        self.ended = asyncio.Event()
        """Set when the client has closed its side, as far as the script reads on."""
        self.gone = asyncio.Event()
        """Set when the script has ended."""
        self._reader = reader
        self._writer = writer

    async def read(self, limit: int = 65536) -> bytes:
        """The next bytes, recorded; b"" at the end."""
        try:
            data = await self._reader.read(limit)
        except ConnectionError:
            data = b""
        if not data:
            self.ended.set()
        self.received += data
        return data

    async def head(self) -> bytes:
        """Reads up to the end of the next request's head; b"" where the client closed before it."""
        try:
            data = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            data = error.partial if isinstance(error, asyncio.IncompleteReadError) else b""
            self.received += data
            self.ended.set()
            return b""
        self.received += data
        return data

    async def exactly(self, count: int) -> bytes:
        """Reads `count` bytes."""
        data = await self._reader.readexactly(count)
        self.received += data
        return data

    async def until(self, end: bytes) -> bytes:
        """Reads up to and with `end`."""
        data = await self._reader.readuntil(end)
        self.received += data
        return data

    async def to_end(self) -> bytes:
        """Reads until the client closes."""
        data = b""
        while part := await self.read():
            data += part
        return data

    async def play(self, *parts: bytes | float) -> None:
        """Writes bytes and waits for seconds, in order."""
        for part in parts:
            if isinstance(part, bytes):
                self._writer.write(part)
                await self._writer.drain()
            else:
                await asyncio.sleep(part)

    def reset(self) -> None:
        """Closes with RST, as a process that died does."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def close(self) -> None:
        """Closes with FIN."""
        self._writer.close()


Script = Callable[[Peer], Awaitable[None]]


class Recording:
    """The listening socket and every connection that it took."""

    def __init__(self) -> None:
        self.connections: list[Peer] = []
        self.open = 0
        """Connections whose script has not ended."""
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def received(self) -> bytes:
        """The recorded bytes of all connections, in the order of their connections."""
        return b"".join(peer.received for peer in self.connections)

    @classmethod
    @asynccontextmanager
    async def serving(
        cls, script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> AsyncIterator[Recording]:
        """Listens on a free port of the loopback until the block ends."""
        recording = cls()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await recording._play(script, reader, writer)

        server = await asyncio.start_server(connected, host, 0, ssl=tls)
        recording.port = server.sockets[0].getsockname()[1]
        try:
            yield recording
        finally:
            server.close()
            for task in list(recording._tasks):
                task.cancel()
            await asyncio.gather(*recording._tasks, return_exceptions=True)

    async def _play(
        self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        peer = Peer(len(self.connections), reader, writer)
        self.connections.append(peer)
        self.open += 1
        try:
            await script(peer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            self.open -= 1
            peer.gone.set()
            writer.close()
            if task is not None:
                self._tasks.discard(task)


def answers(*parts: bytes | float, keep_alive: bool = False) -> Script:
    """After each head, plays `parts`; then closes, or with `keep_alive` waits for the next head."""

    async def script(peer: Peer) -> None:
        while await peer.head():
            await peer.play(*parts)
            if not keep_alive:
                return

    return script


def silent() -> Script:
    """Takes the connection, reads, and never answers."""

    async def script(peer: Peer) -> None:
        await peer.to_end()

    return script


@contextmanager
def full_listener() -> Iterator[int]:
    """A port whose backlog is full: connects to it stay unanswered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(address)
            clients.append(client)
        yield address[1]
        for client in clients:
            client.close()
