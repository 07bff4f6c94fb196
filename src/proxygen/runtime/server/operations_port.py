"""The operations port: `/healthz`, `/readyz` and `/metrics` for who runs an edge, away from its clients.

Workers accept from one listening socket, so that what answers is an event loop whose health is asked for. One
request for each connection: HTTP/1.1 as far as a probe or a scrape needs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, Final

import httptools

from proxygen.runtime.server.drain import Application, Receive, Scope, Send

HEALTH: Final = "/healthz"
READINESS: Final = "/readyz"
METRICS: Final = "/metrics"
CLIENTS_KEY: Final = "proxygen.clients"
"""The key of the ASGI scope of a client's request where the pages of operation are served elsewhere."""

_PATIENCE: Final = 5.0
"""Seconds for a request's head, and for the answer to be taken."""
_LONGEST_HEAD: Final = 16 * 1024
_GONE: Final = {"type": "http.disconnect"}
_NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def is_clients(scope: Scope) -> bool:
    """Whether this request came to the port of the clients, which has no pages of operation."""
    return CLIENTS_KEY in scope


class OperationsPort:
    """Serves an application's pages of operation at `listener`; all other requests to it are clients'."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    def around(self, application: Application) -> Application:
        """This application; the port is open from the end of its start to its end."""

        async def apart(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await self._live(application, scope, receive, send)
                return
            scope[CLIENTS_KEY] = True
            await application(scope, receive, send)

        return apart

    async def _live(
        self, application: Application, scope: Scope, receive: Receive, send: Send
    ) -> None:
        server: asyncio.Server | None = None

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await _answer(application, reader, writer)
            writer.close()

        async def started(message: MutableMapping[str, Any]) -> None:
            nonlocal server
            if message["type"] == "lifespan.startup.complete":
                server = await asyncio.start_server(connected, sock=self._listener)
            await send(message)

        await application(scope, receive, started)
        if server is not None:
            server.close()


class _Head:
    """What httptools tells of a request."""

    def __init__(self) -> None:
        self.target = b""
        self.lines: list[tuple[bytes, bytes]] = []
        self.complete = False

    def on_url(self, part: bytes) -> None:
        self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        self.lines.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.complete = True


async def _answer(
    application: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """One request's answer; none to what is no request."""
    scope = await _read(reader)
    if scope is None:
        return
    if scope["path"] not in (HEALTH, READINESS, METRICS):
        writer.write(_NOT_FOUND)
        return
    unread = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return unread.pop() if unread else _GONE

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            lines = [line for line in message["headers"] if line[0].lower() != b"connection"]
            status = message["status"]
            writer.write(b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode()))
            for name, value in (*lines, (b"connection", b"close")):
                writer.write(b"%b: %b\r\n" % (name, value))
            writer.write(b"\r\n")
        else:
            writer.write(message.get("body", b""))
            await writer.drain()

    await application(scope, receive, send)


async def _read(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """The ASGI scope of the request that comes."""
    head = _Head()
    parser = httptools.HttpRequestParser(head)
    size = 0
    while not head.complete:
        data = await reader.read(_LONGEST_HEAD)
        size += len(data)
        if not data or size > _LONGEST_HEAD:
            return None
        try:
            parser.feed_data(data)
        except httptools.HttpParserError:
            return None
    path, _, query = head.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": parser.get_http_version(),
        "method": parser.get_method().decode("ascii"),
        "scheme": "http",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": head.lines,
        "client": None,
        "server": None,
    }
