"""The spans of a request: one for the edge's answer, and one for each call of a downstream below it.

Names and attributes are the stable ones of OpenTelemetry's semantic conventions for HTTP, less what a client
wrote (path, query, Host, user agent, address) and less exceptions, whose text may quote it.
"""

from __future__ import annotations

from contextvars import Token
from importlib.metadata import version
from itertools import count
from typing import Any, Final

from opentelemetry import context as current
from opentelemetry.context import Context
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from proxygen.runtime.context import RequestContext
from proxygen.runtime.guard import METHODS
from proxygen.runtime.telemetry.metrics import UNMATCHED
from proxygen.runtime.telemetry.trace_context import TRACESTATE, parent_of
from proxygen.runtime.transport.seam import HeaderList

SCHEMA: Final = "https://opentelemetry.io/schemas/1.44.0"

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_CALLS: Final = current.create_key("proxygen.calls")
"""Numbers the calls of one request: 0, 1, 2, …"""


class Tracing:
    """Begins spans at one provider; one for the whole application."""

    def __init__(self, provider: TracerProvider) -> None:
        self.tracer: Tracer = provider.get_tracer("proxygen", version("proxygen"), SCHEMA)

    def begin(self, scope: Scope, context: RequestContext) -> RequestSpan:
        """The span of this request, current until its `end`; below the client's, where it sent one.

        Where a span is current already, a middleware of the team's has made it for this request.
        """
        around = current.get_current()
        span: Span | None = None
        if not _is_local(get_current_span(around)):
            span = self._server_span(scope, context, _remote(scope["headers"], around))
        below = around if span is None else set_span_in_context(span, around)
        token = current.attach(current.set_value(_CALLS, count(), below))
        return RequestSpan(span, token)

    def _server_span(self, scope: Scope, context: RequestContext, parent: Context) -> Span:
        method: str = scope["method"]
        known = method in METHODS
        attributes: dict[str, str] = {
            "http.request.method": method if known else "_OTHER",
            "url.scheme": scope.get("scheme", "http"),
            "network.protocol.version": scope["http_version"],
            "proxygen.correlation_id": context.correlation.canonical_text,
        }
        name = method if known else "HTTP"
        if context.endpoint is not None and context.endpoint != UNMATCHED:
            attributes["http.route"] = context.endpoint
            name = f"{name} {context.endpoint}"
        if context.service is not None:
            attributes["proxygen.service"] = context.service
        if context.operation_id is not None:
            attributes["proxygen.operation"] = context.operation_id
        return self.tracer.start_span(
            name, context=parent, kind=SpanKind.SERVER, attributes=attributes
        )


class RequestSpan:
    """The span of one request, until its true end; None in it where another's was found."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span | None, token: Token[Context]) -> None:
        self._span = span
        self._token = token

    def end(self, context: RequestContext, *, failed: bool) -> None:
        """With the status that went out, and the kind of what went wrong; an error where the edge failed."""
        current.detach(self._token)
        span = self._span
        if span is None:
            return
        if span.is_recording():
            if context.status is not None:
                span.set_attribute("http.response.status_code", context.status)
            if context.kind is not None:
                span.set_attribute("error.type", str(context.kind))
            elif failed:
                span.set_attribute("error.type", str(context.status))
            if failed:
                span.set_status(StatusCode.ERROR)
        span.end()


def is_unsampled(span: Span) -> bool:
    """Whether this span, made in this process, will not be exported, nor would one below it be."""
    return not span.is_recording() and _is_local(span)


def _is_local(span: Span) -> bool:
    context = span.get_span_context()
    return context.is_valid and not context.is_remote


def number_of_call() -> int:
    """How many calls this request has made before."""
    calls: Any = current.get_value(_CALLS)
    return 0 if calls is None else next(calls)


def lines_of(span: Span) -> HeaderList:
    """The trace context by which whoever gets these lines goes on below this span; none of an invalid one."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, set_span_in_context(span, Context()))
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in carrier.items()]


def _remote(headers: HeaderList, around: Context) -> Context:
    """The client's trace; `around` as it is where there is none, or none that can be continued."""
    parent = parent_of(headers)
    if parent is None:
        return around
    states = [value.decode("latin-1") for name, value in headers if name.lower() == TRACESTATE]
    carrier = {"traceparent": parent.decode("latin-1"), "tracestate": ",".join(states)}
    return _PROPAGATOR.extract(carrier, around)
