"""One request from its route to its true end: one answer, one metric and one event, whatever happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from starlette.types import Message, Receive, Scope, Send

from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.stream import ClientDisconnected
from proxygen.runtime.calls.watch import ClientGoneError
from proxygen.runtime.context import RequestContext
from proxygen.runtime.errors import (
    SERVICE_UNAVAILABLE,
    EdgeError,
    ErrorFormat,
    error_type,
    render_error,
)
from proxygen.runtime.guard import METHODS, Guard
from proxygen.runtime.headers.cors import Cors
from proxygen.runtime.headers.writer import complete
from proxygen.runtime.kinds import Kind
from proxygen.runtime.response import (
    ANSWER_KEY,
    BrokenAnswerError,
    OwnResponse,
    ProxiedResponse,
)
from proxygen.runtime.server.drain import Drain
from proxygen.runtime.telemetry.logs import log_finished, log_unexpected
from proxygen.runtime.telemetry.metrics import CLIENT_GONE, OTHER_METHOD, UNMATCHED, EdgeMetrics
from proxygen.runtime.telemetry.tracing import RequestSpan, Tracing
from proxygen.runtime.transport.seam import HeaderList


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeState:
    """What all routes of one application share; `answer_lines` go out with every answer."""

    metrics: EdgeMetrics
    error_format: ErrorFormat
    body_limits: BodyLimits
    guard: Guard
    answer_lines: HeaderList = field(default_factory=list)
    cors: Cors | None = None
    tracing: Tracing | None = None

    def open(self, scope: Scope) -> None:
        """At a request's first entry, notes in its context the lines that every answer to it gets."""
        context = RequestContext.of(scope)
        if not context.opened:
            context.opened = True
            context.answer_headers += self.answer_lines
            if self.cors is not None:
                context.answer_headers += self.cors.lines(scope["headers"])


class Exchange:
    """A context manager around everything that answers a request; `send` is the server's, observed."""

    __slots__ = (
        "_context",
        "_failed",
        "_receive",
        "_scope",
        "_send",
        "_span",
        "_started",
        "_state",
    )

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        context: RequestContext,
        state: EdgeState,
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._context = context
        self._state = state
        self._started = False
        self._failed = False
        self._span: RequestSpan | None = None

    def send(self, message: Message) -> Awaitable[None]:
        """Passes a message on; a head leaves with the correlation id, whoever has made it."""
        if message["type"] == "http.response.start":
            self._started = True
            self._context.status = message["status"]
            message["headers"] = complete(message.get("headers", []), self._context)
        return self._send(message)

    async def __aenter__(self) -> Self:
        tracing = self._state.tracing
        if tracing is not None:
            self._span = tracing.begin(self._scope, self._context)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """True where the exception has become an answer, or there is nobody left to answer."""
        try:
            return error is None or await self._settle(error)
        finally:
            answer = self._scope.get(ANSWER_KEY)
            try:
                if isinstance(answer, ProxiedResponse):
                    await answer.aclose()
            finally:
                self._finish()

    async def _settle(self, error: BaseException) -> bool:
        context = self._context
        if isinstance(error, EdgeError):
            context.kind = context.kind or error.kind
            self._failed = error.status >= 500
            return await self._answer(error)
        if isinstance(error, ClientGoneError | ClientDisconnected):
            context.kind = context.kind or Kind.CLIENT_DISCONNECT_UPLOAD
            if context.kind is Kind.CLIENT_DISCONNECT_UPLOAD and not self._started:
                await self._answer_whoever_is_left()
            return True
        if isinstance(error, BrokenAnswerError):
            self._failed = True
            return False
        if isinstance(error, asyncio.CancelledError):
            if Drain.cut_in(self._scope):
                context.kind = Kind.DRAIN
            context.kind = context.kind or Kind.CLIENT_DISCONNECT
            return False
        self._failed = True
        context.kind = Kind.PROXY_ERROR
        log_unexpected(context, error)
        if not isinstance(error, Exception):
            return False
        return await self._answer(EdgeError(503, SERVICE_UNAVAILABLE, kind=Kind.PROXY_ERROR))

    async def _answer(self, error: EdgeError) -> bool:
        """True. Where a head has gone out the connection must break, by an exception that has nobody's text:
        servers and telemetry record what leaves an application."""
        if self._started:
            raise BrokenAnswerError(error.kind) from None
        await respond(error, self._scope, self._receive, self.send, self._context, self._state)
        return True

    async def _answer_whoever_is_left(self) -> None:
        """A body whose framing is broken ends, for the application, like one whose client has left; whoever
        sent it must not read the server's own 500. Counted as what it nearly always is: nobody was there."""
        error = EdgeError(400, "Request body is incomplete", headers=(("Connection", "close"),))
        scope, receive, context = self._scope, self._receive, self._context
        await respond(error, scope, receive, self._send, context, self._state)

    def _finish(self) -> None:
        context, metrics = self._context, self._state.metrics
        method = self._scope["method"]
        if method not in METHODS:
            method = OTHER_METHOD
        elapsed = time.perf_counter() - context.started
        counted = metrics.endpoint(context.endpoint or UNMATCHED)
        counted.finished(method, context.status or CLIENT_GONE, elapsed)
        if self._failed:
            word = error_type(context.kind or Kind.PROXY_ERROR)
            if word is not None:
                counted.failed(word)
        log_finished(context, method, elapsed)
        if self._span is not None:
            self._span.end(context, failed=self._failed)


async def respond(
    error: EdgeError,
    scope: Scope,
    receive: Receive,
    send: Send,
    context: RequestContext,
    state: EdgeState,
) -> None:
    """Writes an answer of the edge's own."""
    headers, content = render_error(error, form=state.error_format, correlation=context.correlation)
    await OwnResponse(error.status, headers, content)(scope, receive, send)
