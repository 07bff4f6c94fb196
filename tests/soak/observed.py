"""The generated edge, which also says how many tasks it has: `python -m tests.soak.observed`."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from generated.app import create_app as create_edge
from proxygen.runtime.server.command import serve
from proxygen.runtime.server.drain import Application

TASKS: Final = "/tests/tasks"
"""Answered with the number of tasks of the worker's event loop."""


def create_app() -> Application:
    """The production application behind one more path."""
    edge = create_edge()

    async def observed(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != TASKS:
            await edge(scope, receive, send)
            return
        body = str(len(asyncio.all_tasks())).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return observed


if __name__ == "__main__":
    serve("tests.soak.observed:create_app")
