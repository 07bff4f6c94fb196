"""Ends an answer whose client takes nothing of it any more: it would hold a connection for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, MutableMapping
from typing import Any, Final

from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind
from proxygen.runtime.server.drain import Application, Receive, Scope, Send

_LOOKS: Final = 10
"""How often within the limit somebody looks: an answer is cut by a tenth of it late at most."""


class WriteLimit:
    """How long a client may take nothing of what is sent to it, in seconds; then its request is cancelled.

    One timer for a worker's answers in several pieces; one in one piece is sent as if nobody watched.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: set[_Watch] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def around(self, application: Application) -> Application:
        """This application, its answers watched while a piece of one waits to be taken."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                self._loop = asyncio.get_running_loop()
                await application(scope, receive, send)
                return
            watch: _Watch | None = None
            task = asyncio.current_task(self._loop)

            def watched(message: MutableMapping[str, Any]) -> Awaitable[None]:
                nonlocal watch
                if watch is None:
                    if task is None or not message.get("more_body"):
                        return send(message)
                    watch = _Watch(scope, send, task)
                    self._begin(watch)
                return watch.send(message)

            try:
                await application(scope, receive, watched)
            finally:
                if watch is not None:
                    self._open.discard(watch)

        return limited

    def _begin(self, watch: _Watch) -> None:
        self._open.add(watch)
        if self._timer is None:
            self._look_later()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds / _LOOKS, self._look)

    def _look(self) -> None:
        """At all that is open; nobody looks again where nothing is."""
        self._timer = None
        started = asyncio.get_running_loop().time() - self._seconds
        for watch in tuple(self._open):
            if watch.since is not None and watch.since <= started:
                self._open.discard(watch)
                watch.cut()
        if self._open:
            self._look_later()


class _Watch:
    """One answer in several pieces: since when, on the loop's clock, a piece of it has waited to be taken."""

    __slots__ = ("_loop", "_scope", "_send", "_task", "since")

    def __init__(self, scope: Scope, send: Send, task: asyncio.Task[Any]) -> None:
        self.since: float | None = None
        self._scope = scope
        self._send = send
        self._task = task
        self._loop = asyncio.get_running_loop()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Passes a message on."""
        self.since = self._loop.time()
        try:
            await self._send(message)
        finally:
            self.since = None

    def cut(self) -> None:
        """Abandons the request: the server closes its connection without a final chunk (RFC 9112, 8)."""
        RequestContext.of(self._scope).kind = Kind.CLIENT_STALLED
        self._task.cancel()
