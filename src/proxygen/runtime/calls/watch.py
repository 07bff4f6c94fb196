"""Notices a client that goes away while the edge waits for a downstream, or sends on its behalf."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

PATIENCE = 0.1
"""Seconds before anybody looks: most answers are there by then and cost no second task."""


class ClientGoneError(Exception):
    """The client left before there was a head to send; nothing is answered."""


class ClientWatch:
    """Cancels the task that serves a client, once, when the client has gone; `gone` tells that it did.

    `may_look` is False while somebody else reads the request body, who then learns of it there.
    """

    __slots__ = ("_loop", "_may_look", "_receive", "_task", "_timer", "_watcher", "gone")

    def __init__(self, receive: Receive, may_look: Callable[[], bool]) -> None:
        self.gone = False
        self._receive = receive
        self._may_look = may_look
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._watcher: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(PATIENCE, self._begin)

    def _begin(self) -> None:
        if self._may_look():
            self._timer = None
            self._watcher = self._loop.create_task(self._look())
        else:
            self._timer = self._loop.call_later(PATIENCE, self._begin)

    async def _look(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                if self._task is not None:
                    self.gone = True
                    self._task.cancel()
                return

    def stop(self) -> None:
        """Ends the watch; idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def settle(self) -> None:
        """Ends the watch and takes back its cancellation, which then disturbs nothing that follows."""
        self.stop()
        if not self.gone or self._task is None:
            return
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self._task.cancelling() > 1:
                raise
        if self._task.cancelling():
            self._task.uncancel()
