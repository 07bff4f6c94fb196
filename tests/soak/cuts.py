"""R2: an answer cut at every byte of its body, in three framings; no client may take it for whole."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import httpx

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.stage import served
from tests.wire.client import message
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import token

SIZE: Final = 4096
"""Bytes of the body."""
PATH: Final = "/bff/v1/teacher/cut"
AT_A_TIME: Final = 16
_CHUNK = 700
_BODY = random.Random(4).randbytes(SIZE)  # noqa: S311 - bytes that gzip cannot make fewer
_GZIPPED = gzip.compress(_BODY, mtime=0)


def _chunked(body: bytes) -> bytes:
    parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


FRAMINGS: Final[Mapping[str, tuple[bytes, bytes]]] = {
    "chunked": (_head("Transfer-Encoding: chunked"), _chunked(_BODY)),
    "length": (_head(f"Content-Length: {SIZE}"), _BODY),
    "gzip": (_head("Content-Encoding: gzip", "Transfer-Encoding: chunked"), _chunked(_GZIPPED)),
}
"""Head and body on the wire, by framing."""

Get = Callable[[str], Awaitable[bool]]
"""Whether a GET of this target looks like a whole answer of 200 to its library."""


@asynccontextmanager
async def _libraries(port: int) -> AsyncIterator[Mapping[str, Get]]:
    """Real clients, each as it comes."""
    base, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token(exp=4e9)}"}
    raw_lines = [f"{name}: {value}" for name, value in headers.items()]

    async def by_httpx(target: str) -> bool:
        try:
            return (await over_httpx.get(base + target, headers=headers)).status_code == 200
        except httpx.HTTPError:
            return False

    async def by_aiohttp(target: str) -> bool:
        try:
            async with over_aiohttp.get(base + target, headers=headers) as answer:
                await answer.read()
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def blocking(target: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()
        return answer.status == 200

    async def by_http_client(target: str) -> bool:
        return await asyncio.to_thread(blocking, target)

    async def by_socket(target: str) -> bool:
        connection = await Connection.open(port)
        (answer,) = await connection.ask(message("GET", target, raw_lines))
        connection.abort()
        return answer.status == 200 and answer.complete and not answer.closed

    async with (
        httpx.AsyncClient(trust_env=False) as over_httpx,
        aiohttp.ClientSession() as over_aiohttp,
    ):
        yield {
            "httpx": by_httpx,
            "aiohttp": by_aiohttp,
            "http.client": by_http_client,
            "a socket": by_socket,
        }


async def _cut(peer: Peer) -> None:
    """Answers with as much of the body as the target says, and closes."""
    request = await peer.head()
    if request:
        framing, size = request.split(b" ", 2)[1].decode().split("/")[-2:]
        head, body = FRAMINGS[framing]
        await peer.play(head + body[: int(size)])


async def run(count: int, progress: Progress) -> Outcome:
    """`count` cut points of each body, spread over all of its bytes; each seen by each library."""
    whole: list[str] = []
    broken: list[str] = []
    done = cuts = 0
    places = asyncio.Semaphore(AT_A_TIME)
    async with (
        Recording.serving(_cut) as downstream,
        served(downstream.port) as edge,
        _libraries(edge.port) as libraries,
    ):

        async def look(library: str, framing: str, size: int) -> None:
            nonlocal done, cuts
            async with places:
                complete = await libraries[library](f"{PATH}/{framing}/{size}")
            if size == len(FRAMINGS[framing][1]):
                if not complete:
                    broken.append(f"whole answer, {framing}, seen broken by {library}")
                return
            cuts += 1
            if complete:
                whole.append(f"{framing} cut at byte {size}, taken for whole by {library}")
            done += 1
            progress(done // (len(FRAMINGS) * len(libraries)))

        looks = [
            look(library, framing, size)
            for framing, (_, body) in FRAMINGS.items()
            for size in _cut_points(len(body), count)
            for library in libraries
        ]
        await asyncio.gather(*looks)
    return Outcome(
        figures=(
            Figure(what="cut answers seen by a client library", measured=cuts, limit=cuts),
            Figure(what="of them taken for whole", measured=len(whole), limit=0),
            Figure(what="whole answers taken for cut", measured=len(broken), limit=0),
        ),
        faults=(*whole[:5], *broken[:5]),
    )


def _cut_points(size: int, count: int) -> list[int]:
    """So many sizes from 0 on, the last byte's among them, and the whole."""
    step = max(1, size // count)
    return sorted({*range(0, size, step), size - 1, size})
