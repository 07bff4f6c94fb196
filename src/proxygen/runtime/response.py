"""Answers on their way out: one of the edge's own, or a downstream's, streamed as it arrives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from proxygen.runtime.calls.watch import ClientWatch
from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import HeaderList, Inbound, TransportError

ANSWER_KEY = "proxygen.answer"
"""The key of the ASGI scope under which an answer is kept that holds a connection until it has been sent."""
PIECE = 32 * 1024
"""Bytes of one body message at most: the pinned server keeps some ten messages for a client that is slow."""
_BODILESS = frozenset({204, 304})


class BrokenAnswerError(Exception):
    """A downstream's body broke off after its head went out.

    It leaves the application, so that the server closes the connection and the answer does not look complete.
    """


class OwnResponse(Response):
    """An answer of the edge's own, complete, with its framing among its headers."""

    def __init__(self, status: int, headers: HeaderList, content: bytes) -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = content
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Head and body; to HEAD no body."""
        await send(_start(self.status_code, self.raw_headers))
        content = b"" if scope["method"] == "HEAD" else self.body
        await send(_body(content, more=False))


class ProxiedResponse(Response):
    """A downstream's answer: its head at once, its bytes as they come, and the connection freed at the end.

    `ended` is called once, with the transport's words for what cut the answer short, or None.
    """

    def __init__(
        self,
        inbound: Inbound,
        status: int,
        headers: HeaderList,
        *,
        context: RequestContext,
        watch: ClientWatch,
        ended: Callable[[str | None], None],
    ) -> None:
        self.status_code = status
        self.raw_headers = headers
        self.background = None
        self.body = b""
        self._inbound = inbound
        self._context = context
        self._watch = watch
        self._ended = ended
        self._open = True
        self._whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer; raises `BrokenAnswerError` where it broke off."""
        try:
            if scope["method"] == "HEAD" or self.status_code in _BODILESS:
                await send(_start(self.status_code, self.raw_headers))
                await send(_body(b"", more=False))
            else:
                await self._stream(send)
        except TransportError as error:
            self._context.kind = error.kind
            await self.aclose(error.detail)
            await _abort(send)
            raise BrokenAnswerError(error.kind) from None
        except asyncio.CancelledError:
            # A client may close as soon as it has the last byte, before the downstream has been let go.
            if not self._whole:
                self._context.kind = self._context.kind or Kind.CLIENT_DISCONNECT_DOWNLOAD
            await self.aclose()
            if not self._watch.gone:
                raise
        except OSError:
            # ASGI 2.4: a server may say by OSError that the client has gone.
            self._context.kind = Kind.CLIENT_DISCONNECT_DOWNLOAD
            await self.aclose()
        finally:
            await self.aclose()

    async def _stream(self, send: Send) -> None:
        """Each chunk as it comes; where the length is known, its last byte and its end are one message."""
        left = _length(self.raw_headers)
        start = _start(self.status_code, self.raw_headers)
        started, ended = not self._inbound.at_hand, False
        if started:
            await send(start)
            # A server may keep a head until the first body message (Granian does).
            await send(_body(b"", more=True))
        try:
            async for chunk in self._inbound.chunks():
                if not started:
                    started = True
                    await send(start)
                if left is not None:
                    left -= len(chunk)
                    ended = left <= 0
                if len(chunk) <= PIECE:
                    await send(_body(chunk, more=not ended))
                else:
                    for piece, more in _pieces(chunk):
                        await send(_body(piece, more=more or not ended))
                self._whole = ended
        except TransportError:
            if not started:
                await send(start)
            raise
        if not started:
            await send(start)
        if left:
            raise TransportError(
                Kind.BODY_TRUNCATED, "the body is not as long as it was said to be"
            )
        if not ended:
            await send(_body(b"", more=False))

    async def aclose(self, error: str | None = None) -> None:
        """Frees the downstream connection and counts the call; once, whoever calls."""
        if not self._open:
            return
        self._open = False
        watch = self._watch
        try:
            watch.stop()
            if watch.gone:
                await watch.settle()
        finally:
            try:
                await self._inbound.aclose()
            finally:
                self._ended(error)


async def _abort(send: Send) -> None:
    """No message of ASGI's says that an answer has failed, and a `BaseHTTPMiddleware` ends one that only
    raises as if it were whole; on a message that is no body it fails, and passes nothing on."""
    with contextlib.suppress(Exception):
        await send({"type": "http.response.abort"})


def _pieces(chunk: bytes) -> Iterator[tuple[bytes, bool]]:
    """The chunk in parts of `PIECE` at most, each with whether another follows."""
    last = max(0, len(chunk) - 1) // PIECE * PIECE
    for start in range(0, last, PIECE):
        yield chunk[start : start + PIECE], True
    yield chunk[last:], False


def _start(status: int, headers: HeaderList) -> dict[str, object]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _body(piece: bytes | memoryview, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def _length(headers: HeaderList) -> int | None:
    """The body's length by its head (names in lower case); None where it ends otherwise."""
    length = dict(headers).get(b"content-length")
    return None if length is None else int(length)
