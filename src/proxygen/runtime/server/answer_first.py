"""Lets the server write an answer out before the edge does what is left of its request."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, MutableMapping
from typing import Any

from proxygen.runtime.server.drain import Application, Drain, Receive, Scope, Send

if sys.platform == "linux":
    _give_way = os.sched_yield
else:  # pragma: no cover - the edge is served on Linux; elsewhere nobody gives way

    def _give_way() -> None:
        """Goes on."""


class AnswerFirst:
    """Gives the core away after the last piece of an answer, where no other request is open.

    The server writes in a thread of its own, which on the same core would come to it only when this one
    rests: after the connection behind has been let go, and the request has been counted and logged. A client
    need not wait for that. With more requests open there is always more to do, and to change threads for each
    of them costs more than it gains.
    """

    def __init__(self, drain: Drain) -> None:
        self._drain = drain

    def around(self, application: Application) -> Application:
        """This application; what it sends is sent as it says."""
        drain = self._drain

        def first(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] != "http":
                return application(scope, receive, send)

            def passed(message: MutableMapping[str, Any]) -> Awaitable[None]:
                taken = send(message)
                if drain.alone and "body" in message and not message.get("more_body"):
                    _give_way()
                return taken

            return application(scope, receive, passed)

        return first
