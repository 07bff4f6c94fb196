"""Connections: reuse, staleness, cancellation and the pool after it, memory, the end."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxygen.runtime.transport import FastTransport
from proxygen.runtime.transport.seam import Inbound, Origin, TransportError
from tests.wire.recording import Peer, Recording, answers
from tests.wire.transport.conftest import LIMITS, Adapter, exchange, get, read

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def _settled(downstream: Recording) -> None:
    async with asyncio.timeout(2):
        for peer in downstream.connections:
            await peer.gone.wait()


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_connection_is_used_again(adapter: Adapter) -> None:
    async with Recording.serving(answers(OK, keep_alive=True)) as downstream:
        transport = adapter.open(downstream.port)
        for _ in range(5):
            assert (await exchange(transport, get())).body == b"ok"
        # The httpx adapter closes after each answer: httpcore would read bytes left over as the next one.
        assert len(downstream.connections) == (1 if adapter.name == "fast" else 5)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        OK + b"x",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil",
    ],
)
async def test_connection_that_cannot_be_trusted_is_not_used_again(
    adapter: Adapter, answer: bytes
) -> None:
    async with Recording.serving(answers(answer, keep_alive=True)) as downstream:
        transport = adapter.open(downstream.port)
        for _ in range(3):
            outcome = await exchange(transport, get())
            assert outcome.status in (200, 204)
            assert b"evil" not in outcome.body
        assert len(downstream.connections) == 3
        await _settled(downstream)


async def test_bytes_on_an_idle_connection_are_nobodys_answer(adapter: Adapter) -> None:
    late = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    async with Recording.serving(answers(OK, 0.05, late, keep_alive=True)) as downstream:
        transport = adapter.open(downstream.port)
        assert (await exchange(transport, get())).body == b"ok"
        await asyncio.sleep(0.15)
        assert (await exchange(transport, get())).body == b"ok"
        assert len(downstream.connections) == 2


async def test_head_answer_with_a_body_does_not_shift_the_next_answer(adapter: Adapter) -> None:
    async with Recording.serving(answers(OK, keep_alive=True)) as downstream:
        transport = adapter.open(downstream.port)
        for _ in range(2):
            outcome = await exchange(transport, get(method="HEAD"))
            assert (outcome.status, outcome.body) == (200, b"")
        assert (await exchange(transport, get())).body == b"ok"


async def test_head_answer_without_a_body_keeps_the_connection() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"

    async def script(peer: Peer) -> None:
        while request := await peer.head():
            await peer.play(head if request.startswith(b"HEAD") else OK)

    async with Recording.serving(script) as downstream:
        transport = FastTransport(Origin("http", "127.0.0.1", downstream.port))
        await exchange(transport, get(method="HEAD"))
        assert (await exchange(transport, get())).body == b"ok"
        assert len(downstream.connections) == 1
        await transport.aclose()


async def test_connection_closed_while_idle_is_not_used(adapter: Adapter) -> None:
    async with Recording.serving(answers(OK)) as downstream:
        transport = adapter.open(downstream.port)
        for _ in range(3):
            assert (await exchange(transport, get(method="POST", body=b"x"))).body == b"ok"
            await asyncio.sleep(0.05)
        assert len(downstream.connections) == 3


async def test_connection_closed_at_the_next_request_is_told_as_stale() -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(OK)
        await peer.head()

    async with Recording.serving(script) as downstream:
        transport = FastTransport(Origin("http", "127.0.0.1", downstream.port))
        await exchange(transport, get())
        error = (await exchange(transport, get())).error
        assert error is not None
        assert (error.kind, error.sent, error.reused) == ("reset_before_headers", True, True)
        await transport.aclose()


async def test_idle_connection_is_closed_in_time() -> None:
    async with Recording.serving(answers(OK, keep_alive=True)) as downstream:
        transport = FastTransport(Origin("http", "127.0.0.1", downstream.port), keep_alive=0.2)
        await exchange(transport, get())
        assert downstream.open == 1
        await asyncio.sleep(0.1)
        assert transport.pool.idle == 1
        await asyncio.sleep(0.2)
        assert (transport.pool.idle, transport.pool.places, downstream.open) == (0, 0, 0)
        await transport.aclose()


async def test_waiting_requests_are_served_in_order_by_so_many_connections(
    adapter: Adapter,
) -> None:
    async with Recording.serving(answers(0.02, OK, keep_alive=True)) as downstream:
        transport = adapter.open(downstream.port, connections=1)
        served: list[int] = []

        async def one(number: int) -> None:
            await exchange(transport, get())
            served.append(number)

        tasks = []
        for number in range(8):
            tasks.append(asyncio.create_task(one(number)))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert served == list(range(8))


async def test_never_more_connections_than_allowed(adapter: Adapter) -> None:
    most = 0

    async def script(peer: Peer) -> None:
        nonlocal most
        while await peer.head():
            most = max(most, downstream.open)
            await peer.play(0.01, OK)

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port, connections=3)
        bodies = await asyncio.gather(*(exchange(transport, get()) for _ in range(40)))
        assert [outcome.body for outcome in bodies] == [b"ok"] * 40
        assert 2 <= most <= (3 if adapter.name == "fast" else 4)  # httpx: one may be closing


async def test_answer_given_up_frees_the_connection(adapter: Adapter) -> None:
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.play(endless)
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port, connections=1)
        for _ in range(5):
            inbound = await transport.send(get())
            await inbound.aclose()
            await inbound.aclose()
        for _ in range(5):
            inbound = await transport.send(get())
            chunks = inbound.chunks()
            assert await anext(chunks) == b"a"
            task = asyncio.ensure_future(_next(chunks))
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.wait({task})
            await inbound.aclose()
        await _settled(downstream)
        assert len(downstream.connections) == 10


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    return await anext(chunks)


@pytest.mark.parametrize("where", ["head", "upload"])
async def test_cancelled_request_closes_its_connection(adapter: Adapter, where: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(10)

    arrived = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.head()
        arrived.set()
        await peer.to_end()

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port, connections=1)
        request = get(method="POST", body=body()) if where == "upload" else get()
        task = asyncio.create_task(transport.send(request))
        await asyncio.wait_for(arrived.wait(), 2)
        assert downstream.open == 1
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        await _settled(downstream)
        assert b"0\r\n\r\n" not in downstream.received


async def test_pool_is_whole_after_thousands_of_cancellations(adapter: Adapter) -> None:
    count = 20_000 if adapter.name == "fast" else 2_000
    dice = random.Random(1)  # noqa: S311 - reproducible, no secret

    async def script(peer: Peer) -> None:
        while await peer.head():
            await peer.play(dice.random() * 0.002, OK)

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port, connections=4)
        limits = replace(LIMITS, pool=30.0)

        async def one() -> None:
            task = asyncio.ensure_future(exchange(transport, get(limits=limits)))
            await asyncio.sleep(dice.random() * 0.004)
            task.cancel()
            await asyncio.wait({task})

        async def worker() -> None:
            for _ in range(count // 50):
                await one()

        await asyncio.gather(*(worker() for _ in range(50)))
        healthy = [await exchange(transport, get()) for _ in range(10)]
        assert [outcome.body for outcome in healthy] == [b"ok"] * 10
        if isinstance(transport, FastTransport):
            assert transport.pool.places <= 4
            assert transport.pool.idle == transport.pool.places
        await asyncio.sleep(0.1)
        assert downstream.open <= 4
        assert _descriptors() < 60


async def test_slow_reader_holds_the_downstream_back(adapter: Adapter) -> None:
    total = 40_000_000
    sent = 0

    async def script(peer: Peer) -> None:
        nonlocal sent
        await peer.head()
        await peer.play(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
        for _ in range(total // 100_000):
            await peer.play(bytes(100_000))
            sent += 100_000

    async with Recording.serving(script) as downstream:
        transport = adapter.open(downstream.port)
        inbound: Inbound = await transport.send(get())
        chunks = inbound.chunks()
        size = len(await anext(chunks))
        await asyncio.sleep(0.3)
        assert sent < 20_000_000, "what the kernel's buffers hold, not the body"
        async for chunk in chunks:
            size += len(chunk)
            assert len(chunk) <= 1_000_000
        assert size == total


async def test_slow_downstream_holds_the_request_body_back(adapter: Adapter) -> None:
    given = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(400):
            given += 100_000
            yield bytes(100_000)

    async def script(peer: Peer) -> None:
        await peer.head()
        await asyncio.sleep(0.3)
        await peer.exactly(1)
        assert given < 20_000_000
        size = 1
        while size < 40_000_000:
            size += len(await peer._reader.read(1_000_000))  # unrecorded: 40 MB
        await peer.play(OK)

    async with Recording.serving(script) as downstream:
        request = get(method="POST", body=body(), length=40_000_000)
        outcome = await exchange(adapter.open(downstream.port), request)
        assert outcome.body == b"ok"
        assert given == 40_000_000


async def test_closed_transport_finishes_what_is_under_way_and_takes_nothing_new() -> None:
    async with Recording.serving(answers(0.1, OK, keep_alive=True)) as downstream:
        transport = FastTransport(Origin("http", "127.0.0.1", downstream.port), connections=2)
        await exchange(transport, get())
        busy = asyncio.create_task(exchange(transport, get()))
        other = asyncio.create_task(exchange(transport, get()))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(exchange(transport, get()))
        await asyncio.sleep(0.01)
        await transport.aclose()
        assert (await busy).body == b"ok"
        assert (await other).body == b"ok"
        assert (await waiting).kind == "drain"
        with pytest.raises(TransportError):
            await transport.send(get())
        await _settled(downstream)
        assert transport.pool.places == 0


def exchanges_alive() -> int:
    """Exchanges and answers that nothing has freed yet, of this test or of any before it."""
    return sum(type(thing).__name__ in ("Exchange", "Answer") for thing in gc.get_objects())


async def test_exchange_leaves_no_garbage_cycle() -> None:
    async with Recording.serving(answers(OK, keep_alive=True)) as downstream:
        transport = FastTransport(Origin("http", "127.0.0.1", downstream.port))
        await read(await transport.send(get()))
        gc.collect()
        gc.disable()
        before = exchanges_alive()
        try:
            for _ in range(50):
                await read(await transport.send(get()))
            left = exchanges_alive() - before
        finally:
            gc.enable()
        assert left <= 2
        await transport.aclose()
