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

    __slots__ = (
        "answer_headers",
        "correlation",
        "downstream_status",
        "endpoint",
        "error",
        "identity",
        "kind",
        "opened",
        "operation_id",
        "reports",
        "request_id",
        "service",
        "started",
        "status",
        "task",
    )

    def __init__(self, *, correlation: CorrelationContext, request_id: str) -> None:
        self.correlation = correlation
        self.request_id = request_id
        self.started = time.perf_counter()
        self.endpoint: str | None = None
        self.service: str | None = None
        self.operation_id: str | None = None
        self.identity: Identity | None = None
        self.status: int | None = None
        self.kind: Kind | None = None
        self.downstream_status: int | None = None
        self.error: str | None = None
        self.reports: list[str] = []
        self.answer_headers: HeaderList = []
        self.opened = False
        self.task: asyncio.Task[Any] | None = None

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
