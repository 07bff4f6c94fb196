"""The seed's shared `httpx.AsyncClient` as a transport: for respx, and for who wants httpx under the edge.

httpx keeps cookies, invents headers, reuses connections that a downstream has left bytes on, and loses
places of its pool to cancelled requests (encode/httpcore #1093). None of that is let through here, at the
price of a connection for every request.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from http.cookiejar import DefaultCookiePolicy

import httpx

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.connecting import as_transport_error
from proxygen.runtime.transport.h1 import encode_head
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Origin,
    Outbound,
    TransportError,
    idle_of,
)
from proxygen.runtime.transport.tls import client_context

CONNECTIONS = 100
"""Connections of a client over all services: httpx's own default."""
_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1"})
_BODILESS = frozenset({204, 304})
_KINDS: tuple[tuple[type[httpx.TransportError], Kind], ...] = (
    (httpx.PoolTimeout, Kind.POOL_TIMEOUT),
    (httpx.ConnectTimeout, Kind.CONNECT_TIMEOUT),
    (httpx.WriteTimeout, Kind.WRITE_TIMEOUT),
    (httpx.ReadTimeout, Kind.READ_TIMEOUT),
)


def create_client(
    *, connections: int = CONNECTIONS, tls: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """A client that follows, remembers and reads from the environment nothing."""
    client = httpx.AsyncClient(
        verify=client_context() if tls is None else tls,
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=0),
    )
    refuse_cookies(client)
    return client


def refuse_cookies(client: httpx.AsyncClient) -> None:
    """Empties the client's jar and keeps it empty: it is shared by all users of an edge."""
    client.cookies.clear()
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))


class HttpxTransport:
    """A `Transport` to one origin over a client that it does not own; `CheckedTransport` refuses what h11
    accepts and an edge must not.

    `places` are shared by all services of one client, and not more than the client has.
    """

    def __init__(
        self,
        origin: Origin,
        client: httpx.AsyncClient,
        *,
        places: asyncio.Semaphore | None = None,
    ) -> None:
        self._url = httpx.URL(f"{origin.scheme}://{_bracketed(origin.host)}:{origin.port}/")
        self._authority = origin.authority.encode("ascii")
        self._client = client
        self._closing: set[asyncio.Future[None]] = set()
        self._places = asyncio.Semaphore(CONNECTIONS) if places is None else places
        refuse_cookies(client)

    async def send(self, request: Outbound) -> Inbound:
        """Sends, and returns when the final head is there; a request body is sent to its end before that."""
        encode_head(request, self._authority)
        try:
            async with asyncio.timeout(request.limits.pool):
                await self._places.acquire()
        except TimeoutError:
            raise TransportError(
                Kind.POOL_TIMEOUT, "every connection to the downstream is busy", sent=False
            ) from None
        try:
            outgoing, progress = self._outgoing(request)
        except BaseException:
            self._places.release()
            raise
        return await self._send(request, outgoing, progress)

    async def aclose(self) -> None:
        """The client belongs to who made it."""

    def _outgoing(self, request: Outbound) -> tuple[httpx.Request, _Progress]:
        progress = _Progress(request.limits.read)
        outgoing = httpx.Request(
            request.method,
            self._url.copy_with(raw_path=request.target),  # what respx matches by
            headers=_framed(request, self._authority),
            stream=_Body(request.body, request.length, progress),
            extensions={"target": request.target, "timeout": _timeout(request), "trace": progress},
        )
        return outgoing, progress

    async def _send(
        self, request: Outbound, outgoing: httpx.Request, progress: _Progress
    ) -> Inbound:
        call = asyncio.ensure_future(self._client.send(outgoing, stream=True, auth=None))
        try:
            # Cancelling httpcore loses a place of its pool; its socket is closed under it instead.
            response = await asyncio.shield(call)
        except asyncio.CancelledError:
            progress.abandon()
            call.add_done_callback(self._discard)
            raise
        except (httpx.TransportError, ssl.SSLError, _GivenUpError) as error:
            self._places.release()
            raise _failure(error, progress) from None
        except BaseException:
            self._places.release()
            raise
        finally:
            progress.settle()
        inbound = _HttpxInbound(response, self._places, request)
        try:
            _check_version(response)
        except BaseException:
            await inbound.aclose()
            raise
        return inbound

    def _discard(self, call: asyncio.Future[httpx.Response]) -> None:
        if call.cancelled() or call.exception() is not None:
            self._places.release()
        else:
            closing = asyncio.ensure_future(_close(call.result(), self._places))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


class _GivenUpError(Exception):
    """Ends a call of httpcore from within, as an error that it cleans up after."""


class _Progress:
    """What httpcore tells of a call under way, and the means to end it without cancelling it."""

    def __init__(self, read: float) -> None:
        self.sent = False
        self.late = False
        self.given_up: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._read = read
        self._stream: object = None
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Future[None] | None = None

    async def __call__(self, event: str, info: dict[str, object]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
        if self.given_up.done() and not event.endswith(
            (".failed", "closed.started", "closed.complete")
        ):
            await self._shut()
            raise _GivenUpError
        if event == "http11.send_request_headers.started":
            self.sent = True
        elif event == "http11.receive_response_headers.started":
            self._timer = asyncio.get_running_loop().call_later(self._read, self._expire)

    def settle(self) -> None:
        """The head is there, or never will be."""
        if self._timer is not None:
            self._timer.cancel()

    def abandon(self) -> None:
        """Closes the socket; what waits for it fails."""
        if not self.given_up.done():
            self.given_up.set_result(None)
            self._closing = asyncio.ensure_future(self._shut())

    def _expire(self) -> None:
        self.late = True
        self.abandon()

    async def _shut(self) -> None:
        aclose = getattr(self._stream, "aclose", None)
        if aclose is not None:
            with contextlib.suppress(OSError):
                await aclose()


class _Body(httpx.AsyncByteStream):
    """A request body that ends with an error when the call is given up."""

    def __init__(
        self,
        body: bytes | AsyncIterator[bytes] | None,
        length: int | None,
        progress: _Progress,
    ) -> None:
        self._body = body
        self._left = length
        self._progress = progress

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if isinstance(self._body, bytes):
            yield self._body
        elif self._body is not None:
            chunks = aiter(self._body)
            while True:
                step: asyncio.Future[bytes | None] = asyncio.ensure_future(_step(chunks))
                given_up: asyncio.Future[bytes | None] = self._progress.given_up
                await asyncio.wait([step, given_up], return_when=asyncio.FIRST_COMPLETED)
                if not step.done():
                    step.cancel()
                    await asyncio.wait({step})
                    raise _GivenUpError
                chunk = step.result()
                if self._left is not None:
                    self._left -= 0 if chunk is None else len(chunk)
                    if self._left < 0 or (chunk is None and self._left):
                        raise TransportError(
                            Kind.PROXY_ERROR, "the request body is not as long as it was said to be"
                        )
                if chunk is None:
                    return
                if chunk:
                    yield chunk


async def _step(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


class _HttpxInbound:
    """An answer of httpx, read raw; its connection is closed at its end."""

    def __init__(
        self, response: httpx.Response, places: asyncio.Semaphore, request: Outbound
    ) -> None:
        self.status = response.status_code
        self.headers: HeaderList = list(response.headers.raw)
        self.at_hand = False
        self._response = response
        self._places = places
        self._idle = idle_of(request.limits, self.headers)
        self._bodiless = request.method == "HEAD" or self.status in _BODILESS
        self._open = True

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes, not decoded."""
        if self._bodiless:
            await self.aclose()
            return
        stream = aiter(self._response.aiter_raw())
        try:
            while True:
                try:
                    async with asyncio.timeout(self._idle):
                        chunk = await anext(stream)
                except StopAsyncIteration:
                    return
                yield chunk
        except TimeoutError:
            raise TransportError(Kind.BODY_TIMEOUT, "the body went silent") from None
        except (httpx.TransportError, httpx.StreamError, ssl.SSLError):
            raise TransportError(Kind.BODY_TRUNCATED, "the body broke off") from None
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Closes the connection and frees its place; in a task of its own, so that no cancellation of the
        caller can cut it short."""
        if self._open:
            self._open = False
            await asyncio.shield(asyncio.ensure_future(_close(self._response, self._places)))


async def _close(response: httpx.Response, places: asyncio.Semaphore) -> None:
    try:
        # httpcore keeps what came after the answer and would read it as the next one.
        stream = response.extensions.get("network_stream")
        if stream is not None:
            await stream.aclose()
        await response.aclose()
    finally:
        places.release()


def _framed(request: Outbound, authority: bytes) -> HeaderList:
    body = request.body
    headers = [(b"Host", authority), *request.headers]
    if isinstance(body, bytes):
        headers.append((b"Content-Length", b"%d" % len(body)))
    elif body is not None and request.length is not None:
        headers.append((b"Content-Length", b"%d" % request.length))
    elif body is not None:
        headers.append((b"Transfer-Encoding", b"chunked"))
    return headers


def _timeout(request: Outbound) -> dict[str, float | None]:
    limits = request.limits
    return {"connect": limits.connect, "pool": limits.pool, "write": limits.write, "read": None}


def _check_version(response: httpx.Response) -> None:
    """Refuses what nobody sees in the head that is passed on."""
    version = response.http_version
    coded = "transfer-encoding" in response.headers
    if version not in _VERSIONS or (coded and version != "HTTP/1.1"):
        raise TransportError(Kind.PROTOCOL, "a version that is none, or too old for its framing")


def _failure(
    error: httpx.TransportError | ssl.SSLError | _GivenUpError, progress: _Progress
) -> TransportError:
    sent = progress.sent
    if progress.late or isinstance(error, _GivenUpError):
        return TransportError(Kind.READ_TIMEOUT, "no head in time", sent=sent)
    for kind_of, kind in _KINDS:
        if isinstance(error, kind_of):
            return TransportError(kind, "a time limit has passed", sent=sent)
    if isinstance(error, httpx.ConnectError):
        return as_transport_error(_cause(error))
    if isinstance(error, ssl.SSLError) or isinstance(_cause(error), ssl.SSLError):
        # TLS 1.3: the downstream looks at the edge's certificate when the handshake is over for the edge;
        # httpcore lets the alert through as it is.
        return TransportError(Kind.TLS, "TLS with the downstream failed", sent=sent)
    if isinstance(error, httpx.NetworkError) or "without sending" in str(error):
        return TransportError(Kind.RESET_BEFORE_HEADERS, "closed before a head", sent=sent)
    if "Receive buffer too long" in str(error):
        return TransportError(Kind.HEADERS_TOO_LARGE, "the head exceeds its limits", sent=sent)
    return TransportError(Kind.PROTOCOL, "the answer is malformed", sent=sent)


def _cause(error: BaseException) -> OSError:
    """The network's own error behind httpx's; the most telling one of several addresses."""
    found = list(_causes(error, 0))
    for wanted in (socket.gaierror, ssl.SSLError, ConnectionRefusedError, TimeoutError):
        for cause in found:
            if isinstance(cause, wanted):
                return cause
    return OSError()


def _causes(error: BaseException | None, depth: int) -> Iterator[BaseException]:
    if error is None or depth > 10:
        return
    yield error
    yield from _causes(error.__cause__, depth + 1)
    yield from _causes(error.__context__, depth + 1)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _causes(part, depth + 1)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
