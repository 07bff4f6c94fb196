"""A client that takes nothing is cut through any stack: the task of its request is cancelled, and ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind
from proxygen.runtime.server.drain import Drain
from proxygen.runtime.server.write_limit import WriteLimit

SECONDS = 0.2
PIECES = 5


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(PIECES):
        yield b"x"


async def _answer(_: Request) -> Response:
    return StreamingResponse(_pieces())


async def _pass(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    return response


def served(*, middleware: bool) -> Any:
    around = [Middleware(BaseHTTPMiddleware, dispatch=_pass)] if middleware else []
    app = Starlette(routes=[Route("/", _answer)], middleware=around)
    return Drain(60, parent=os.getppid()).around(WriteLimit(SECONDS).around(app))


def scope() -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def _receive() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


@pytest.mark.parametrize("middleware", [False, True], ids=["route", "behind a middleware"])
async def test_one_that_takes_nothing_is_cancelled_at_the_limit(middleware: bool) -> None:
    request = scope()
    loop = asyncio.get_running_loop()

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            await asyncio.Event().wait()

    started = loop.time()
    task = loop.create_task(served(middleware=middleware)(request, _receive, send))
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(task), 5)
    assert task.done()
    assert SECONDS <= loop.time() - started + 0.01 < SECONDS + 1
    assert RequestContext.of(request).kind is Kind.CLIENT_STALLED


@pytest.mark.parametrize("middleware", [False, True], ids=["route", "behind a middleware"])
async def test_one_that_takes_each_piece_within_the_limit_gets_all(middleware: bool) -> None:
    request = scope()
    taken: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            await asyncio.sleep(SECONDS / 2)
            taken.append(message["body"])

    await served(middleware=middleware)(request, _receive, send)
    assert taken == [b"x"] * PIECES
    assert RequestContext.of(request).kind is None
