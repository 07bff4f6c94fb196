"""A cheap client: keep-alive connections of one event loop, requests as bytes, answers as bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

from tests.wire.client import Answer, answer_size

PATIENCE = 30.0
"""Seconds that an answer has."""


class Connection(asyncio.Protocol):
    """One connection to the edge; answers come in the order of the requests."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._raw = b""
        self._waiting: deque[tuple[bool, asyncio.Future[Answer]]] = deque()
        self.closed = False

    @classmethod
    async def open(cls, port: int) -> Connection:
        """A new connection to this port of the loopback."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._raw += data
        while self._waiting:
            bodiless, answer = self._waiting[0]
            size = answer_size(self._raw, bodiless=bodiless)
            if size is None:
                return
            raw, self._raw = self._raw[:size], self._raw[size:]
            self._waiting.popleft()
            if not answer.done():
                answer.set_result(Answer(raw, closed=False, seconds=0.0))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        for _, answer in self._waiting:
            if not answer.done():
                answer.set_result(Answer(self._raw, closed=True, seconds=0.0))
            self._raw = b""
        self._waiting.clear()

    async def ask(self, *requests: bytes) -> list[Answer]:
        """Sends these at once; an answer that did not come whole has `closed` set."""
        answers: list[asyncio.Future[Answer]] = []
        for request in requests:
            answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            self._waiting.append((request.startswith(b"HEAD "), answer))
            answers.append(answer)
        self.send(b"".join(requests))
        async with asyncio.timeout(PATIENCE):
            return [await answer for answer in answers]

    def send(self, data: bytes) -> None:
        """Bytes, whatever they are."""
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    def abort(self) -> None:
        """Ends the connection with what is left unsent."""
        if self._transport is not None:
            self._transport.abort()
