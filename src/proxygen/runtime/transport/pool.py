"""The connections of one origin: at most so many, first come first served, idle ones closed in time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.connection import Connection, Owner
from proxygen.runtime.transport.seam import Limits, TransportError

Opener = Callable[[Owner, Limits], Awaitable[Connection]]
"""Opens one connection or raises a `TransportError`."""


class Pool:
    """A place is held by a connection that is opening, busy or idle, and handed on without a gap.

    A waiting request is given a connection, or (None) the place of one that has gone.
    """

    def __init__(self, opener: Opener, *, connections: int, keep_alive: float) -> None:
        self._opener = opener
        self._limit = connections
        self._keep_alive = keep_alive
        self._places = 0
        self._idle: deque[Connection] = deque()
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._reaper: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def places(self) -> int:
        """Connections that are opening, busy or idle."""
        return self._places

    @property
    def idle(self) -> int:
        """Connections that wait for a request."""
        return len(self._idle)

    def take(self) -> Connection | None:
        """The connection used last of those that wait for a request; None where none can be used."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_fresh():
                return connection
            connection.abort()
        return None

    async def acquire(self, limits: Limits) -> Connection:
        """A connection for one exchange: one that `take` finds, a new one, or the next that becomes free."""
        while not self._closed:
            connection = self.take()
            if connection is not None:
                return connection
            if self._places < self._limit:
                self._places += 1
            else:
                granted = await self._queue(limits.pool)
                if granted is not None:
                    if granted.closed:
                        continue
                    return granted
            return await self._open(limits)
        raise _closed()

    def release(self, connection: Connection) -> None:
        """Hands a free connection to who waits longest, or keeps it."""
        if self._closed:
            connection.close()
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._idle.append(connection)
        if self._reaper is None:
            self._reaper = asyncio.get_running_loop().call_later(self._keep_alive, self._reap)

    def gone(self, connection: Connection) -> None:
        """A connection has closed; called once for each."""
        if connection in self._idle:
            self._idle.remove(connection)
        if connection.counted:
            connection.counted = False
            self._vacate()

    def close(self) -> None:
        """Closes idle connections; busy ones close when they end."""
        self._closed = True
        if self._reaper is not None:
            self._reaper.cancel()
            self._reaper = None
        for connection in list(self._idle):
            connection.close()
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(_closed())

    async def _open(self, limits: Limits) -> Connection:
        try:
            connection = await self._opener(self, limits)
            if connection.closed:
                raise TransportError(
                    Kind.RESET_BEFORE_HEADERS, "the connection was closed at once", sent=False
                )
        except BaseException:
            self._vacate()
            raise
        connection.counted = True
        return connection

    async def _queue(self, seconds: float) -> Connection | None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(seconds, self._give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._give_back(waiter.result())
            raise
        finally:
            timer.cancel()

    def _give_up(self, waiter: asyncio.Future[Connection | None]) -> None:
        if not waiter.done():
            self._waiting.remove(waiter)
            waiter.set_exception(
                TransportError(
                    Kind.POOL_TIMEOUT, "every connection to the downstream is busy", sent=False
                )
            )

    def _give_back(self, granted: Connection | None) -> None:
        if granted is None:
            self._vacate()
        elif not granted.closed:
            self.release(granted)

    def _vacate(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._places -= 1

    def _reap(self) -> None:
        self._reaper = None
        loop = asyncio.get_running_loop()
        while self._idle:
            oldest = self._idle[0]
            left = oldest.idle_since + self._keep_alive - loop.time()
            if left > 0:
                self._reaper = loop.call_later(left, self._reap)
                return
            oldest.close()


def _closed() -> TransportError:
    return TransportError(Kind.DRAIN, "the edge is closing", sent=False)
