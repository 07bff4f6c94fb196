"""Ends an answer whose client takes nothing of it any more: it would hold a connection for ever."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from proxygen.runtime.context import RequestContext
from proxygen.runtime.drain import Application, Receive, Scope, Send
from proxygen.runtime.kinds import Kind


class WriteLimit:
    """How long a client may take nothing of what is sent to it, in seconds; then its request is cancelled."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def around(self, application: Application) -> Application:
        """This application, its answers watched while a piece of one waits to be taken."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            watch = _Watch(self._seconds, scope, send)
            try:
                await application(scope, receive, watch.send)
            finally:
                watch.stop()

        return limited


class _Watch:
    """One request's answer. In one piece it starts no timer, otherwise one for all its pieces."""

    __slots__ = ("_loop", "_scope", "_seconds", "_send", "_since", "_task", "_timer")

    def __init__(self, seconds: float, scope: Scope, send: Send) -> None:
        self._seconds = seconds
        self._scope = scope
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Passes a message on, and notes since when it has waited to be taken."""
        if self._timer is None:
            if not message.get("more_body"):
                await self._send(message)
                return
            self._timer = self._loop.call_later(self._seconds, self._look)
        self._since = self._loop.time()
        try:
            await self._send(message)
        finally:
            self._since = None

    def stop(self) -> None:
        """The answer has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        waited = 0.0 if self._since is None else self._loop.time() - self._since
        if waited < self._seconds:
            self._timer = self._loop.call_later(self._seconds - waited, self._look)
        elif self._task is not None:
            RequestContext.of(self._scope).kind = Kind.CLIENT_STALLED
            self._task.cancel()
