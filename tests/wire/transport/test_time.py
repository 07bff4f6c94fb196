"""Time: the head before the body, each limit alone, and failures to connect."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from proxygen.runtime.transport.seam import TransportError
from tests.wire.ports import unassigned_port
from tests.wire.recording import (
    Peer,
    Recording,
    answers,
    full_listener,
    silent,
)
from tests.wire.transport.conftest import LIMITS, Adapter, exchange, get

OK = b"HTTP/1.1 200 OK\r\n"
SLACK = 0.25


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()

    @property
    def elapsed(self) -> float:
        return self._loop.time() - self._start


async def test_head_comes_before_the_body_has_ended(adapter: Adapter) -> None:
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    async with Recording.serving(
        answers(head, 0.3, b"5\r\nfirst\r\n", 0.3, b"0\r\n\r\n")
    ) as downstream:
        transport = adapter.open(downstream.port)
        watch = Stopwatch()
        inbound = await transport.send(get())
        assert watch.elapsed < SLACK
        chunks = inbound.chunks()
        assert await anext(chunks) == b"first"
        assert 0.25 < watch.elapsed < 0.3 + SLACK
        assert [chunk async for chunk in chunks] == []
        assert watch.elapsed > 0.55


async def test_read_limit_is_for_the_whole_head(adapter: Adapter) -> None:
    drip = [part for letter in b"abcdefghij" for part in (bytes([letter]), 0.1)]
    async with Recording.serving(answers(OK + b"X-A: ", *drip)) as downstream:
        transport = adapter.open(downstream.port)
        watch = Stopwatch()
        outcome = await exchange(transport, get(limits=replace(LIMITS, read=0.3)))
        assert outcome.kind == "read_timeout"
        assert 0.28 < watch.elapsed < 0.3 + SLACK


async def test_idle_limit_is_for_each_silence_of_the_body(adapter: Adapter) -> None:
    parts = [part for _ in range(4) for part in (b"ab", 0.15)]
    async with Recording.serving(
        answers(OK + b"Content-Length: 100\r\n\r\n", *parts, 5.0)
    ) as downstream:
        transport = adapter.open(downstream.port)
        watch = Stopwatch()
        outcome = await exchange(transport, get(limits=replace(LIMITS, idle=0.3, read=0.2)))
        assert (outcome.status, outcome.body, outcome.kind) == (200, b"abababab", "body_timeout")
        assert 0.7 < watch.elapsed < 0.75 + SLACK


async def test_event_stream_has_no_idle_limit(adapter: Adapter) -> None:
    async with Recording.serving(
        answers(OK + b"\r\n", b"data: 1\n\n", 0.5, b"data: 2\n\n")
    ) as downstream:
        limits = replace(LIMITS, idle=None, read=0.1)
        outcome = await exchange(adapter.open(downstream.port), get(limits=limits))
        assert outcome.body == b"data: 1\n\ndata: 2\n\n"
        assert outcome.error is None


async def test_slow_reader_of_ours_is_not_the_downstreams_silence(adapter: Adapter) -> None:
    async with Recording.serving(
        answers(OK + b"Content-Length: 4\r\n\r\nab", 0.05, b"cd")
    ) as downstream:
        transport = adapter.open(downstream.port)
        inbound = await transport.send(get(limits=replace(LIMITS, idle=0.2)))
        chunks = inbound.chunks()
        first = await anext(chunks)
        await asyncio.sleep(0.4)
        assert first + b"".join([chunk async for chunk in chunks]) == b"abcd"


async def test_write_limit(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await asyncio.sleep(5)

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        watch = Stopwatch()
        request = get(method="POST", body=bytes(30_000_000), limits=replace(LIMITS, write=0.3))
        outcome = await exchange(transport, request)
        assert outcome.kind == "write_timeout"
        assert 0.28 < watch.elapsed < 1.5


async def test_read_limit_begins_when_the_request_has_been_sent(adapter: Adapter) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            await asyncio.sleep(0.1)
            yield b"x"

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.until(b"0\r\n\r\n")
        await peer.play(OK + b"Content-Length: 0\r\n\r\n")

    async with Recording.serving(script) as downstream:
        request = get(method="POST", body=slow(), limits=replace(LIMITS, read=0.3))
        outcome = await exchange(adapter.open(downstream.port), request)
        assert outcome.status == 200


async def test_connect_limit(adapter: Adapter) -> None:
    with full_listener() as port:
        transport = adapter.open(port)
        watch = Stopwatch()
        outcome = await exchange(transport, get(limits=replace(LIMITS, connect=0.3)))
        assert outcome.kind == "connect_timeout"
        assert outcome.error is not None
        assert not outcome.error.sent
        assert 0.28 < watch.elapsed < 0.3 + SLACK


async def test_pool_limit(adapter: Adapter) -> None:
    async with Recording.serving(silent()) as downstream:
        transport = adapter.open(downstream.port, connections=1)
        busy = asyncio.create_task(transport.send(get()))
        await asyncio.sleep(0.05)
        watch = Stopwatch()
        outcome = await exchange(transport, get(limits=replace(LIMITS, pool=0.3)))
        assert outcome.kind == "pool_timeout"
        assert outcome.error is not None
        assert not outcome.error.sent
        assert 0.28 < watch.elapsed < 0.3 + SLACK
        busy.cancel()
        await asyncio.wait({busy})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_refused(adapter: Adapter, host: str) -> None:
    transport = adapter.open(unassigned_port(), host=host)
    watch = Stopwatch()
    outcome = await exchange(transport, get())
    assert outcome.kind == "connect_refused"
    assert outcome.error is not None
    assert not outcome.error.sent
    assert watch.elapsed < SLACK


async def test_unknown_name(adapter: Adapter) -> None:
    outcome = await exchange(adapter.open(80, host="nowhere.invalid"), get())
    assert outcome.kind == "dns"
    assert outcome.error is not None
    assert not outcome.error.sent


async def test_plain_downstream_asked_for_tls(adapter: Adapter) -> None:
    async def script(peer: Peer) -> None:
        await peer.read()
        await peer.play(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port, scheme="https")
        outcome = await exchange(transport, get())
        assert outcome.kind == "tls"


async def test_certificate_is_verified(adapter: Adapter, certificates: tuple[str, str]) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*certificates)
    async with Recording.serving(
        answers(OK + b"Content-Length: 2\r\n\r\nok"), tls=server
    ) as downstream:
        unknown = adapter.open(downstream.port, scheme="https", host="localhost")
        refused = await exchange(unknown, get())
        assert refused.kind == "tls"
        assert refused.error is not None
        assert not refused.error.sent
        trusted = ssl.create_default_context(cafile=certificates[0])
        named = adapter.open(downstream.port, scheme="https", host="localhost", tls=trusted)
        assert (await exchange(named, get())).body == b"ok"
        other = adapter.open(downstream.port, scheme="https", host="127.0.0.1", tls=trusted)
        assert (await exchange(other, get())).kind == "tls"


async def test_client_certificate(adapter: Adapter, certificates: tuple[str, str]) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates[0])
    server.load_cert_chain(*certificates)
    server.verify_mode = ssl.CERT_REQUIRED
    async with Recording.serving(
        answers(OK + b"Content-Length: 2\r\n\r\nok"), tls=server
    ) as downstream:
        context = ssl.create_default_context(cafile=certificates[0])
        context.load_cert_chain(*certificates)
        transport = adapter.open(downstream.port, scheme="https", host="localhost", tls=context)
        assert (await exchange(transport, get())).body == b"ok"


async def test_early_answer(adapter: Adapter) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000
            await asyncio.sleep(0.01)

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        request = get(method="POST", body=endless())
        if adapter.name == "httpx":
            # httpcore reads only when it has sent, or can send no more.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await transport.send(request)
        else:
            outcome = await exchange(transport, request)
            assert (outcome.status, outcome.body, outcome.kind) == (413, b"no", None)
        await asyncio.wait_for(downstream.connections[0].ended.wait(), 1.0)
        assert b"0\r\n\r\n" not in downstream.received


# httpcore reads only when it has sent; test_early_answer shows what it does.
@pytest.mark.parametrize("adapter", ["fast"], indirect=True)
async def test_answer_may_begin_while_the_request_still_goes_up(adapter: Adapter) -> None:
    go = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        await go.wait()
        yield b"two"

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await peer.until(b"0\r\n\r\n")
        await peer.play(b"1\r\nb\r\n0\r\n\r\n")

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        inbound = await transport.send(get(method="POST", body=body()))
        chunks = inbound.chunks()
        assert await anext(chunks) == b"a"
        go.set()
        assert [chunk async for chunk in chunks] == [b"b"]
        assert downstream.received.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


# httpcore reads only when it has sent; test_early_answer shows what it does.
@pytest.mark.parametrize("adapter", ["fast"], indirect=True)
async def test_request_body_that_fails_after_the_head_breaks_the_answer_off(
    adapter: Adapter,
) -> None:

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        await asyncio.sleep(0.1)
        raise OSError

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        inbound = await transport.send(get(method="POST", body=body()))
        with pytest.raises(TransportError) as caught:
            async for _ in inbound.chunks():
                pass
        assert caught.value.kind == "body_truncated"
        await downstream.connections[0].ended.wait()
        assert b"0\r\n\r\n" not in downstream.received
