"""A body that the edge forwards byte for byte, unread."""

from __future__ import annotations

from collections.abc import AsyncIterator

from proxygen.runtime.body.head_lines import body_lines
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.stream import (
    ClientDisconnected,
    Receive,
    Scope,
    declared_length,
    read_chunks,
    too_large,
)
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity


class RawBody:
    """The client's bytes as a stream, read while they are sent; `length` in bytes, None where chunked.

    `failure` is set when the stream raised: what the client is to be told, however the transport put it.
    """

    __slots__ = ("_limits", "_receive", "failure", "length")

    def __init__(self, receive: Receive, length: int | None, limits: BodyLimits) -> None:
        self._receive = receive
        self._limits = limits
        self.length = length
        self.failure: EdgeError | ClientDisconnected | None = None

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """The body to send and its length; identity has no part in it."""
        return (b"", 0) if self.length == 0 else (self._chunks(), self.length)

    async def _chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in read_chunks(self._receive, limits=self._limits):
                yield chunk
        except (EdgeError, ClientDisconnected) as error:
            self.failure = error
            raise


def read_raw(scope: Scope, receive: Receive, limits: BodyLimits) -> RawBody | None:
    """The body of a request that nothing is known about; None where the request has none."""
    lines = body_lines(scope["headers"])
    length = declared_length(scope, lines)
    if length == 0 and not lines.lengths:
        return None
    if length is not None and length > limits.upload_bytes:
        raise too_large()
    return RawBody(receive, length, limits)
