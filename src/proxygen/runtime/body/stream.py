"""A request's body as it arrives from the server: bounded in bytes and time, and possibly never ending."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, Final

from proxygen.runtime.body.head_lines import BodyLines
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.kinds import Kind

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""ASGI's `receive`: awaited, never made a task of (Granian's is no coroutine function)."""

Scope = MutableMapping[str, Any]

_DIGITS: Final = frozenset(b"0123456789")


_TAKEN_BACK: Final = 0.01
"""Seconds."""


class ClientDisconnected(Exception):  # noqa: N818  # an event of the wire, nobody's error
    """The client went away in the middle of its body; there is nobody to answer."""


def too_large() -> EdgeError:
    """413."""
    return EdgeError(413, "Request body too large", kind=Kind.BODY_TOO_LARGE)


def too_slow() -> EdgeError:
    """408; the connection is not used again (RFC 9110, 15.5.9)."""
    return EdgeError(
        408, "Request timeout", kind=Kind.BODY_TIMEOUT, headers=(("Connection", "close"),)
    )


async def timed_out() -> EdgeError:
    """408, when the server has had the time to take back the `receive()` that was given up.

    Granian does so in a thread of its own; an answer that overtakes it leaves the connection open for as long
    as the client cares to drip (seen in about half of the cases).
    """
    await asyncio.sleep(_TAKEN_BACK)
    return too_slow()


def declared_length(scope: Scope, lines: BodyLines) -> int | None:
    """The body's length in bytes by its Content-Length; 0 where there is no body, None where chunked.

    Where neither header frames a body, HTTP/1.1 has none (RFC 9112, 6.3); HTTP/2 may have one all the same,
    which is looked for only where the method gives it a meaning.
    """
    lengths, chunked, _, _ = lines
    if lengths:
        length: bytes = scope["headers"][lengths[0]][1]
        if chunked or len(lengths) > 1 or not length or not _DIGITS.issuperset(length):
            raise EdgeError(400, "Invalid Content-Length")
        if len(length) > _LONGEST_LENGTH:
            raise too_large()
        return int(length)
    if chunked:
        return None
    later_than_1 = str(scope.get("http_version", "1.1")) >= "2"
    return None if later_than_1 and scope["method"] in _METHODS_WITH_BODY else 0


_METHODS_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_LONGEST_LENGTH: Final = 18
"""Digits: more than 10^18 bytes are no body."""


async def read_chunks(receive: Receive, *, limits: BodyLimits) -> AsyncIterator[bytes]:
    """The body's bytes as they come; raises 413, 408 or `ClientDisconnected` in the middle of them."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limits.upload_seconds
    size = 0
    while True:
        try:
            async with asyncio.timeout_at(min(end, loop.time() + limits.idle_seconds)):
                message = await receive()
        except TimeoutError:
            raise await timed_out() from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limits.upload_bytes:
            raise too_large()
        if chunk:
            yield bytes(chunk)
        if not message.get("more_body", False):
            return
