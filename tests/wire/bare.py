"""An application without an edge, to see the pinned server by itself: `python -m tests.wire.bare`."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from proxygen.runtime.server.command import serve
from proxygen.runtime.server.drain import Application, Drain
from proxygen.runtime.settings import SettingsError


def create_app() -> Application:
    """`/healthz` answers, `/readyz` as an edge does, `/pid` tells who, `/stream` never ends, `/slow` does."""
    if "BARE_URL" not in os.environ:
        raise SettingsError(["BARE_URL is not set"])
    return _application


async def _application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    path = scope["path"]
    status = 503 if path == "/readyz" and Drain.begun_in(scope) else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    if path == "/slow":
        await asyncio.sleep(0.5)
    while path == "/stream":
        await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
        await asyncio.sleep(0.05)
    body = str(os.getpid()).encode() if path == "/pid" else b"bare"
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return


if __name__ == "__main__":
    serve("tests.wire.bare:create_app")
