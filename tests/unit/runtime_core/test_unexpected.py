"""Faults, of the edge's own and of a transport: what is answered, and what the log says of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.kinds import Kind
from proxygen.runtime.telemetry.logs import JsonFormatter
from proxygen.runtime.transport.seam import TransportError
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.scripted import Answer, Scripted

CLIENTS_TEXT = "text-of-a-client"


class Faulty(Scripted):
    """A transport with a fault in it, whose text has a client's in it."""

    fails: Exception = ZeroDivisionError(CLIENTS_TEXT)

    def next(self) -> Answer:
        raise self.fails


@pytest.fixture
def downstream() -> Scripted:
    return Faulty()


async def test_a_fault_is_503_and_logged_by_its_type_and_frames(
    make: Callable[..., EdgeApplication], caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(make())
    with caplog.at_level(logging.INFO, "proxygen.edge"):
        result = await client.call("GET", "/v1/classes/7")
    assert (result.status, result.json) == (503, {"detail": "Service unavailable"})
    (logged,) = [record for record in caplog.records if record.exc_info]
    event = json.loads(JsonFormatter().format(logged))
    assert event["level"] == "error"
    assert (event["event"], event["kind"]) == ("unexpected error", "proxy_error")
    assert event["error"] == "ZeroDivisionError"
    assert event["service"] == "classes"
    assert "scripted.py" in event["exception"]
    assert "ZeroDivisionError" in event["exception"]
    assert CLIENTS_TEXT not in json.dumps(event)
    counted = {"endpoint": "/v1/classes/{class-id}", "error_type": "proxy_error"}
    assert await client.count("api_errors_total", **counted) == 1


async def test_a_failure_is_logged_with_the_transports_own_words(
    make: Callable[..., EdgeApplication], downstream: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(downstream, Faulty)
    downstream.fails = TransportError(Kind.PROTOCOL, "words of the transport")
    with caplog.at_level(logging.INFO, "proxygen.edge"):
        assert (await Client(make()).call("GET", "/v1/classes/7")).status == 503
    event = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert event["event"] == "request finished"
    assert (event["kind"], event["error"]) == ("protocol", "words of the transport")
    assert (event["level"], event["status"]) == ("error", 503)
