"""One request and its answer on one connection: the body goes up while the answer comes down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.connection import Connection
from proxygen.runtime.transport.h1 import Answer
from proxygen.runtime.transport.seam import HeaderList, Outbound, TransportError, idle_of

_AT_ONCE = 64 * 1024
"""Bytes of a body that go out in one write."""
_GRACE = 1.0
"""Seconds that a cancelled request body has to end."""


class Exchange:
    """An `Inbound`. The connection goes back to its owner as soon as both directions are complete."""

    __slots__ = (
        "_connection",
        "_failure",
        "_loop",
        "_request",
        "_up_failure",
        "_upload",
        "_uploaded",
        "_waiter",
        "answer",
    )

    def __init__(self, connection: Connection, request: Outbound) -> None:
        self.answer = Answer(head_only=request.method == "HEAD")
        self._request = request
        self._connection: Connection | None = connection
        self._loop = connection.loop
        self._failure: TransportError | None = None
        self._up_failure: BaseException | None = None
        self._upload: asyncio.Task[None] | None = None
        self._uploaded = False
        self._waiter: asyncio.Future[None] | None = None
        connection.lend(self)

    @property
    def status(self) -> int:
        """Of the final answer."""
        return self.answer.status

    @property
    def headers(self) -> HeaderList:
        """As received."""
        return self.answer.headers

    @property
    def at_hand(self) -> bool:
        """Whether the next of `chunks`, or their end, is there without waiting."""
        return self.answer.complete or bool(self.answer.pieces)

    def begin(self, head: bytes) -> None:
        """Sends the head, and as much of the body as goes out at once; a task sends the rest."""
        connection, body = self._connection, self._request.body
        if connection is None:
            raise RuntimeError("an exchange begins once")
        if body is None:
            connection.write(head)
        elif isinstance(body, bytes) and len(body) <= _AT_ONCE:
            connection.write(head + body)
        else:
            connection.write(head)
            self._begin_upload(connection, body)
            return
        self._uploaded = True
        connection.expect(self._request.limits.read, Kind.READ_TIMEOUT)

    def news(self) -> asyncio.Future[None]:
        """Is done when something has come; raises what has failed."""
        if self._failure is not None or self._up_failure is not None:
            self._raise_failure()
        waiter = self._waiter = self._loop.create_future()
        return waiter

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; what came in the meantime is one chunk.

        No generator, which an event loop would keep a list of.
        """
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        answer = self.answer
        pieces = answer.pieces
        while not pieces:
            if answer.complete:
                raise StopAsyncIteration
            await self._more()
        if len(pieces) == 1:
            chunk = pieces.popleft()
        else:
            chunk = b"".join(pieces)
            pieces.clear()
        answer.buffered = 0
        if self._connection is not None:
            self._connection.read_on()
        return chunk

    async def _more(self) -> None:
        """Waits for something of the body, for as long as it may be silent."""
        try:
            waiter = self.news()
            if self._connection is not None:
                idle = idle_of(self._request.limits, self.answer.headers)
                if idle is not None:
                    self._connection.expect(idle, Kind.BODY_TIMEOUT)
            await waiter
        except (TransportError, asyncio.CancelledError):
            self._abandon()
            raise

    async def aclose(self) -> None:
        """Frees the connection."""
        if self._connection is not None:
            self._abandon()
        upload = self._upload
        if upload is not None and not upload.done():
            upload.cancel()
            await asyncio.wait({upload}, timeout=_GRACE)

    def advanced(self) -> None:
        """Bytes have been read, or the end."""
        answer, connection = self.answer, self._connection
        if not answer.status:
            return
        if answer.complete:
            self._connection = None
            if connection is not None:
                connection.finish(reusable=answer.reusable and self._uploaded)
            if not self._uploaded:
                self._stop_upload()
        elif connection is not None:
            connection.settle()
            if answer.status >= 400:
                self._stop_upload()
        self._wake()

    def failed(self, failure: TransportError) -> None:
        """The connection is lost to this exchange."""
        self.answer.drop()
        self._connection = None
        self._failure = failure
        self._stop_upload()
        self._wake()

    def _stop_upload(self) -> None:
        # The downstream has made up its mind without the rest of the body (RFC 9112, 9.5).
        if self._upload is not None and not self._uploaded:
            self._upload.cancel()

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self.answer.drop()
            connection.abort()
            if self._failure is None:
                self._failure = TransportError(Kind.BODY_TRUNCATED, "the answer was given up")
        self._stop_upload()
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _raise_failure(self) -> None:
        if self._up_failure is not None:
            if self.answer.status:
                raise TransportError(
                    Kind.BODY_TRUNCATED, "the request body failed"
                ) from self._up_failure
            raise self._up_failure
        if self._failure is not None:
            raise self._failure

    def _begin_upload(self, connection: Connection, body: bytes | AsyncIterator[bytes]) -> None:
        if isinstance(body, bytes):
            upload = self._send(connection, _slices(body), len(body))
        else:
            upload = self._send(connection, body, self._request.length)
        self._upload = self._loop.create_task(upload)
        released = self._request.released
        if released is not None:
            # Not in the task: one that is cancelled before its first step runs no line of it.
            self._upload.add_done_callback(lambda _: released())

    async def _send(
        self, connection: Connection, chunks: AsyncIterator[bytes], length: int | None
    ) -> None:
        left, limits = length, self._request.limits
        try:
            async for chunk in chunks:
                if not chunk:
                    continue
                if left is None:
                    connection.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
                else:
                    left -= len(chunk)
                    if left < 0:
                        raise _mismatch()
                    self._uploaded = left == 0
                    connection.write(chunk)
                await connection.drain(limits.write)
            if left is None:
                self._uploaded = True
                connection.write(b"0\r\n\r\n")
                await connection.drain(limits.write)
            elif left:
                raise _mismatch()
            self._uploaded = True
        except asyncio.CancelledError:
            if not self.answer.status:
                self._abandon()
            raise
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the answer
            self._up_failure = error
            self._uploaded = False
            self._upload = None
            self._abandon()
            return
        if not self.answer.status and self._connection is not None:
            connection.expect(limits.read, Kind.READ_TIMEOUT)


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _AT_ONCE):
        yield body[start : start + _AT_ONCE]


def _mismatch() -> TransportError:
    return TransportError(Kind.PROXY_ERROR, "the request body is not as long as it was said to be")
