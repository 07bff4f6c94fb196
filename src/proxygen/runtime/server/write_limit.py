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

    One timer for a worker's answers in several pieces; one in one piece is sent as if nobody watched. It
    stands inside `Drain`, by which a request is known by its task.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[asyncio.Task[Any], tuple[float, RequestContext]] = {}
        """Who waits for a piece to be taken, and since when on the loop's clock."""
        self._timer: asyncio.TimerHandle | None = None

    def around(self, application: Application) -> Application:
        """This application, its answers watched while a piece of one waits to be taken."""

        def limited(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] != "http":
                return application(scope, receive, send)
            several = False

            def watched(message: MutableMapping[str, Any]) -> Awaitable[None]:
                nonlocal several
                if several or message.get("more_body"):
                    several = True
                    return self._send(message, send, RequestContext.of(scope))
                return send(message)

            return application(scope, receive, watched)

        return limited

    async def _send(
        self, message: MutableMapping[str, Any], send: Send, context: RequestContext
    ) -> None:
        """Passes a piece on; who waits for it is known until it has been taken."""
        # What answers may send from a task of its own, which is not the one to end.
        task = context.task
        if task is None:
            await send(message)
            return
        self._waiting[task] = asyncio.get_running_loop().time(), context
        if self._timer is None:
            self._look_later()
        try:
            await send(message)
        finally:
            self._waiting.pop(task, None)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds / _LOOKS, self._look)

    def _look(self) -> None:
        """At all who wait; nobody looks again where nobody does."""
        self._timer = None
        started = asyncio.get_running_loop().time() - self._seconds
        for task, (since, context) in tuple(self._waiting.items()):
            if since <= started:
                del self._waiting[task]
                self._cut(task, context)
        if self._waiting:
            self._look_later()

    def _cut(self, task: asyncio.Task[Any], context: RequestContext) -> None:
        """Abandons the request: the server closes its connection without a final chunk (RFC 9112, 8)."""
        context.kind = Kind.CLIENT_STALLED
        task.cancel()
