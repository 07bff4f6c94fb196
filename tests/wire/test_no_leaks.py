"""W120: that what must be in no log would be found there (`conftest.no_log_has_a_secret` looks for it)."""

from __future__ import annotations

import json

import pytest

from tests.wire.client import message
from tests.wire.edge import Edge
from tests.wire.leaks import Secrets
from tests.wire.tokens import token

TOKEN = token("alice")
REQUEST = message(
    "POST",
    "/v1/batches/register?cursor=a-cursor-of-alices",
    [f"Authorization: Bearer {TOKEN}", "Cookie: session=a-session-of-alices"],
    b'{"prompt": {"title": "an essay of alices"}}',
)


@pytest.mark.parametrize(
    "leak",
    [TOKEN, "a-cursor-of-alices", "a-session-of-alices", "an essay of alices"],
    ids=["token", "query", "cookie", "body"],
)
@pytest.mark.parametrize("place", ["error", "event", "correlation_id"])
def test_w120_a_secret_in_an_event_is_found(leak: str, place: str) -> None:
    secrets = Secrets()
    secrets.note(REQUEST)
    event = {"event": "request finished", "correlation_id": "3f6f3a0e-2c3c-4d8e-8f57-0d8f4d1f7c55"}
    assert secrets.found_in(json.dumps(event)) == set()
    assert secrets.found_in(json.dumps({**event, place: f"for {leak}."})) != set()


def test_w120_a_secret_in_a_line_that_is_no_event_is_found() -> None:
    secrets = Secrets()
    secrets.note(b"HTTP/1.1 500 Oops\r\n\r\npsql://user:pw@db")
    assert secrets.found_in("RuntimeError: psql://user:pw@db") == {"psql://user:pw@db"}


def test_w120_what_an_edge_logs_is_looked_at(edge: Edge) -> None:
    """The suite's logs are not empty, and are where the check looks."""
    edge.raw(REQUEST)
    assert edge.counts(lambda: "registerBatch" in edge.log_text)
    assert edge.log.name == "stderr"
