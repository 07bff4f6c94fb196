"""The small edge with two hooks before the forward, under the pinned server: `python -m tests.wire.hooked`.

What the hooks do is asked for by the correlation id, one of the few things of a request that they see.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from dishka import Provider, Scope
from fastapi import HTTPException

from proxygen.runtime import BeforeForward, EdgeApplication, EdgeError, PendingForward, create_edge
from proxygen.runtime.server.command import serve
from tests.unit.runtime_core.mini_edge import edge

SECRET = "words-of-an-exception"
ASKED: dict[str, tuple[tuple[str, str], ...]] = {
    "names-no-token": (("X A", "1"),),
    "ends-its-line": (("X-A", f"{SECRET}\r\nX-B: 1"),),
    "frames": (("Content-Length", "1"),),
    "ends-the-connection": (("Connection", "close"),),
    "correlates": (("X-Correlation-ID", "mine"),),
    "is-no-latin": (("X-A", "\u2028"),),
}
"""Lines that no answer may have, by the correlation id that asks for them."""


class Reports:
    """Answers with all that a hook is told."""

    async def __call__(self, pending: PendingForward, /) -> Iterable[tuple[str, str]]:
        identity = pending.identity
        told = {
            "service": pending.service,
            "operation": getattr(pending.operation, "operation_id", None),
            "method": pending.method,
            "user_id": None if identity is None else identity.user_id,
            "client": pending.client_address,
            "correlation": pending.correlation.original,
        }
        return (("X-Told", json.dumps(told)), ("X-Order", "first"), ("X-Quota", "of the first"))


class Decides:
    """Refuses, fails, waits, or answers with what no answer may have."""

    async def __call__(self, pending: PendingForward, /) -> Iterable[tuple[str, str]] | None:
        asked = pending.correlation.original
        match asked:
            case "forbid":
                raise EdgeError(403, "Not in your plan")
            case "forbid-as-fastapi-does":
                raise HTTPException(403, "Not in your plan")
            case "exhaust":
                lines = (("Retry-After", "7"), ("X-Quota", "of the second"))
                raise EdgeError(429, "Quota exceeded", headers=lines)
            case "fail":
                raise RuntimeError(SECRET)
            case "refuse-badly":
                raise EdgeError(403, "Forbidden", headers=(("X-A", f"{SECRET}\r\nX-B: 1"),))
            case "wait" | "wait-for-a-client-that-leaves":
                await asyncio.sleep(60)
            case "say-nothing":
                return None
        return ASKED.get(asked, (("X-Order", "second"),))


def hooks() -> tuple[Provider, ...]:
    """One provider for each hook, as two packages of a team's would bring them."""
    first, second = Provider(scope=Scope.APP), Provider(scope=Scope.APP)
    first.provide(Reports, provides=BeforeForward)
    second.provide(Decides, provides=BeforeForward)
    return first, second


def create_app() -> EdgeApplication:
    """The production application, with settings from the environment."""
    return create_edge(edge(), providers=hooks())


if __name__ == "__main__":
    serve(f"{__spec__.name}:create_app")
