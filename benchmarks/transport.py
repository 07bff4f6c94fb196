"""How fast each HTTP client calls a downstream: `python benchmarks/transport.py`.

One process on one core calls a trivial downstream on another, 32 requests at a time, under uvloop; every
answer's status and body are checked. Ratios between rows of one run hold; absolute figures move.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from multiprocessing.queues import Queue

import uvloop

from proxygen.runtime.transport import FastTransport, HttpxTransport
from proxygen.runtime.transport.httpx_adapter import create_client
from proxygen.runtime.transport.seam import Limits, Origin, Outbound, Transport

CONCURRENCY = 32
SECONDS = 1.5
ROUNDS = 3
TARGET = "/v1/classes/1?a=1&a=2"
BODY = b"x" * 460
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 02 Nov 2026 10:00:00 GMT\r\n"
    b"ETag: abc\r\nX-A: b\r\nContent-Length: 460\r\n\r\n"
)
HEADERS = {
    "Accept": "*/*",
    "User-Agent": "benchmark",
    "X-User-ID": "alice",
    "X-Org-ID": "school",
    "X-Correlation-ID": "a" * 36,
    "X-Request-ID": "b" * 36,
    "X-Proxied-By": "api-gateway-service",
    "X-Forwarded-For": "127.0.0.1",
}
Call = Callable[[], Awaitable[None]]


class _Downstream(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            self._received = b""
            self._transport.write(HEAD + BODY)  # type: ignore[attr-defined] # of a socket


def serve(ports: Queue[int]) -> None:
    """Answers every request with the same bytes, on the last core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Downstream, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(run())


def _of(transport: Transport) -> Call:
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    limits = Limits(connect=2, pool=1, write=5, read=30, idle=30)

    async def call() -> None:
        request = Outbound("GET", TARGET.encode(), headers, None, limits)
        inbound = await transport.send(request)
        content = b"".join([chunk async for chunk in inbound.chunks()])
        await inbound.aclose()
        _check(inbound.status, content)

    return call


async def fast(stack: AsyncExitStack, port: int) -> Call:
    """Our own."""
    transport = FastTransport(Origin("http", "127.0.0.1", port))
    stack.push_async_callback(transport.aclose)
    return _of(transport)


async def adapter(stack: AsyncExitStack, port: int) -> Call:
    """The httpx adapter: a connection for every request."""
    client = await stack.enter_async_context(create_client())
    return _of(HttpxTransport(Origin("http", "127.0.0.1", port), client))


async def httpx_alone(stack: AsyncExitStack, port: int) -> Call:
    """httpx as everybody uses it, with its pool."""
    import httpx

    client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))

    async def call() -> None:
        async with client.stream(
            "GET", f"http://127.0.0.1:{port}{TARGET}", headers=HEADERS
        ) as answer:
            content = b"".join([chunk async for chunk in answer.aiter_raw()])
        _check(answer.status_code, content)

    return call


async def aiohttp_alone(stack: AsyncExitStack, port: int) -> Call:
    """aiohttp's client, set to what a proxy wants."""
    import aiohttp
    from yarl import URL

    session = await stack.enter_async_context(
        aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
    )
    url = URL(f"http://127.0.0.1:{port}{TARGET}", encoded=True)

    async def call() -> None:
        async with session.get(url, headers=HEADERS, allow_redirects=False) as answer:
            content = b"".join([chunk async for chunk in answer.content.iter_any()])
        _check(answer.status, content)

    return call


async def pyreqwest_alone(stack: AsyncExitStack, port: int) -> Call:
    """pyreqwest's own API, streamed."""
    from pyreqwest.client import ClientBuilder

    client = await stack.enter_async_context(ClientBuilder().error_for_status(False).build())
    url = f"http://127.0.0.1:{port}{TARGET}"

    async def call() -> None:
        parts: list[bytes] = []
        request = client.get(url).headers(HEADERS).streamed_read_buffer_limit(0)
        async with request.build_streamed() as answer:
            while (chunk := await answer.body_reader.read_chunk()) is not None:
                parts.append(bytes(chunk))
        _check(answer.status, b"".join(parts))

    return call


def _check(status: int, content: bytes) -> None:
    if status != 200 or content != BODY:
        raise RuntimeError("another answer than was sent")


async def measure(
    open_client: Callable[[AsyncExitStack, int], Awaitable[Call]], port: int
) -> tuple[float, float]:
    """Requests per second, and microseconds of CPU for each."""
    async with AsyncExitStack() as stack:
        call = await open_client(stack, port)
        count = 0
        started, cpu = time.perf_counter(), time.process_time()
        end = started + SECONDS

        async def worker() -> None:
            nonlocal count
            while time.perf_counter() < end:
                await call()
                count += 1

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
        elapsed = time.perf_counter() - started
        return count / elapsed, (time.process_time() - cpu) / count * 1e6


CLIENTS = {
    "own (FastTransport)": fast,
    "pyreqwest 0.15, streamed": pyreqwest_alone,
    "aiohttp 3.14": aiohttp_alone,
    "httpx 0.28, its own pool": httpx_alone,
    "httpx adapter (HttpxTransport)": adapter,
}


def main() -> None:
    """Medians of interleaved rounds, as a Markdown table."""
    ports: Queue[int] = multiprocessing.Queue()
    downstream = multiprocessing.Process(target=serve, args=(ports,), daemon=True)
    downstream.start()
    port = ports.get(timeout=10)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in CLIENTS}
    for _ in range(ROUNDS):
        for name, client in CLIENTS.items():
            try:
                results[name].append(uvloop.run(measure(client, port)))
            except ImportError:
                continue
    downstream.terminate()
    own = statistics.median(rate for rate, _ in results["own (FastTransport)"])
    out = sys.stdout.write
    out("| client | requests/s | µs CPU per request | of our own |\n| --- | --- | --- | --- |\n")
    for name, found in results.items():
        if not found:
            out(f"| {name} | not installed | | |\n")
            continue
        rate = statistics.median(rate for rate, _ in found)
        cpu = statistics.median(cpu for _, cpu in found)
        out(f"| {name} | {rate:,.0f} | {cpu:.0f} | {rate / own:.2f} |\n")


if __name__ == "__main__":
    main()
