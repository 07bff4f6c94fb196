"""What goes out: the request's bytes and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from proxygen.runtime.transport.seam import HeaderList
from tests.wire.recording import Peer, Recording, answers
from tests.wire.transport.conftest import Adapter, exchange, get, read

EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


async def _parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/%2e%2e/internal",
        b"/v1/../internal",
        b"/a'b!(c)~*;x=1,2@:$&+=",
        b"/a%27b%2fc%2F%252e%ff%00",
        b"/x?a=1&a=2&b&c=%zz&q='&r=%27&s=a+b&t=[]&u=/?",
        b"//evil.example/x",
        b"/" + b"a" * 8000,
    ],
)
async def test_target_goes_out_byte_for_byte(adapter: Adapter, target: bytes) -> None:
    async with Recording.serving(answers(EMPTY)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get(target))
        assert outcome.status == 204
        assert downstream.received.split(b"\r\n")[0] == b"GET " + target + b" HTTP/1.1"


async def test_headers_go_out_in_order_and_nothing_is_added(adapter: Adapter) -> None:
    headers: HeaderList = [
        (b"X-User-ID", b"alice"),
        (b"x-a", b"1"),
        (b"X-A", b"2"),
        (b"cookie", b"a=1"),
        (b"Cookie", b"b=2"),
        (b"x-latin", b"\xe5\xff"),
    ]
    async with Recording.serving(answers(EMPTY)) as downstream:
        await exchange(adapter.open(downstream.port), get(b"/x", headers=headers))
        host = b"Host: 127.0.0.1:%d" % downstream.port
        lines = [b"GET /x HTTP/1.1", host, *(b"%b: %b" % line for line in headers), b"", b""]
        assert downstream.received == b"\r\n".join(lines)


async def test_request_without_body_has_no_framing(adapter: Adapter) -> None:
    async with Recording.serving(answers(EMPTY)) as downstream:
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            await exchange(adapter.open(downstream.port), get(method=method))
        sent = downstream.received.lower()
        assert sent.count(b"http/1.1") == 4
        assert b"content-length" not in sent
        assert b"transfer-encoding" not in sent


async def test_bytes_body_has_its_length(adapter: Adapter) -> None:
    body = bytes(range(256)) * 8

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.exactly(len(body))
        await peer.play(EMPTY)

    async with Recording.serving(script) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get(method="POST", body=body))
        assert outcome.status == 204
        head, _, content = downstream.received.partition(b"\r\n\r\n")
        assert content == body
        assert head.endswith(b"\r\nContent-Length: 2048")
        assert b"ransfer-" not in head


async def test_empty_bytes_body_has_length_zero(adapter: Adapter) -> None:
    async with Recording.serving(answers(EMPTY)) as downstream:
        await exchange(adapter.open(downstream.port), get(method="POST", body=b""))
        assert downstream.received.endswith(b"\r\nContent-Length: 0\r\n\r\n")


async def test_iterator_of_unknown_length_is_chunked(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.until(b"0\r\n\r\n")
        await peer.play(EMPTY)

    async with Recording.serving(script) as downstream:
        body = _parts(b"hello", b"", b"w" * 300)
        outcome = await exchange(adapter.open(downstream.port), get(method="PUT", body=body))
        assert outcome.status == 204
        head, _, content = downstream.received.partition(b"\r\n\r\n")
        assert b"\r\nTransfer-Encoding: chunked" in head
        assert content.lower() == b"5\r\nhello\r\n12c\r\n" + b"w" * 300 + b"\r\n0\r\n\r\n"


async def test_iterator_of_known_length_is_not_chunked(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.exactly(7)
        await peer.play(EMPTY)

    async with Recording.serving(script) as downstream:
        request = get(method="PUT", body=_parts(b"abc", b"defg"), length=7)
        outcome = await exchange(adapter.open(downstream.port), request)
        assert outcome.status == 204
        assert downstream.received.endswith(b"\r\nContent-Length: 7\r\n\r\nabcdefg")


async def test_iterator_that_raises_leaves_the_request_unfinished(adapter: Adapter) -> None:
    class TooLongError(Exception):
        pass

    async def broken() -> AsyncIterator[bytes]:
        yield b"hello"
        raise TooLongError

    async def script(peer: Peer) -> None:
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        with pytest.raises(TooLongError):
            await transport.send(get(method="POST", body=broken()))
        await downstream.connections[0].ended.wait()
        assert b"hello" in downstream.received
        assert b"0\r\n\r\n" not in downstream.received


@pytest.mark.parametrize("parts", [(b"abc",), (b"abc", b"defgh")])
async def test_iterator_of_another_length_than_declared_is_never_completed(
    adapter: Adapter, parts: tuple[bytes, ...]
) -> None:
    async def script(peer: Peer) -> None:
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        request = get(method="POST", body=_parts(*parts), length=7)
        outcome = await exchange(adapter.open(downstream.port), request)
        assert outcome.kind == "proxy_error"
        await downstream.connections[0].ended.wait()
        content = downstream.received.partition(b"\r\n\r\n")[2]
        assert len(content) < 7


@pytest.mark.parametrize(
    ("target", "headers", "method"),
    [
        (b"/a\r\nX: 1", [], "GET"),
        (b"/a b", [], "GET"),
        (b"/a\x00", [], "GET"),
        (b"/\xff", [], "GET"),
        (b"", [], "GET"),
        (b"/", [(b"X-A", b"1\r\nX-User-ID: m")], "GET"),
        (b"/", [(b"X-A", b"1\n")], "GET"),
        (b"/", [(b"X-A", b"1\r")], "GET"),
        (b"/", [(b"X-A", b"\x00")], "GET"),
        (b"/", [(b"X-A\r\nX-B", b"1")], "GET"),
        (b"/", [(b"X A", b"1")], "GET"),
        (b"/", [(b"X-A:", b"1")], "GET"),
        (b"/", [(b"", b"1")], "GET"),
        (b"/", [(b"host", b"evil")], "GET"),
        (b"/", [(b"Content-Length", b"5")], "GET"),
        (b"/", [(b"Transfer-Encoding", b"chunked")], "GET"),
        (b"/", [], "GET / HTTP/1.1\r\n"),
        (b"/", [], ""),
    ],
)
async def test_request_that_could_be_read_otherwise_is_refused_before_connecting(
    adapter: Adapter, target: bytes, headers: HeaderList, method: str
) -> None:
    async with Recording.serving(answers(EMPTY)) as downstream:
        transport = adapter.open(downstream.port)
        with pytest.raises(ValueError, match=r"method|target|header"):
            await transport.send(get(target, headers=headers, method=method))
        assert downstream.connections == []


async def test_cookie_of_one_answer_is_not_sent_with_the_next_request(adapter: Adapter) -> None:
    answer = b"HTTP/1.1 204 No Content\r\nSet-Cookie: s=alice; Path=/\r\nSet-Cookie: t=1\r\n\r\n"
    async with Recording.serving(answers(answer, keep_alive=True), host="localhost") as downstream:
        transport = adapter.open(downstream.port, host="localhost")
        first = await exchange(transport, get())
        await exchange(transport, get())
        assert [name.lower() for name, _ in first.headers] == [b"set-cookie", b"set-cookie"]
        assert downstream.received.count(b"GET / ") == 2
        assert b"ookie" not in downstream.received


async def test_redirect_is_an_answer(adapter: Adapter) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    async with Recording.serving(answers(answer)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        assert outcome.status == 302
        assert len(downstream.connections) == 1


async def test_proxy_of_the_environment_is_not_used(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Recording.serving(answers(EMPTY)) as downstream:
        outcome = await exchange(adapter.open(downstream.port), get())
        assert outcome.status == 204


async def test_body_larger_than_the_socket_arrives_whole(adapter: Adapter) -> None:
    body = bytes(1_000_003)

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.exactly(len(body))
        await peer.play(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        inbound = await transport.send(get(method="POST", body=body))
        assert await read(inbound) == b"ok"
        assert downstream.received.endswith(body)
