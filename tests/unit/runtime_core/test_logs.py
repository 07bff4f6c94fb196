"""The log: one event when a request is forwarded, one when it ends, and nothing of the client's in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.kinds import Kind
from proxygen.runtime.telemetry.logs import JsonFormatter, level_of
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

JSON = (b"content-type", b"application/json")


@pytest.fixture
def edge(make: Callable[..., EdgeApplication], caplog: pytest.LogCaptureFixture) -> Client:
    caplog.set_level(logging.INFO, logger="proxygen.edge")
    return Client(make())


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonFormatter().format(record)) for record in caplog.records]


async def test_a_request_has_two_events(edge: Client, caplog: pytest.LogCaptureFixture) -> None:
    correlation = "6f2d0a52-6a0e-4a0c-9c5e-0d3b6f0f6b11"
    await edge.call("GET", "/v1/classes/7", (b"x-correlation-id", correlation.encode()))
    forwarded, finished = events(caplog)
    assert forwarded["event"] == "request forwarded"
    assert finished["event"] == "request finished"
    for event in (forwarded, finished):
        assert event["correlation_id"] == correlation
        assert event["service"] == "classes"
        assert event["operation"] == "getClass"
        assert event["endpoint"] == "/v1/classes/{class-id}"
    assert finished["status"] == 200
    assert isinstance(finished["elapsed"], float)
    assert "kind" not in finished


@pytest.mark.parametrize(
    ("answer", "kind", "level"),
    [
        (failure(Kind.CONNECT_REFUSED, sent=False), "connect_refused", "warning"),
        (failure(Kind.PROTOCOL), "protocol", "error"),
        (json_answer(b"x", 500), "upstream_5xx", "warning"),
        (Answer(200, [], (b"x", failure(Kind.BODY_TRUNCATED))), "body_truncated", "error"),
    ],
)
async def test_a_failure_has_its_kind_and_what_the_downstream_did(
    edge: Client,
    downstream: Scripted,
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    kind: str,
    level: str,
) -> None:
    downstream.answers = [answer]
    await edge.call("POST", "/bff/v1/teacher/x")
    finished = events(caplog)[-1]
    assert (finished["kind"], finished["level"]) == (kind, level)
    if isinstance(answer, Answer):
        assert finished["downstream_status"] == answer.status
    else:
        assert finished["error"] == "as the test says"


async def test_nothing_of_a_client_s_is_in_the_log(
    edge: Client, downstream: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    downstream.answers = [json_answer(b"marker", 500)]
    body = b'{"expected_essay_count": 0, "note": "marker"}'
    headers = (
        JSON,
        (b"cookie", b"a=marker"),
        (b"x-request-id", b"marker"),
        (b"authorization", b"Bearer marker"),
    )
    for token in (True, False):
        await edge.call(
            "POST",
            "/v1/batches/register?x=marker",
            *headers[: 3 if token else 4],
            body=body,
            token=token,
        )
        await edge.call("GET", "/v1/classes/marker?x=marker", *headers[1:3], token=token)
        await edge.call("GET", "/marker", token=token)
    assert caplog.records
    assert "marker" not in "".join(
        json.dumps(record.__dict__, default=str) for record in caplog.records
    )


def test_an_event_is_one_line_whatever_is_in_it() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\r\nb\u2028c\x1b", (), None)
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["event"] == "a\r\nb\u2028c\x1b"


def test_every_kind_has_its_level() -> None:
    quiet = {kind for kind in Kind if level_of(kind) == logging.INFO}
    assert quiet == {
        Kind.CLIENT_DISCONNECT,
        Kind.CLIENT_DISCONNECT_UPLOAD,
        Kind.CLIENT_DISCONNECT_DOWNLOAD,
        Kind.CLIENT_STALLED,
        Kind.DRAIN,
    }
    assert level_of(None) == logging.INFO
