"""A transport whose calls are spans: the call's context goes downstream in the place of the client's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from opentelemetry.trace import Span, SpanKind, StatusCode, get_current_span

from proxygen.runtime.headers.writer import traced
from proxygen.runtime.telemetry.tracing import Tracing, is_unsampled, lines_of, number_of_call
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Origin,
    Outbound,
    Transport,
    TransportError,
)


class TracedTransport:
    """One operation's calls; `template` is the downstream's path template, never a path."""

    def __init__(
        self, transport: Transport, tracing: Tracing, *, origin: Origin, service: str, template: str
    ) -> None:
        self._transport = transport
        self._tracer = tracing.tracer
        self._template = template
        self._attributes: dict[str, str | int] = {
            "server.address": origin.host,
            "server.port": origin.port,
            "url.scheme": origin.scheme,
            "url.template": template,
            "proxygen.service": service,
        }

    async def send(self, request: Outbound) -> Inbound:
        """As the transport does; the span ends with the answer's body. Below one that is not sampled none is
        made: its context goes downstream."""
        around = get_current_span()
        if is_unsampled(around):
            return await self._transport.send(_below(request, around))
        span = self._begin(request.method)
        try:
            inbound = await self._transport.send(_below(request, span))
        except TransportError as error:
            _end(span, str(error.kind))
            raise
        except BaseException as error:
            _end(span, _word(error))
            raise
        if not span.is_recording():
            span.end()
            return inbound
        return _Traced(inbound, span)

    async def aclose(self) -> None:
        """The transport is not this one's own: other operations use it."""

    def _begin(self, method: str) -> Span:
        attributes = {**self._attributes, "http.request.method": method}
        number = number_of_call()
        if number:
            attributes["http.request.resend_count"] = number
        name = f"{method} {self._template}"
        return self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


class _Traced:
    """An answer whose end is its span's."""

    def __init__(self, inbound: Inbound, span: Span) -> None:
        self._inbound = inbound
        self._span = span
        self._error = None if inbound.status < 400 else str(inbound.status)
        span.set_attribute("http.response.status_code", inbound.status)

    @property
    def status(self) -> int:
        return self._inbound.status

    @property
    def headers(self) -> HeaderList:
        return self._inbound.headers

    @property
    def at_hand(self) -> bool:
        return self._inbound.at_hand

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inbound.chunks():
                yield chunk
        except TransportError as error:
            self._error = str(error.kind)
            raise

    async def aclose(self) -> None:
        try:
            await self._inbound.aclose()
        finally:
            if self._span.is_recording():
                _end(self._span, self._error)


def _below(request: Outbound, span: Span) -> Outbound:
    return request._replace(headers=traced(request.headers, lines_of(span)))


def _end(span: Span, error: str | None) -> None:
    """Without an exception's text: what failed is a word of a closed set."""
    if error is not None:
        span.set_attribute("error.type", error)
        span.set_status(StatusCode.ERROR)
    span.end()


def _word(error: BaseException) -> str:
    return "cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__qualname__
