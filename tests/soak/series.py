"""R5: random paths and methods of strangers make no new series of metrics."""

from __future__ import annotations

import asyncio
import random
import string
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.stage import served
from tests.soak.variety import shapes
from tests.wire.client import message
from tests.wire.recording import Recording, answers

CLIENTS: Final = 8
WARM_UP: Final = 1_000
"""Requests after which every route and every answer of the edge's own has been seen."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "FOO", "get")
_PREFIXES = ("/", "/v1/", "/v1/classes/", "/v1/batches/", "/v1/files/", "/bff/v1/teacher/")
_ALPHABET = string.ascii_letters + string.digits + "-._~%/?&=;:@+"


def _request(chance: random.Random) -> bytes:
    path = chance.choice(_PREFIXES) + "".join(chance.choices(_ALPHABET, k=chance.randrange(24)))
    method = chance.choice(_METHODS)
    if chance.random() < 0.1:
        method = "".join(chance.choices(string.ascii_uppercase, k=chance.randrange(1, 9)))
    return message(method, path)


async def run(count: int, progress: Progress) -> Outcome:
    """So many requests without a token; the series are counted before and after."""
    chance = random.Random(11)  # noqa: S311 - the same paths in every run
    answered = 0
    ok = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", keep_alive=True)
    async with Recording.serving(ok) as downstream, served(downstream.port) as edge:

        async def ask(until: int) -> None:
            nonlocal answered
            connection = await Connection.open(edge.port)
            while answered < until:
                if connection.closed:
                    connection = await Connection.open(edge.port)
                answered += 1
                await connection.ask(_request(chance))
                if answered % 100 == 0:
                    progress(answered)
            connection.abort()

        async def all_ask(until: int) -> None:
            await asyncio.gather(*(ask(until) for _ in range(CLIENTS)))

        def series() -> set[str]:
            text = edge.request("GET", "/metrics").body.decode()
            return {
                line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")
            }

        for shape in shapes():
            broken = shape.target.rpartition("/")[0] + "/%zz"
            for target in (shape.target, broken):
                connection = await Connection.open(edge.port)
                await connection.ask(message(shape.method, target))
                connection.abort()
        await all_ask(WARM_UP)
        before = series()
        await all_ask(WARM_UP + count)
        new = series() - before
    return Outcome(
        figures=(
            Figure(what="random paths and methods", measured=count, limit=count, least=True),
            Figure(what="series before them", measured=len(before), limit=len(before)),
            Figure(what="new series after them", measured=len(new), limit=0),
        ),
        faults=tuple(sorted(new)[:5]),
    )
