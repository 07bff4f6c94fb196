"""Notices a client that goes away while the edge waits for a downstream, or sends on its behalf."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from proxygen.runtime.calls.patience import SECONDS, Patience
from proxygen.runtime.calls.upload import Upload
from proxygen.runtime.deadline import Deadline

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


_NEAR: Final = 2 * SECONDS
"""Seconds to a deadline for which it is too late to set it when patience is lost."""


class ClientGoneError(Exception):
    """The client left before there was a head to send; nothing is answered."""


class ClientWatch:
    """Cancels the task that serves a client, once, when the client has gone; `gone` tells that it did.

    `loop` runs, `task` serves. Nobody looks before `Patience` is lost, nor while an upload reads the request
    body: its reader then learns of it.
    """

    __slots__ = (
        "_due",
        "_limit",
        "_patience",
        "_receive",
        "_upload",
        "_watcher",
        "gone",
        "loop",
        "task",
        "waits",
    )

    def __init__(self, receive: Receive, upload: Upload | None, patience: Patience) -> None:
        self.gone = False
        self.waits = True
        self._receive: Receive | None = receive
        self._upload = upload
        self._patience = patience
        loop = self.loop = patience.loop
        self.task = asyncio.current_task(loop)
        self._watcher: asyncio.Task[None] | None = None
        self._limit: Deadline | None = None
        self._due: float | None = None
        patience.begin(self)

    def bound(self, when: float) -> None:
        """Until `unbound`, the task is cancelled at this time, on the loop's clock: it is set now where it is
        near or patience is lost, else only when it is lost."""
        if self.waits and when - self.loop.time() >= _NEAR:
            self._due = when
        else:
            self._set(when)

    def unbound(self) -> bool:
        """Whether a `CancelledError` that has come was the time's, and nobody else's; it is then taken back.

        The task is not cancelled from now on; idempotent.
        """
        self._due = None
        limit, self._limit = self._limit, None
        return limit is not None and limit.end()

    def lose_patience(self) -> None:
        """Most answers are there before this."""
        if self._due is not None:
            self._set(self._due)
        if self._upload is None or self._upload.done:
            self.waits = False
            self._watcher = self.loop.create_task(self._look())
        else:
            self._patience.begin(self)

    def _set(self, when: float) -> None:
        self._due = None
        if self._limit is None:
            self._limit = Deadline(self.loop, self.task)
        self._limit.reschedule(when)

    async def _look(self) -> None:
        while self._receive is not None:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                if self.task is not None:
                    self.gone = True
                    self.task.cancel()
                return

    def stop(self) -> None:
        """Ends the watch; idempotent."""
        self.waits = False
        self._receive = None
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def settle(self) -> None:
        """Ends the watch and takes back its cancellation, which then disturbs nothing that follows."""
        self.stop()
        if not self.gone or self.task is None:
            return
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self.task.cancelling() > 1:
                raise
        if self.task.cancelling():
            self.task.uncancel()
