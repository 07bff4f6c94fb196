"""The core is given away after an answer's last piece, and only where no other request is open."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from proxygen.runtime.server import answer_first
from proxygen.runtime.server.answer_first import AnswerFirst
from proxygen.runtime.server.drain import Drain, Receive, Scope, Send

START = {"type": "http.response.start", "status": 200, "headers": []}
PIECE = {"type": "http.response.body", "body": b"x", "more_body": True}
LAST = {"type": "http.response.body", "body": b"x"}


def scope() -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def _receive() -> dict[str, Any]:
    return {"type": "http.disconnect"}


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent, and when the core was given away, in their order."""
    found: list[str] = []
    monkeypatch.setattr(answer_first, "_give_way", lambda: found.append("gives way"))
    return found


async def answer(events: list[str], *messages: dict[str, Any], beside: int = 0) -> list[str]:
    """The events of one answer while other requests are open."""
    drain = Drain(60, parent=os.getppid())
    held = asyncio.Event()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/held":
            await held.wait()
            return
        for message in messages:
            await send(message)
        events.append("done")

    async def send(message: Any) -> None:
        events.append(message["type"].rpartition(".")[2])

    served = drain.around(AnswerFirst(drain).around(application))
    others = [
        asyncio.ensure_future(served({**scope(), "path": "/held"}, _receive, send))
        for _ in range(beside)
    ]
    await asyncio.sleep(0)
    await served(scope(), _receive, send)
    held.set()
    await asyncio.gather(*others)
    return events


async def test_the_last_piece_of_the_only_request_is_written_before_what_is_left(
    events: list[str],
) -> None:
    found = await answer(events, START, PIECE, LAST)
    assert found.count("gives way") == 1
    assert found.index("gives way") < found.index("done")


async def test_nobody_gives_way_within_an_answer(events: list[str]) -> None:
    assert "gives way" not in await answer(events, START, PIECE, PIECE)


async def test_nobody_gives_way_while_others_are_open(events: list[str]) -> None:
    assert "gives way" not in await answer(events, START, LAST, beside=1)
