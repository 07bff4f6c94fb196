"""R3: clients that give up at any moment; the pool behind the edge is as good as before."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.load import Connection
from tests.soak.stage import Worker, served
from tests.wire.client import Answer, message
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import bearer

POOL: Final = 4
CLIENTS: Final = 16
HEALTHY: Final = 10
KEEP_ALIVE: Final = 2
"""Seconds that the edge keeps an idle connection."""
PATH: Final = "/bff/v1/teacher/churn"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"


async def _slowly(peer: Peer) -> None:
    """Answers after some milliseconds, in two parts, unless asked to be quick."""
    chance = random.Random(peer.number)  # noqa: S311 - no secret
    # What uvloop raises where the edge has closed is no ConnectionError.
    with contextlib.suppress(RuntimeError):
        while request := await peer.head():
            if b"/quick" in request:
                await peer.play(_HEAD + b"abcdef")
                continue
            await peer.play(chance.random() * 0.004, _HEAD + b"abc")
            await peer.play(chance.random() * 0.004, b"def")


async def run(count: int, progress: Progress) -> Outcome:
    """So many clients leave, before their answer or in it; then ten do not."""
    chance = random.Random(7)  # noqa: S311 - the same moments in every run
    request = message("GET", PATH, [bearer(exp=4e9)])
    left = 0
    async with (
        Recording.serving(_slowly) as downstream,
        served(
            downstream.port,
            EDGE_SERVICES__BFF_TEACHER__CONNECTIONS=str(POOL),
            EDGE_SERVICES__BFF_TEACHER__KEEP_ALIVE=str(KEEP_ALIVE),
        ) as edge,
    ):
        worker = Worker(edge)
        await _healthy(edge.port)
        await asyncio.sleep(KEEP_ALIVE + 1)
        tasks, descriptors = worker.tasks, worker.descriptors

        async def leave() -> None:
            nonlocal left
            while left < count:
                left += 1
                connection = await Connection.open(edge.port)
                connection.send(request)
                await asyncio.sleep(chance.random() * 0.008)
                connection.abort()
                if left % 50 == 0:
                    # Nobody may outrun the edge: what waits to be accepted would be all that is measured.
                    await _ask(edge.port)
                    progress(left)

        await asyncio.gather(*(leave() for _ in range(CLIENTS)))
        settled = await worker.settled(descriptors + POOL, tasks)
        healthy = await _healthy(edge.port)
        await asyncio.sleep(0.5)
        opened = downstream.open
        descriptors_more = tasks_more = 0
        if not await worker.settled(descriptors, tasks):
            # Asked again only then: the question's own connection may still be closing.
            settled = False
            descriptors_more, tasks_more = worker.descriptors - descriptors, worker.tasks - tasks
    return Outcome(
        figures=(
            Figure(what="clients that left", measured=left, limit=count, least=True),
            Figure(what="of 10 healthy requests, answered", measured=healthy, limit=10, least=True),
            Figure(what="downstream connections then, of a pool of 4", measured=opened, limit=POOL),
            Figure(what="descriptors more than before", measured=descriptors_more, limit=0),
            Figure(what="tasks more than before", measured=tasks_more, limit=0),
        ),
        faults=() if settled else ("not back at rest in 10 s",),
    )


async def _healthy(port: int) -> int:
    """How many of ten requests are answered well."""
    answers = [await _ask(port) for _ in range(HEALTHY)]
    return sum(answer.status == 200 and answer.body == b"abcdef" for answer in answers)


async def _ask(port: int) -> Answer:
    """One request whose client waits for its answer."""
    connection = await Connection.open(port)
    (answer,) = await connection.ask(message("GET", PATH + "/quick", [bearer()]))
    connection.abort()
    return answer
