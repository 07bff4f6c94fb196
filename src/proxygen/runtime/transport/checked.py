"""What every answer must be, whichever transport has read it: its head is judged, its body is bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.h1 import CONTROLS, MAX_FIELDS, MAX_HEAD
from proxygen.runtime.transport.head_names import names_of, value_in
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Outbound,
    Transport,
    TransportError,
)

_BODILESS = frozenset({204, 304})


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
            length = judge(inbound)
            if self._limit is None or request.method == "HEAD" or inbound.status in _BODILESS:
                return inbound
            if length is not None and length > self._limit:
                raise _too_large()
        except BaseException:
            await inbound.aclose()
            raise
        return _Bounded(inbound, self._limit)

    async def aclose(self) -> None:
        """Closes the transport."""
        await self._transport.aclose()


def judge(inbound: Inbound) -> int | None:
    """The Content-Length of a head that may be passed on; raises `TransportError` for any other.

    RFC 9110, 5.5, 8.6 and 15; RFC 9112, 6: a status that is one, fields that are fields, framed at most once.
    """
    if not 200 <= inbound.status <= 599:
        raise TransportError(Kind.PROTOCOL, "a status that is none")
    headers = inbound.headers
    names = names_of(headers)
    values = b"\n".join(map(value_in, headers))
    count = len(headers)
    if count > MAX_FIELDS or names.size + len(values) + 2 * count + 2 > MAX_HEAD:
        raise TransportError(Kind.HEADERS_TOO_LARGE, "the head exceeds its limits")
    # Of what no value may have, they have only the line feeds that join them.
    joints = count - 1 if count else 0
    if (count and not names.sound) or len(values) - len(values.translate(None, CONTROLS)) != joints:
        raise TransportError(Kind.PROTOCOL, "a field that is none")
    length: int | None = None
    if names.lengths:
        value = headers[names.lengths[0]][1]
        if len(names.lengths) > 1 or not value.isdigit() or len(value) > 18:
            raise TransportError(Kind.PROTOCOL, "a Content-Length that is none, or two")
        length = int(value)
    coded = bool(names.codings)
    if coded and (len(names.codings) > 1 or headers[names.codings[0]][1].lower() != b"chunked"):
        raise TransportError(Kind.PROTOCOL, "a Transfer-Encoding other than one chunked")
    if coded and length is not None:
        raise TransportError(Kind.PROTOCOL, "framed twice")
    return length


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
