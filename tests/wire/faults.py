"""The table of a downstream's faults as data: what it does, and all that comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.wire.downstream import OK, Exchange, Script, answer

READ = 0.6
"""Seconds that the edge of these rows waits for a head, and for the next bytes of a body."""
CONNECT = 0.5
POOL = 1.5
LARGEST = 300_000
"""Bytes that an answer may have."""
HEAD = b"HTTP/1.1 200 OK\r\n"
UNAVAILABLE = "Service unavailable"
TIMEOUT = "Gateway timeout"
ERROR = "Downstream service error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One route of the edge: its service, a target, and the names that metrics have for it."""

    service: str
    target: str
    endpoint: str
    downstream: str
    method: str = "GET"


SCRIPTED = Place(
    service="class_management",
    target="/v1/classes/9a",
    endpoint="/v1/classes/{class_id}",
    downstream="/v1/classes/{class_id}",
)
REFUSING = Place(
    service="identity",
    target="/v1/auth/me",
    endpoint="/v1/auth/me",
    downstream="/v1/auth/me",
)
UNKNOWN = Place(
    service="batch_orchestrator",
    target="/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
    endpoint="/v1/batches/{batch_id}",
    downstream="/v1/batches/{batch_id}",
)
BLACK_HOLE = Place(
    service="file_service",
    target="/v1/files/file-0001",
    endpoint="/v1/files/{file_id}",
    downstream="/file-service/v1/files/{file_id}",
)
SECURED = Place(
    service="result_aggregator",
    target="/v1/results/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11/status",
    endpoint="/v1/results/batches/{batch_id}/status",
    downstream="/internal/v1/batches/{batch_id}/status",
)
NARROW = Place(
    service="bff_teacher",
    target="/bff/v1/teacher/x",
    endpoint="/bff/v1/teacher/{path}",
    downstream="/{path}",
)
"""One connection, and one request that may wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fault, and all that comes of it.

    The client gets `status` with `detail`, or with the downstream's `payload`; `broken` must look so.
    `after` is in seconds from the request to the last byte; `calls` attempts are counted with `status_code`.
    `certificate` is what a TLS downstream shows, `busy` how many others are under way. `httpx` are kind and
    level with that adapter where they differ, for the reason in `why`.
    """

    name: str
    plays: Script | bytes = OK
    place: Place = SCRIPTED
    status: int = 503
    detail: str | None = UNAVAILABLE
    payload: bytes | None = None
    broken: bool = False
    retry_after: bool = False
    after: float = 0.0
    kind: str | None = "protocol"
    level: str = "error"
    error_type: str | None = "connection_error"
    status_code: str = "none"
    calls: int = 1
    busy: int = 0
    certificate: str | None = None
    httpx: tuple[str, str] | None = None
    why: str = ""


def _closing(data: bytes, pause: float = 0.0) -> Script:
    def play(exchange: Exchange) -> None:
        exchange.send(data)
        time.sleep(pause)
        exchange.close()

    return play


def _reset(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Content-Length: 10\r\n\r\nabc")
    time.sleep(0.05)
    exchange.reset()


def _silent(exchange: Exchange) -> None:
    exchange.seconds_until_closed(3)


def _held(data: bytes) -> Script:
    def play(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.seconds_until_closed(3)

    return play


def _dripping(exchange: Exchange) -> None:
    exchange.send(HEAD)
    for _ in range(20):
        exchange.send(b"X-A: b\r\n")
        time.sleep(0.05)


def _endless(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    for _ in range(4 * LARGEST // 0x2000):
        exchange.send(piece)
    exchange.seconds_until_closed(3)


def _no_http(name: str, data: bytes, httpx: tuple[str, str] | None = None, why: str = "") -> Row:
    return Row(name=name, plays=_closing(data), httpx=httpx, why=why)


def _cut(name: str, data: bytes, payload: bytes) -> Row:
    return Row(
        name=name,
        plays=_closing(HEAD + data, pause=0.05),
        status=200,
        detail=None,
        payload=payload,
        broken=True,
        kind="body_truncated",
        status_code="200",
    )


def _flood(name: str, lines: bytes) -> Row:
    return Row(
        name=name,
        plays=HEAD + lines + b"Content-Length: 0\r\n\r\n",
        kind="headers_too_large",
    )


ROWS = [
    Row(name="connect refused", place=REFUSING, retry_after=True, kind="connect_refused",
        level="warning"),
    Row(name="connect black-holed", place=BLACK_HOLE, status=504, detail=TIMEOUT, after=CONNECT,
        kind="connect_timeout", level="warning", error_type="timeout"),
    Row(name="DNS failure", place=UNKNOWN, kind="dns"),
    Row(name="TLS bad name", place=SECURED, kind="tls", certificate="bad name"),
    Row(name="TLS expired", place=SECURED, kind="tls", certificate="expired"),
    Row(name="TLS self-signed", place=SECURED, kind="tls", certificate="self-signed"),
    Row(name="closed before any byte", plays=_closing(b""), kind="reset_before_headers",
        level="warning"),
    Row(name="half a head", plays=_closing(HEAD + b"X-A: "), kind="reset_before_headers",
        level="warning"),
    _no_http("garbage status line", b"garbage\r\n\r\n"),
    _no_http("HTTP/0.9", b"<html>hello</html>", ("reset_before_headers", "warning"),
             "h11 waits for a whole head"),
    _no_http("status 099", b"HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n"),
    _no_http("status 999", b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
    _no_http("status 600", b"HTTP/1.1 600 No\r\nContent-Length: 0\r\n\r\n"),
    _no_http("unasked 101", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    _no_http("bad length", HEAD + b"Content-Length: 1x\r\n\r\n"),
    _no_http("negative length", HEAD + b"Content-Length: -1\r\n\r\n"),
    _no_http("conflicting lengths", HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    _no_http("length and coding", HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
             b"0\r\n\r\n"),
    _no_http("gzip, chunked", HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    _no_http("coding twice", HEAD + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n"),
    _no_http("NUL in a header", HEAD + b"X-A: \0\r\nContent-Length: 0\r\n\r\n"),
    _no_http("bare CR in a header", HEAD + b"X-A: b\rc\r\nContent-Length: 0\r\n\r\n"),
    _flood("200 KB header", b"X-A: " + b"a" * 200_000 + b"\r\n"),
    _flood("2,000 headers", b"X-A: b\r\n" * 2_000),
    Row(name="no head", plays=_silent, status=504, detail=TIMEOUT, after=READ,
        kind="read_timeout", level="warning", error_type="timeout"),
    Row(name="slow headers", plays=_dripping, status=504, detail=TIMEOUT, after=READ,
        kind="read_timeout", level="warning", error_type="timeout"),
    Row(name="slow body", plays=_held(HEAD + b"Content-Length: 10\r\n\r\nhello"), status=200,
        detail=None, payload=b"hello", broken=True, after=READ, kind="body_timeout",
        level="warning", error_type="timeout", status_code="200"),
    Row(name="reset mid body", plays=_reset, status=200, detail=None, payload=b"abc", broken=True,
        kind="body_truncated", status_code="200"),
    _cut("CL 10, 3 bytes", b"Content-Length: 10\r\n\r\nabc", b"abc"),
    _cut("chunked cut", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"hello"),
    _cut("chunked cut in a chunk", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", b"hel"),
    _cut("bad chunk size", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n", b"hello"),
    Row(name="extra bytes after CL", plays=answer("200 OK", b"hello") + b"extra", status=200,
        detail=None, payload=b"hello", kind=None, level="info", error_type=None,
        status_code="200"),
    Row(name="infinite body", plays=_endless, status=200, detail=None, payload=b"x" * LARGEST,
        broken=True, kind="body_too_large", level="warning", error_type="downstream_error",
        status_code="200"),
    Row(name="a length beyond the limit", plays=_held(HEAD + b"Content-Length: %d\r\n\r\nxx" %
        (LARGEST + 1)), kind="body_too_large", level="warning", error_type="downstream_error"),
    Row(name="corrupt gzip", plays=answer("200 OK", b"\x1f\x8bnot", "Content-Encoding: gzip"),
        status=200, detail=None, payload=b"\x1f\x8bnot", kind=None, level="info",
        error_type=None, status_code="200"),
    *[
        Row(name=f"status {status}", plays=answer(f"{status} No", b"Traceback: psql://u:pw@db"),
            detail=ERROR, kind="upstream_5xx", level="warning", error_type="downstream_error",
            status_code=str(status))
        for status in (500, 501, 502, 503, 504)
    ],
    Row(name="status 407", plays=answer("407 No", b"x", "Proxy-Authenticate: Basic"),
        kind="upstream_407", level="warning", error_type="downstream_error", status_code="407"),
    Row(name="pool exhausted", place=NARROW, plays=_silent, busy=1, retry_after=True, after=POOL,
        kind="pool_timeout", level="warning", error_type="proxy_error"),
    Row(name="limit full", place=NARROW, plays=_silent, busy=2, retry_after=True,
        kind="overload", level="warning", error_type="proxy_error", calls=0),
]  # fmt: skip
