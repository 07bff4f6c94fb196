"""R6: a downstream that always fails gets little more than was asked, and no body twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.receiver import Arrived, Receiver
from tests.soak.stage import served
from tests.wire.client import message
from tests.wire.tokens import bearer

CLIENTS: Final = 16
PATH: Final = "/bff/v1/teacher/failing"
NO_BREAKER: Final = {"EDGE_SERVICES__BFF_TEACHER__BREAKER__ENABLED": "false"}
"""A breaker would send less still."""
_BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
_STREAM = b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"


async def run(count: int, progress: Progress) -> Outcome:
    """So many requests, all answered 503: half may be sent again, half may not (a POST, a streamed PUT)."""
    arrived: Counter[bytes] = Counter()
    sent: Counter[str] = Counter()

    def busy(request: Arrived) -> bytes:
        (identifier,) = request.values(b"x-correlation-id")
        arrived[identifier] += 1
        return _BUSY

    async with (
        Receiver.listening(busy) as port,
        served(port, **NO_BREAKER) as edge,
    ):
        line = bearer(exp=4e9)

        async def ask() -> None:
            connection = await Connection.open(edge.port)
            while sent.total() < count:
                kind = ("get", "post", "get", "put")[sent.total() % 4]
                sent[kind] += 1
                lines = [line, f"X-Correlation-ID: {kind}-{sent.total()}"]
                if connection.closed:
                    connection = await Connection.open(edge.port)
                await connection.ask(_request(kind, lines))
                if sent.total() % 100 == 0:
                    progress(sent.total())
            connection.abort()

        await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    replayed = sum(
        times > 1 for name, times in arrived.items() if name.startswith((b"post", b"put"))
    )
    return Outcome(
        figures=(
            Figure(
                what="requests to a service that fails",
                measured=sent.total(),
                limit=count,
                least=True,
            ),
            Figure(
                what="requests that it got for each",
                measured=round(arrived.total() / sent.total(), 3),
                limit=1.2,
            ),
            Figure(what="POSTs and streamed PUTs that it got twice", measured=replayed, limit=0),
        )
    )


def _request(kind: str, lines: list[str]) -> bytes:
    if kind == "put":
        head = message("PUT", PATH, lines)
        return head.removesuffix(b"\r\n") + _STREAM
    return message(kind.upper(), PATH, lines, b"body" if kind == "post" else None)
