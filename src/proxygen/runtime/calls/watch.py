"""Notices a client that goes away while the edge waits for a downstream, or sends on its behalf."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol

from proxygen.runtime.calls.patience import SECONDS, Patience
from proxygen.runtime.calls.upload import Upload

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


_NEAR: Final = 2 * SECONDS
"""Seconds to a deadline for which it is too late to set it when patience is lost."""


class Limit(Protocol):
    """A time that may be set."""

    def reschedule(self, when: float) -> None:
        """On the loop's clock."""
        ...


class ClientGoneError(Exception):
    """The client left before there was a head to send; nothing is answered."""


class ClientWatch:
    """Cancels the task that serves a client, once, when the client has gone; `gone` tells that it did.

    `loop` runs, `task` serves. Nobody looks before `Patience` is lost, nor while an upload reads the request
    body: its reader then learns of it.
    """

    __slots__ = (
        "_deadline",
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
        self._limit: Limit | None = None
        self._deadline = 0.0
        patience.begin(self)

    def bound(self, limit: Limit, deadline: float) -> None:
        """Sets the time at which an entered limit ends, on the loop's clock: now where it is near or patience
        is lost, else only when it is lost; `unbound` before the limit is left."""
        if not self.waits or deadline - self.loop.time() < _NEAR:
            limit.reschedule(deadline)
        else:
            self._limit, self._deadline = limit, deadline

    def unbound(self) -> None:
        """The limit is left; idempotent."""
        self._limit = None

    def lose_patience(self) -> None:
        """Most answers are there before this."""
        if self._limit is not None:
            self._limit.reschedule(self._deadline)
            self._limit = None
        if self._upload is None or self._upload.done:
            self.waits = False
            self._watcher = self.loop.create_task(self._look())
        else:
            self._patience.begin(self)

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
