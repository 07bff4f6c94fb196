"""The tests reach an application as `httpx.AsyncClient` over `httpx.ASGITransport` would, byte for byte."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from proxygen.testing.asgi import Message, answer_of

REQUESTS: list[tuple[str, str, list[tuple[str, str]], bytes | None]] = [
    ("GET", "/a%2Fb?x=1&y'z=%27", [], None),
    ("GET", "/a b{c}?q=å", [("X-Y", "1"), ("x-y", "2")], None),
    ("POST", "/with-a-body", [("content-type", "text/plain")], b"hi"),
    ("POST", "/without-a-body", [], None),
    ("HEAD", "/head", [], None),
    ("GET", "/raises", [], None),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: f"{one[0]} {one[1]}")
async def test_application_and_client_see_what_httpx_lets_them_see(
    request_: tuple[str, str, list[tuple[str, str]], bytes | None],
) -> None:
    method, target, headers, content = request_
    seen: list[tuple[Message, bytes]] = []

    async def app(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body, more = b"", True
        while more:
            received = await receive()
            body, more = body + received["body"], received["more_body"]
        seen.append((scope, body))
        if scope["path"] == "/raises":
            raise RuntimeError
        head = [(b"x-a", b"1"), (b"x-a", b"2"), (b"content-length", b"3")]
        await send({"type": "http.response.start", "status": 201, "headers": head})
        await send({"type": "http.response.body", "body": b"ab", "more_body": True})
        await send({"type": "http.response.body", "body": b"c"})
        assert await receive() == {"type": "http.disconnect"}

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge.test") as client:
        client.headers.clear()
        theirs = await client.send(
            client.build_request(method, target, headers=headers, content=content)
        )
    request = httpx.Request(method, f"http://edge.test{target}", headers=headers, content=content)
    ours = await answer_of(app, request)

    assert _scope(seen[1]) == _scope(seen[0])
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert ours.headers.raw == theirs.headers.raw


def _scope(seen: tuple[Message, bytes]) -> tuple[dict[str, Any], bytes]:
    return dict(seen[0]), seen[1]
