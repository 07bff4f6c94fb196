"""A client that calls an application as a server does, and sees each message that it sends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import jwt
from starlette.types import ASGIApp, Message

from tests.unit.runtime_core.mini_edge import SECRET


def bearer(user: str = "alice", **claims: object) -> tuple[bytes, bytes]:
    """The Authorization line of a good token."""
    payload = {"sub": user, "exp": int(time.time()) + 600, **claims}
    return (b"authorization", b"Bearer " + jwt.encode(payload, SECRET, algorithm="HS256").encode())


@dataclass(slots=True)
class Result:
    """What the application sent, message by message, and what it raised."""

    messages: list[Message] = field(default_factory=list)
    raised: BaseException | None = None

    @property
    def status(self) -> int:
        return self.messages[0]["status"] if self.messages else 0

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.messages[1:])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def complete(self) -> bool:
        """Whether the last message says that it is the last."""
        return len(self.messages) > 1 and not self.messages[-1].get("more_body", False)

    def values(self, name: str) -> list[str]:
        wanted = name.lower().encode()
        return [v.decode() for n, v in self.messages[0]["headers"] if n.lower() == wanted]


class Client:
    """Calls one application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: Any = app

    async def call(
        self,
        method: str,
        target: str,
        *headers: tuple[bytes, bytes],
        body: bytes | Iterable[bytes] = b"",
        leaves_after: float | None = None,
        token: bool = True,
    ) -> Result:
        """One request; the client leaves after so many seconds where that is said."""
        path, _, query = target.partition("?")
        chunks = [body] if isinstance(body, bytes) else list(body)
        framing = []
        if not isinstance(body, bytes):
            framing = [(b"transfer-encoding", b"chunked")]
        elif body:
            framing = [(b"content-length", b"%d" % len(body))]
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": _unquoted(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (b"host", b"edge.test"),
                *([bearer()] if token else []),
                *framing,
                *headers,
            ],
            "client": ("192.0.2.1", 40000),
            "server": ("127.0.0.1", 80),
        }
        left = asyncio.Event()
        if leaves_after is not None:
            asyncio.get_running_loop().call_later(leaves_after, left.set)

        async def receive() -> Message:
            if chunks:
                chunk = chunks.pop(0)
                return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}
            await left.wait()
            return {"type": "http.disconnect"}

        result = Result()

        async def send(message: Message) -> None:
            if message["type"] not in ("http.response.start", "http.response.body"):
                raise RuntimeError("a server takes no other message")
            result.messages.append(message)
            await asyncio.sleep(0)

        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - a server sees whatever leaves an application
            result.raised = error
        return result

    async def metrics(self) -> dict[str, float]:
        """Every sample as the edge's registry has it, `name{label="value"}`, creation times left out."""
        from prometheus_client import CollectorRegistry

        registry = await self.app.state.dishka_container.get(CollectorRegistry)
        return {
            sample.name + json.dumps(sample.labels, sort_keys=True): sample.value
            for metric in registry.collect()
            for sample in metric.samples
            if not sample.name.endswith("_created")
        }

    async def count(self, name: str, **labels: str) -> float:
        """The value of one sample, 0 where there is none."""
        return (await self.metrics()).get(name + json.dumps(labels, sort_keys=True), 0.0)


def _unquoted(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)
