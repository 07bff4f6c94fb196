"""A cheap downstream: every request whole, with all of its header lines as they came, to one function."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import httptools


@dataclass(slots=True)
class Arrived:
    """One request as it came; names of `lines` in their own spelling."""

    method: bytes = b""
    target: bytes = b""
    lines: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def values(self, name: bytes) -> list[bytes]:
        """Values of the lines of this name, in lower case, whatever the case of theirs."""
        return [value for key, value in self.lines if key.lower() == name]


Answering = Callable[[Arrived], bytes]


class Receiver(asyncio.Protocol):
    """One connection of the edge's."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._request = Arrived()

    @staticmethod
    @asynccontextmanager
    async def listening(answering: Answering) -> AsyncIterator[int]:
        """Its port of the loopback, until the block ends."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(answering), "127.0.0.1", 0, backlog=1024)
        try:
            port: int = server.sockets[0].getsockname()[1]
            yield port
        finally:
            server.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            if self._transport is not None:
                self._transport.abort()

    def on_message_begin(self) -> None:
        self._request = Arrived()

    def on_url(self, url: bytes) -> None:
        self._request.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.lines.append((name, value))

    def on_body(self, body: bytes) -> None:
        self._request.body += body

    def on_message_complete(self) -> None:
        self._request.method = self._parser.get_method()
        if self._transport is not None:
            self._transport.write(self._answering(self._request))
