"""Calls an ASGI application with one request, as a client would that is still there when the answer ends.

`httpx.AsyncClient` over `httpx.ASGITransport` does the same, and more that no test needs: a jar of cookies,
three URLs for each request, and a search for trio. That is a fifth of the time of a generated suite.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


async def answer_of(app: Application, request: httpx.Request) -> httpx.Response:
    """What the application answers, read whole; 500 where it raises before any head."""
    exchange = _Exchange(request)
    try:
        await app(_scope(request), exchange.receive, exchange.send)
    except Exception:  # noqa: BLE001 - a server answers whatever was raised
        exchange.ended.set()
    # A stream and no content: the latter would bring headers of its own.
    answer = httpx.Response(
        exchange.status, headers=exchange.headers, stream=httpx.ByteStream(bytes(exchange.body))
    )
    answer.request = request
    answer.read()
    return answer


def _scope(request: httpx.Request) -> dict[str, Any]:
    """The connection scope of a request (ASGI, HTTP & WebSocket 2.5)."""
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 123),
    }


class _Exchange:
    """Both directions of one request."""

    def __init__(self, request: httpx.Request) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.ended = asyncio.Event()
        self._unread: list[bytes] = [request.content]
        self._bodiless = request.method == "HEAD"

    async def receive(self) -> Message:
        """The whole body at once, then that the client leaves, once it has its answer."""
        if self._unread:
            return {"type": "http.request", "body": self._unread.pop(), "more_body": False}
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """A part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message.get("headers", [])
            return
        if not self._bodiless:
            self.body += message.get("body", b"")
        if not message.get("more_body", False):
            self.ended.set()
