"""What is known about one request, made once where it enters the edge and carried in its ASGI scope."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from proxygen.runtime.correlation import CorrelationContext
from proxygen.runtime.kinds import Kind

if TYPE_CHECKING:
    import asyncio
    from collections.abc import MutableMapping

    from proxygen.runtime.identity.caller import Identity
    from proxygen.runtime.transport.seam import HeaderList

SCOPE_KEY = "proxygen.context"
"""The key of the ASGI scope under which a request's context is kept."""


class RequestContext:
    """One request's notes, written by the stage that finds each out and read by metrics and logs.

    `started` is on the monotonic clock, in seconds. `endpoint` is the edge's path template, never a path.
    `status` is what went out; `error` is the transport's own description of a failure, never wire text.
    `answer_headers` are lines that every answer to this request gets, also one of the edge's own; `opened`
    says that those of the edge's settings are among them. `task` is the one that the pinned server made for
    the request, None where it is another server.
    """

    # Of the class, so that a request writes only what it finds out.
    endpoint: str | None = None
    service: str | None = None
    operation_id: str | None = None
    identity: Identity | None = None
    status: int | None = None
    kind: Kind | None = None
    downstream_status: int | None = None
    error: str | None = None
    opened: bool = False
    task: asyncio.Task[Any] | None = None

    def __init__(self, *, correlation: CorrelationContext, request_id: str) -> None:
        self.correlation = correlation
        self.request_id = request_id
        self.started = time.perf_counter()
        self.reports: list[str] = []
        self.answer_headers: HeaderList = []

    @classmethod
    def of(cls, scope: MutableMapping[str, Any]) -> RequestContext:
        """The context of this scope; made from its headers where no earlier stage has."""
        try:
            known: RequestContext = scope[SCOPE_KEY]
        except KeyError:
            context = cls.from_headers(scope["headers"])
            scope[SCOPE_KEY] = context
            return context
        return known

    @classmethod
    def from_headers(cls, headers: HeaderList) -> RequestContext:
        """A new context with the correlation and request ids that these headers carry, or new ones."""
        correlation, request_id = CorrelationContext.from_headers(headers)
        return cls(correlation=correlation, request_id=request_id)
