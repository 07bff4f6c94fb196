"""Bodies that are read whole, each within a time that is only set once it has taken long."""

from __future__ import annotations

import asyncio

from proxygen.runtime.body.stream import ClientDisconnected, Receive, timed_out, too_large
from proxygen.runtime.calls.patience import SECONDS, Patience
from proxygen.runtime.deadline import Deadline


class _Reading:
    """One body on its way in, which has until `end` on the loop's clock."""

    __slots__ = ("_end", "_limit", "waits")

    def __init__(self, limit: Deadline, end: float) -> None:
        self.waits = True
        self._limit = limit
        self._end = end

    def lose_patience(self) -> None:
        """Sets the time."""
        self._limit.reschedule(self._end)


class WholeReader:
    """Reads the bodies of one operation; most are there at once, and cost no timer of their own."""

    __slots__ = ("_patience",)

    def __init__(self) -> None:
        self._patience: Patience | None = None

    async def read(self, receive: Receive, *, max_bytes: int, seconds: float) -> bytes:
        """The whole body; raises 413 as soon as it is longer, 408 where it does not end in time."""
        chunks: list[bytes] = []
        size = 0
        loop = asyncio.get_running_loop()
        limit = Deadline(loop, asyncio.current_task(loop))
        reading = _Reading(limit, loop.time() + seconds)
        if seconds > SECONDS:
            self._patience_of(loop).begin(reading)
        else:
            reading.lose_patience()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnected
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > max_bytes:
                    raise too_large()
                if not message.get("more_body", False):
                    return b"".join((*chunks, chunk)) if chunks else bytes(chunk)
                chunks.append(chunk)
        except asyncio.CancelledError:
            if not limit.end():
                raise
            raise await timed_out() from None
        finally:
            reading.waits = False
            limit.end()

    def _patience_of(self, loop: asyncio.AbstractEventLoop) -> Patience:
        """The running loop's, which is the same for as long as an application is served."""
        patience = self._patience
        if patience is None or patience.loop is not loop:
            patience = self._patience = Patience(loop)
        return patience
