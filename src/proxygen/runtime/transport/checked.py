"""What every answer must be, whichever transport has read it: its head is judged, its body is bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.fast import FastTransport
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Outbound,
    Transport,
    TransportError,
)
from proxygen.runtime.transport.verdict import judge

_BODILESS = frozenset({204, 304})


def checked(transport: Transport, *, response_body: int | None = None) -> Transport:
    """The transport with its answers checked: itself where any body may be as long as it is and the transport
    is the edge's own, whose parser judges each head before anybody sees it."""
    if response_body is None and type(transport) is FastTransport:
        return transport
    return CheckedTransport(transport, response_body=response_body)


class CheckedTransport:
    """A `Transport` over another: what that accepts and an edge must not is a `TransportError` here.

    `response_body` is in bytes, None for any number; an answer that says it is longer is refused before its
    head goes out, one that becomes longer breaks off.
    """

    def __init__(self, transport: Transport, *, response_body: int | None = None) -> None:
        self._transport = transport
        self._limit = response_body

    @property
    def transport(self) -> Transport:
        """The one that is checked."""
        return self._transport

    async def send(self, request: Outbound) -> Inbound:
        """As the transport does; the answer's status is 200 to 599, and its head is within its limits."""
        inbound = await self._transport.send(request)
        try:
            lengths = judge(inbound.status, inbound.headers).lengths
            if self._limit is None or request.method == "HEAD" or inbound.status in _BODILESS:
                return inbound
            if lengths and int(inbound.headers[lengths[0]][1]) > self._limit:
                raise _too_large()
        except BaseException:
            await inbound.aclose()
            raise
        return _Bounded(inbound, self._limit)

    async def aclose(self) -> None:
        """Closes the transport."""
        await self._transport.aclose()


class _Bounded:
    """An `Inbound` whose body breaks off where it becomes too long."""

    __slots__ = ("_inbound", "_limit")

    def __init__(self, inbound: Inbound, limit: int) -> None:
        self._inbound = inbound
        self._limit = limit

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
        """The body up to the limit, then `TransportError`."""
        left = self._limit
        async for chunk in self._inbound.chunks():
            if len(chunk) > left:
                if left:
                    yield chunk[:left]
                raise _too_large()
            left -= len(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self._inbound.aclose()


def _too_large() -> TransportError:
    return TransportError(Kind.BODY_TOO_LARGE, "the body is longer than an answer may be")
