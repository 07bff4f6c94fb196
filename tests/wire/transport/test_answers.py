"""What comes back: framing, faults of a downstream, and where httpx differs."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import pytest

from tests.wire.recording import Peer, Recording, answers
from tests.wire.transport.conftest import Adapter, exchange, get

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An answer, and what it must become; `httpx` names what that adapter makes of it instead, and why."""

    name: str
    answer: tuple[bytes | float, ...]
    kind: str | None = None
    status: int | None = None
    body: bytes = b""
    method: str = "GET"
    httpx: tuple[int | None, bytes, str | None] | None = None
    reason: str = ""


def _row(name: str, *answer: bytes | float, **expected: object) -> Row:
    return Row(name=name, answer=answer, **expected)  # type: ignore[arg-type] # rows are data


ROWS = [
    _row("length", OK + b"Content-Length: 5\r\n\r\nhello", status=200, body=b"hello"),
    _row("length in pieces", OK + b"Content-Le", 0.02, b"ngth: 5\r\n\r\nhe", 0.02, b"llo",
         status=200, body=b"hello"),
    _row("chunked", CHUNKED + b"5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", status=200, body=b"hello!"),
    _row("trailers are dropped", CHUNKED + b"1\r\na\r\n0\r\nX-User-ID: evil\r\n\r\n", status=200,
         body=b"a"),
    _row("until the end", OK + b"\r\nhello", status=200, body=b"hello"),
    _row("HTTP/1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", status=200, body=b"ok"),
    _row("reason missing", b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", status=200),
    _row("HEAD", OK + b"Content-Length: 5\r\n\r\n", status=200, method="HEAD"),
    _row("HEAD with a body", OK + b"Content-Length: 5\r\n\r\nhello", status=200, method="HEAD"),
    _row("HEAD chunked", CHUNKED, status=200, method="HEAD"),
    _row("204", b"HTTP/1.1 204 N\r\n\r\n", status=204),
    _row("204 with a body", b"HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\nhello", status=204),
    _row("304 with a length", b"HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n", status=304),
    _row("103 before", b"HTTP/1.1 103 E\r\nLink: a\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
         status=200),
    _row("100 and 103 in pieces", b"HTTP/1.1 100 C\r\n\r\nHTT", 0.02, b"P/1.1 103 E\r\n\r\n", 0.02,
         OK + b"Content-Length: 0\r\n\r\n", status=200),
    _row("1,000 times 100", b"HTTP/1.1 100 C\r\n\r\n" * 1000 + OK + b"Content-Length: 0\r\n\r\n",
         status=200),
    _row("404", b"HTTP/1.1 404 N\r\nContent-Length: 2\r\n\r\nno", status=404, body=b"no"),
    _row("599", b"HTTP/1.1 599 N\r\nContent-Length: 0\r\n\r\n", status=599),
    _row("no byte", kind="reset_before_headers"),
    _row("half a head", OK + b"X-A: ", kind="reset_before_headers"),
    _row("garbage", b"<html>oh no</html>\r\n\r\n", kind="protocol"),
    _row("HTTP/0.9", b"hello\r\n", kind="protocol",
         httpx=(None, b"", "reset_before_headers"), reason="h11 waits for a whole head"),
    _row("another protocol", b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("version 2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("version 0.9", b"HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("099", b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("600", b"HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("999", b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("1000", b"HTTP/1.1 1000 X\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("20", b"HTTP/1.1 20 X\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("101 unasked", b"HTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nxx",
         kind="protocol"),
    _row("101 bare", b"HTTP/1.1 101 S\r\n\r\n", kind="protocol"),
    _row("length and chunked", OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"0\r\n\r\n", kind="protocol"),
    _row("chunked and length", OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
         b"0\r\n\r\n", kind="protocol"),
    _row("chunked twice", OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"0\r\n\r\n", kind="protocol"),
    _row("chunked, chunked", OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
         kind="protocol"),
    _row("gzip, chunked", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         kind="protocol"),
    _row("unknown coding", OK + b"Transfer-Encoding: xchunked\r\n\r\nhello", kind="protocol"),
    _row("coding in HTTP/1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         kind="protocol"),
    _row("two lengths", OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
         kind="protocol"),
    _row("length twice", OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
         kind="protocol", httpx=(200, b"ok", None), reason="h11 folds equal lengths into one"),
    _row("length list", OK + b"Content-Length: 2, 2\r\n\r\nok", kind="protocol",
         httpx=(200, b"ok", None), reason="h11 folds equal lengths into one"),
    *[
        _row(f"length {value!r}", OK + b"Content-Length: " + value + b"\r\n\r\nabc",
             kind="protocol")
        for value in (b"+3", b"-1", b"0x3", b"1_0", b"3 3", b"", b"9" * 30)
    ],
    _row("NUL in a header", OK + b"X-A: b\0c\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("bare CR in a header", OK + b"X-A: b\rc\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("bare LF", OK + b"X-A: b\nX-B: c\r\nContent-Length: 0\r\n\r\n", kind="protocol",
         httpx=(200, b"", None), reason="h11 takes LF as a line end"),
    _row("folded header", OK + b"X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", kind="protocol",
         httpx=(200, b"", None), reason="h11 unfolds"),
    _row("blank before the colon", OK + b"X-A : b\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("no name", OK + b": b\r\nContent-Length: 0\r\n\r\n", kind="protocol"),
    _row("200 KB header", OK + b"X-A: " + b"a" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
         kind="headers_too_large"),
    _row("70 KB header", OK + b"X-A: " + b"a" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
         kind="headers_too_large"),
    _row("2,000 headers", OK + b"X-A: b\r\n" * 2000 + b"Content-Length: 0\r\n\r\n",
         kind="headers_too_large"),
    _row("endless interim answers", b"HTTP/1.1 100 C\r\n\r\n" * 5000, kind="protocol",
         httpx=(None, b"", "reset_before_headers"), reason="httpcore drops them without counting"),
    _row("length cut", OK + b"Content-Length: 10\r\n\r\nabc", status=200, body=b"abc",
         kind="body_truncated"),
    _row("length cut before a byte", OK + b"Content-Length: 10\r\n\r\n", status=200,
         kind="body_truncated"),
    _row("chunked cut", CHUNKED + b"5\r\nhello\r\n", status=200, body=b"hello",
         kind="body_truncated"),
    _row("chunked cut in the last chunk", CHUNKED + b"5\r\nhello\r\n0\r\n", status=200,
         body=b"hello", kind="body_truncated"),
    _row("bad chunk size", CHUNKED + b"5\r\nhello\r\n", 0.05, b"zz\r\nhello\r\n0\r\n\r\n",
         status=200, body=b"hello", kind="body_truncated"),
    _row("bad chunk end", CHUNKED + b"5\r\nhello", 0.05, b"XX0\r\n\r\n", status=200, body=b"hello",
         kind="body_truncated"),
    _row("bare LF in chunks", CHUNKED, 0.05, b"5\nhello\n0\n\n", status=200,
         kind="body_truncated"),
    _row("chunk extension without end", CHUNKED, 0.05, b"5;" + b"a" * 300_000, status=200,
         kind="body_truncated"),
    _row("trailers without end", CHUNKED, 0.05, b"0\r\n" + b"X-A: b\r\n" * 40_000, status=200,
         kind="body_truncated"),
    _row("extra bytes", OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", status=200,
         body=b"ok"),
    _row("non-ASCII header", OK + b"X-A: \xe5\xff\r\nContent-Length: 0\r\n\r\n", status=200),
]  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
async def test_answer_becomes(adapter: Adapter, row: Row) -> None:
    async with Recording.serving(answers(*row.answer)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get(method=row.method))
        expected = (row.status, row.body, row.kind)
        if adapter.name == "httpx" and row.httpx is not None:
            assert row.reason
            assert row.httpx != expected, "the exception is stale"
            expected = row.httpx
        assert (outcome.status, outcome.body, outcome.kind) == expected


async def test_headers_come_back_as_they_were_sent(adapter: Adapter) -> None:
    lines = [b"X-b: 1", b"x-B: 2", b"Connection: close", b"Set-Cookie: a=1", b"Set-Cookie: b=2"]
    head = OK + b"\r\n".join([*lines, b"Content-Length: 0"]) + b"\r\n\r\n"
    async with Recording.serving(answers(head)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        got = [b"%b: %b" % line for line in outcome.headers]
        assert got == [*lines, b"Content-Length: 0"]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"hello" * 100, mtime=0), b"\x1f\x8bnot gzip"],
    ids=["gzip", "corrupt"],
)
async def test_encoded_body_is_not_decoded(adapter: Adapter, content: bytes) -> None:
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(content)
    async with Recording.serving(answers(head + content)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        assert outcome.body == content
        assert (b"Content-Encoding", b"gzip") in outcome.headers


async def test_reset_within_the_body_is_a_truncated_body(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(OK + b"Content-Length: 100\r\n\r\nhello", 0.05)
        peer.reset()

    async with Recording.serving(script) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        assert (outcome.status, outcome.body, outcome.kind) == (200, b"hello", "body_truncated")


async def test_reset_before_the_head(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        peer.reset()

    async with Recording.serving(script) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        assert outcome.kind == "reset_before_headers"
        assert outcome.error is not None
        assert outcome.error.sent
        assert not outcome.error.reused


async def test_no_cut_point_of_a_body_looks_complete(adapter: Adapter) -> None:
    content = bytes(range(97, 105)) * 16
    length = OK + b"Content-Length: 128\r\n\r\n" + content
    chunked = CHUNKED + b"40\r\n" + content[:64] + b"\r\n40\r\n" + content[64:] + b"\r\n0\r\n\r\n"
    for whole in (length, chunked):
        cuts = iter(range(whole.index(b"\r\n\r\n") + 4, len(whole)))

        async def script(peer: Peer, whole: bytes = whole, cuts: object = cuts) -> None:
            await peer.head()
            await peer.play(whole[: next(cuts)])  # type: ignore[call-overload] # an iterator of int

        async with Recording.serving(script) as downstream:
            transport = adapter.open(downstream.port)
            for _ in range(whole.index(b"\r\n\r\n") + 4, len(whole)):
                outcome = await exchange(transport, get())
                assert outcome.kind == "body_truncated"
                assert content.startswith(outcome.body)
