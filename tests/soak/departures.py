"""W126 to W128 and W134: an event is there at once, and who leaves frees the downstream at once."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from tests.soak.figure import Figure, Outcome, Progress
from tests.soak.stage import served
from tests.wire.client import message
from tests.wire.recording import Peer, Recording
from tests.wire.tokens import bearer

BATCH: Final = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
EVENTS: Final = f"/v1/results/batches/{BATCH}/events"
PATH: Final = "/bff/v1/teacher/gone"
IDLE: Final = 20
"""Event streams whose clients leave at once."""
_STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_EVENT = b"9\r\ndata: x\n\n\r\n"
_PIECE = b"z" * 65536
_SIZE = 1 << 30


class Downstream:
    """Behaves as the target says, and tells when it was left, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.sent = 0.0
        self.left: asyncio.Queue[float] = asyncio.Queue()
        self.finalised = 0

    async def play(self, peer: Peer) -> None:
        """One request, until the edge goes."""
        request = await peer.head()
        if not request:
            return
        try:
            if b"/events" in request:
                self.sent = time.monotonic()
                await peer.play(_STREAM + _EVENT)
            elif b"/download" in request:
                await peer.play(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _SIZE + _PIECE)
            self.began.set()
            rest = await peer.to_end()
            self.finalised += rest.endswith(b"0\r\n\r\n")
        finally:
            self.left.put_nowait(time.monotonic())


async def run(count: int, progress: Progress) -> Outcome:
    """So many clients leave in each of four states."""
    downstream = Downstream()
    async with Recording.serving(downstream.play) as recording, served(recording.port) as edge:
        first: list[float] = []
        freed: dict[str, list[float]] = {}
        lines = [bearer(exp=4e9)]
        upload = message("PUT", PATH, [*lines, "Transfer-Encoding: chunked"]) + b"4\r\nhalf\r\n"
        states = {
            "before the head": message("GET", PATH + "/waiting", lines),
            "in mid upload": upload,
            "in mid download": message("GET", PATH + "/download", lines),
            "of an event stream": message("GET", EVENTS, lines),
        }
        for number, (state, request) in enumerate(states.items()):
            for done in range(count):
                downstream.began.clear()
                reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
                writer.write(request)
                await asyncio.wait_for(downstream.began.wait(), 5)
                if state == "of an event stream":
                    await reader.readuntil(b"data: x")
                    first.append(time.monotonic() - downstream.sent)
                writer.transport.abort()
                left = time.monotonic()
                seconds = await asyncio.wait_for(downstream.left.get(), 10) - left
                freed.setdefault(state, []).append(seconds)
                progress((number * count + done + 1) // len(states))
        seconds_until_none = await _all_leave(edge.port, states["of an event stream"], downstream)
    return Outcome(
        figures=(
            *(
                Figure(
                    what=f"downstream freed after a client left {state}, slowest of {count}",
                    measured=round(max(seconds), 3),
                    limit=1,
                    unit="s",
                )
                for state, seconds in freed.items()
            ),
            Figure(
                what="uploads finished that their client had not",
                measured=downstream.finalised,
                limit=0,
            ),
            Figure(
                what=f"first event at the client, slowest of {count}",
                measured=round(max(first), 3),
                limit=0.1,
                unit="s",
            ),
            Figure(
                what=f"no downstream connection after {IDLE} idle event streams were left",
                measured=round(seconds_until_none, 3),
                limit=3,
                unit="s",
            ),
        )
    )


async def _all_leave(port: int, request: bytes, downstream: Downstream) -> float:
    """Seconds from when the clients left until the last of the downstream's connections was."""
    writers = []
    for _ in range(IDLE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await reader.readuntil(b"data: x")
        writers.append(writer)
    for writer in writers:
        writer.transport.abort()
    left = time.monotonic()
    seconds = 0.0
    for _ in range(IDLE):
        seconds = await asyncio.wait_for(downstream.left.get(), 10) - left
    return seconds
