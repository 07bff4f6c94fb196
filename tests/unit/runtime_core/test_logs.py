"""The log: one event when a request is forwarded, one when it ends, and nothing of the client's in them."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind
from proxygen.runtime.telemetry.log_lines import LineHandler
from proxygen.runtime.telemetry.logs import (
    LOGGER,
    JsonFormatter,
    level_of,
    log_finished,
    log_forwarded,
)
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


@pytest.fixture
def served_log() -> Iterator[tuple[LineHandler, io.StringIO]]:
    """The edge's own handler, alone, as a served edge has it."""
    stream = io.StringIO()
    handler = LineHandler(stream)
    handler.setFormatter(JsonFormatter())
    before = LOGGER.handlers, LOGGER.level, LOGGER.propagate
    LOGGER.handlers, LOGGER.propagate = [handler], False
    LOGGER.setLevel(logging.INFO)
    yield handler, stream
    LOGGER.handlers, level, LOGGER.propagate = before
    LOGGER.setLevel(level)


class Looks(logging.Handler):
    """Keeps what it sees."""

    def __init__(self, seen: list[logging.LogRecord]) -> None:
        super().__init__()
        self._seen = seen

    def emit(self, record: logging.LogRecord) -> None:
        self._seen.append(record)


def _of_a_request(status: int | None, answered: int | None, service: str | None) -> RequestContext:
    context = RequestContext.from_headers([(b"x-correlation-id", b'"\\')])
    context.endpoint, context.service, context.operation_id = "/v1/{x}\u00e9\n", service, service
    context.status, context.downstream_status = status, answered
    return context


@pytest.mark.parametrize("status", [None, 200])
@pytest.mark.parametrize("answered", [None, 404])
@pytest.mark.parametrize("service", [None, 'a "service"'])
def test_a_line_is_the_same_whether_or_not_somebody_looks_at_its_record(
    served_log: tuple[LineHandler, io.StringIO],
    status: int | None,
    answered: int | None,
    service: str | None,
) -> None:
    handler, stream = served_log
    seen: list[logging.LogRecord] = []

    def looks(record: logging.LogRecord) -> bool:
        seen.append(record)
        return True

    context = _of_a_request(status, answered, service)
    for _ in range(2):
        log_forwarded(context, "GET")
        log_finished(context, "GET", 0.25)
        handler.addFilter(looks)
    lines = re.sub(r'"time": "[^"]*"', '"time": 0', stream.getvalue()).splitlines()
    assert len(seen) == 2
    assert lines[:2] == lines[2:]
    assert [json.loads(line)["event"] for line in lines[:2]] == [
        "request forwarded",
        "request finished",
    ]


@pytest.mark.parametrize("told", ["filter", "second handler", "handler above", "record factory"])
def test_who_looks_at_records_gets_one_of_each_event(
    served_log: tuple[LineHandler, io.StringIO], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, _ = served_log
    seen: list[logging.LogRecord] = []

    def factory(*arguments: object, **named: object) -> logging.LogRecord:
        seen.append(logging.LogRecord(*arguments, **named))  # type: ignore[arg-type]  # as it was called
        return seen[-1]

    def looks(record: logging.LogRecord) -> bool:
        seen.append(record)
        return True

    if told == "filter":
        monkeypatch.setattr(LOGGER, "filters", [looks])
    elif told == "second handler":
        LOGGER.handlers = [handler, Looks(seen)]
    elif told == "handler above":
        LOGGER.propagate = True
        monkeypatch.setattr(logging.getLogger("proxygen"), "handlers", [Looks(seen)])
        monkeypatch.setattr(logging.getLogger("proxygen"), "propagate", False)
    else:
        monkeypatch.setattr(logging, "_logRecordFactory", factory)
    context = _of_a_request(200, 200, "classes")
    log_forwarded(context, "GET")
    log_finished(context, "GET", 0.25)
    assert len(seen) == 2


def test_who_begins_to_look_or_ends_is_noticed_at_the_next_event(
    served_log: tuple[LineHandler, io.StringIO],
) -> None:
    handler, stream = served_log
    seen: list[logging.LogRecord] = []
    above = logging.getLogger("proxygen")
    beside = Looks(seen)
    context = _of_a_request(200, 200, "classes")

    def looks(record: logging.LogRecord) -> bool:
        seen.append(record)
        return True

    def events_seen() -> int:
        before = len(seen)
        log_forwarded(context, "GET")
        return len(seen) - before

    assert events_seen() == 0
    for target, add, remove in (
        (handler, "addFilter", "removeFilter"),
        (LOGGER, "addFilter", "removeFilter"),
    ):
        getattr(target, add)(looks)
        assert (events_seen(), events_seen()) == (1, 1)
        getattr(target, remove)(looks)
        events_seen()
        assert events_seen() == 0
    LOGGER.addHandler(beside)
    assert events_seen() == 1
    LOGGER.removeHandler(beside)
    assert events_seen() == 0
    LOGGER.propagate = True
    above.addHandler(beside)
    assert events_seen() == 1
    above.removeHandler(beside)
    LOGGER.propagate = False
    assert events_seen() == 0
    handler.setFormatter(logging.Formatter("as the team says: %(message)s"))
    assert events_seen() == 0
    assert stream.getvalue().endswith("as the team says: request forwarded\n")
