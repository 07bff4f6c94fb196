"""Requests and bodies as a server hands them over, for the tests of the runtime's request side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping
from typing import Any
from uuid import UUID

from proxygen.runtime.body.stream import Receive
from proxygen.runtime.context import RequestContext
from proxygen.runtime.correlation import CorrelationContext
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation

ALICE = Identity("alice")
ALICE_AT_SCHOOL = Identity("alice", "school-1")


def context() -> RequestContext:
    """A request's context with ids that a test can name."""
    return RequestContext(
        correlation=CorrelationContext("corr-1", str(UUID(int=1))), request_id="request-1"
    )


def operation(**fields: Any) -> Operation:
    """An operation with these fields and plain others."""
    plain: dict[str, Any] = {
        "service": "classes",
        "operation_id": "op",
        "method": "POST",
        "edge_path": "/v1/x",
        "downstream_path": "/v1/x",
    }
    return Operation(**{**plain, **fields})


def scope(*headers: tuple[str, str], **fields: Any) -> MutableMapping[str, Any]:
    """An ASGI scope with these header lines."""
    lines = [(name.lower().encode(), value.encode()) for name, value in headers]
    return {"type": "http", "http_version": "1.1", "method": "POST", "headers": lines, **fields}


def receiving(chunks: Iterable[bytes], *, then_gone: bool = False, pause: float = 0.0) -> Receive:
    """ASGI's `receive` of a body in these chunks; `then_gone` disconnects before its end."""
    pending = list(chunks)

    async def receive() -> MutableMapping[str, Any]:
        if pause:
            await asyncio.sleep(pause)
        if pending:
            chunk = pending.pop(0)
            more = bool(pending) or then_gone
            return {"type": "http.request", "body": chunk, "more_body": more}
        return {"type": "http.disconnect"}

    return receive


async def sent(content: Any) -> bytes:
    """All bytes of an outgoing body."""
    if isinstance(content, bytes):
        return content
    return b"".join([chunk async for chunk in content])
