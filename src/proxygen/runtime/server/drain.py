"""Ends a server's work in order: readiness says so at once, requests finish, what is left is cut in time."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from proxygen.runtime.context import RequestContext
from proxygen.runtime.telemetry.logs import log_unexpected

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

DRAIN_KEY: Final = "proxygen.drain"
"""The key of the ASGI scope under which the pinned server says whether it is draining."""

BEGIN: Final = signal.SIGUSR1
"""What the parent sends a worker before it stops it."""

_LAST: Final = (b"connection", b"close")
"""A line of every answer while a server drains, so that nobody sends it another request (RFC 9112, 9.6)."""
_PARENT_SECONDS: Final = 1.0
"""How often a worker looks for its parent."""


class Drain:
    """One worker's end: `begun` is what readiness reports; `cut_after` is in seconds from there.

    `parent` is the id of the process that would tell this one to end; when it is gone, this one ends by
    itself.
    """

    def __init__(self, cut_after: float, *, parent: int) -> None:
        self.begun = False
        self.cut = False
        self._cut_after = cut_after
        self._parent = parent
        self._open: dict[asyncio.Task[Any], RequestContext] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    @staticmethod
    def begun_in(scope: Scope) -> bool:
        """Whether the server of this request has been told to stop; never where it is not the pinned one."""
        drain = scope.get(DRAIN_KEY)
        return isinstance(drain, Drain) and drain.begun

    @staticmethod
    def cut_in(scope: Scope) -> bool:
        """Whether a request that was cancelled was so because its server stops."""
        drain = scope.get(DRAIN_KEY)
        return isinstance(drain, Drain) and drain.cut

    @property
    def alone(self) -> bool:
        """Whether the request that asks is the only one that is open."""
        return len(self._open) == 1

    def begin(self) -> None:
        """Readiness and every answer say so from now on; requests that are open when the time is up are cut.

        Idempotent.
        """
        if self.begun:
            return
        self.begun = True
        for context in self._open.values():
            context.answer_headers.append(_LAST)
        asyncio.get_running_loop().call_later(self._cut_after, self._cut)

    def _cut(self) -> None:
        """Abandoned requests: the server closes their connections without a final chunk (RFC 9112, 8)."""
        self.cut = True
        for task in tuple(self._open):
            task.cancel()

    def _look_for_parent(self) -> None:
        """Nobody would ever stop, replace or log an orphan, and it would keep the port."""
        if os.getppid() != self._parent:
            self.begin()
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            asyncio.get_running_loop().call_later(_PARENT_SECONDS, self._look_for_parent)

    def around(
        self, application: Application, *, at_start: Callable[[], None] | None = None
    ) -> Application:
        """This application, its requests counted, its worker told by `BEGIN` when to drain.

        `at_start` is called when the worker's event loop runs, before the application starts.
        """

        async def draining(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                self._loop = asyncio.get_running_loop()
                self._loop.add_signal_handler(BEGIN, self.begin)
                self._look_for_parent()
                if at_start is not None:
                    at_start()
                await application(scope, receive, send)
                return
            task = asyncio.current_task(self._loop)
            if task is None:
                await application(scope, receive, send)
                return
            scope[DRAIN_KEY] = self
            context = self._open[task] = RequestContext.of(scope)
            context.task = task
            if self.begun:
                context.answer_headers.append(_LAST)
            try:
                await application(scope, receive, send)
            except Exception as error:
                if context.kind is None:
                    log_unexpected(context, error)
                raise
            finally:
                del self._open[task]

        return draining
