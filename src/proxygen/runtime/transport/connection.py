"""One connection to a downstream: bytes to and from a socket, one deadline, one exchange at a time."""

from __future__ import annotations

import asyncio
import select
import ssl
from typing import TYPE_CHECKING, Protocol, cast

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.h1 import WireError
from proxygen.runtime.transport.seam import TransportError

if TYPE_CHECKING:
    from proxygen.runtime.transport.exchange import Exchange

HIGH_WATER = 64 * 1024
"""Bytes of an answer that may wait for their reader before the socket is no longer read."""
_LOOKED_AT = 0.25
"""Seconds of idleness after which a connection is looked at before it is used again."""
_TICK = 0.001


class Owner(Protocol):
    """Who lends connections out."""

    def release(self, connection: Connection) -> None:
        """The connection is free for another exchange."""

    def gone(self, connection: Connection) -> None:
        """The connection is closed; its place is free."""


class Connection(asyncio.Protocol):
    """Tells its exchange what came, and its owner when it is free or gone."""

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self.closed = False
        self.served = 0
        """Exchanges completed."""
        self.counted = False
        """Whether it holds a place of its owner."""
        self.idle_since = 0.0
        self._owner = owner
        self.loop = loop
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._reading = True
        self._deadline = 0.0
        self._deadline_kind = Kind.READ_TIMEOUT
        self._timer: asyncio.TimerHandle | None = None
        self._drained: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket (and TLS) is there."""
        # uvloop's transports have the interface without being subclasses of it.
        self._transport = cast(asyncio.Transport, transport)

    # An exchange's side.

    def lend(self, exchange: Exchange) -> None:
        """From now on, what comes belongs to this exchange."""
        self._exchange = exchange

    def write(self, data: bytes | memoryview) -> None:
        """Hands bytes to the socket; `drain` waits until it has taken enough of them."""
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    async def drain(self, seconds: float) -> None:
        """Waits while the socket takes no more; fails the exchange after these seconds."""
        if self._drained is None:
            return
        timer = self.loop.call_later(
            seconds, self.fail, Kind.WRITE_TIMEOUT, "the downstream takes no more bytes"
        )
        try:
            await self._drained
        finally:
            timer.cancel()

    def expect(self, seconds: float, kind: Kind) -> None:
        """Fails the exchange with `kind` unless `settle` is called in time.

        One timer serves many deadlines: it is only moved where the new one is earlier.
        """
        self._deadline_kind = kind
        deadline = self._deadline = self.loop.time() + seconds
        timer = self._timer
        if timer is None:
            self._timer = self.loop.call_at(deadline, self._tick)
        elif timer.when() > deadline:
            timer.cancel()
            self._timer = self.loop.call_at(deadline, self._tick)

    def settle(self) -> None:
        """The deadline is met."""
        self._deadline = 0.0

    def read_on(self) -> None:
        """The reader has room again."""
        if not self._reading and self._transport is not None and not self.closed:
            self._reading = True
            self._transport.resume_reading()

    def finish(self, *, reusable: bool) -> None:
        """The exchange is over."""
        self._exchange = None
        self._deadline = 0.0
        self.served += 1
        if not reusable or self.closed or not self._reading or self._drained is not None:
            self.abort()
            return
        self.idle_since = self.loop.time()
        self._owner.release(self)

    def abort(self) -> None:
        """Closes at once, whatever is under way."""
        self._close(graceful=False)

    def close(self) -> None:
        """Closes an idle connection, in TLS with its goodbye."""
        self._close(graceful=True)

    def is_fresh(self) -> bool:
        """Whether an idle connection may be used: open, and after a while without news on its socket."""
        if self.closed or self._transport is None or self._transport.is_closing():
            return False
        if self.loop.time() - self.idle_since < _LOOKED_AT:
            return True
        sock = self._transport.get_extra_info("socket")
        if sock is None:
            return True
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return not poll.poll(0)

    # The event loop's side.

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer; without an exchange they have no place, and the connection is not trusted."""
        exchange = self._exchange
        if exchange is None:
            self.abort()
            return
        answer = exchange.answer
        try:
            answer.feed(data)
        except WireError as error:
            self.fail(error.kind, error.detail)
            return
        if answer.buffered > HIGH_WATER and not answer.complete and self._transport is not None:
            self._reading = False
            self._transport.pause_reading()
        exchange.advanced()

    def eof_received(self) -> None:
        """The downstream has closed its side: the end of an answer that lasts until then, else a break."""
        exchange = self._exchange
        if exchange is None:
            self.abort()
            return
        try:
            exchange.answer.end()
        except WireError as error:
            self.fail(error.kind, error.detail)
            return
        exchange.advanced()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        if self._exchange is not None:
            if isinstance(exc, ssl.SSLError) and not self._exchange.answer.started:
                # TLS 1.3: the downstream looks at the edge's certificate when the handshake is over here.
                self.fail(Kind.TLS, "TLS with the downstream failed")
            elif self._exchange.answer.status:
                self.fail(Kind.BODY_TRUNCATED, "the connection was reset within the body")
            else:
                self.fail(Kind.RESET_BEFORE_HEADERS, "the connection was reset before a head")
        self._close(graceful=False)

    def pause_writing(self) -> None:
        """The socket takes no more."""
        if self._drained is None:
            self._drained = self.loop.create_future()

    def resume_writing(self) -> None:
        """The socket takes more."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def fail(self, kind: Kind, detail: str) -> None:
        """Ends the exchange with this error, and the connection."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            stale = self.served > 0 and not exchange.answer.started
            exchange.failed(TransportError(kind, detail, reused=stale))
        self._close(graceful=False)

    def _tick(self) -> None:
        self._timer = None
        deadline = self._deadline
        if not deadline or self.closed:
            return
        if self.loop.time() + _TICK >= deadline:
            self.fail(self._deadline_kind, "the downstream was silent for too long")
        else:
            self._timer = self.loop.call_at(deadline, self._tick)

    def _close(self, *, graceful: bool) -> None:
        if self.closed:
            return
        self.closed = True
        self._exchange = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.resume_writing()
        if self._transport is not None:
            if graceful:
                self._transport.close()
            else:
                self._transport.abort()
        self._owner.gone(self)
