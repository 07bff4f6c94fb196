"""What is sent again: idempotent requests that a downstream did not answer, within deadline and budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.calls.retry import RetryBudget, pause, retry_after
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import TransportError
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

REFUSED = failure(Kind.CONNECT_REFUSED, sent=False)


@pytest.fixture
def edge(make: Callable[..., EdgeApplication]) -> Client:
    return Client(make())


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_an_idempotent_request_is_sent_again_when_it_was_not_sent(
    edge: Client, downstream: Scripted, method: str
) -> None:
    downstream.answers = [REFUSED, REFUSED, json_answer()]
    assert (await edge.call(method, "/bff/v1/teacher/x")).status == 200
    assert len(downstream.sent) == 3
    labels = {"service": "teacher", "method": method, "endpoint": "/{path}"}
    assert await edge.count("downstream_service_calls_total", **labels, status_code="none") == 2
    assert await edge.count("downstream_service_calls_total", **labels, status_code="200") == 1
    assert not any(name.startswith("api_errors_total{") for name in await edge.metrics())


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "happens",
    [
        REFUSED,
        failure(Kind.RESET_BEFORE_HEADERS, reused=True),
        Answer(503, [(b"Retry-After", b"0")]),
    ],
)
async def test_what_is_not_idempotent_is_sent_once(
    edge: Client, downstream: Scripted, method: str, happens: Answer | TransportError
) -> None:
    downstream.answers = [happens]
    assert (await edge.call(method, "/bff/v1/teacher/x")).status == 503
    assert len(downstream.sent) == 1


async def test_a_streamed_body_is_sent_once(edge: Client, downstream: Scripted) -> None:
    downstream.answers = [failure(Kind.RESET_BEFORE_HEADERS, reused=True)]
    assert (await edge.call("PUT", "/bff/v1/teacher/x", body=[b"a", b"b"])).status == 503
    assert len(downstream.sent) == 1


@pytest.mark.parametrize(
    ("happens", "times"),
    [
        (failure(Kind.RESET_BEFORE_HEADERS, reused=True), 3),
        (failure(Kind.RESET_BEFORE_HEADERS), 1),
        (failure(Kind.READ_TIMEOUT), 1),
        (failure(Kind.CONNECT_TIMEOUT, sent=False), 1),
        (failure(Kind.POOL_TIMEOUT, sent=False), 1),
        (failure(Kind.PROTOCOL), 1),
        (json_answer(b"", 500), 1),
        (json_answer(b"", 503), 1),
        (json_answer(b"", 503, (b"Retry-After", b"0")), 3),
        (json_answer(b"", 503, (b"Retry-After", b"3600")), 1),
        (json_answer(b"", 503, (b"Retry-After", b"soon")), 1),
    ],
)
async def test_only_a_lost_connection_and_a_503_with_a_date_are_tried_again(
    edge: Client, downstream: Scripted, happens: Answer | TransportError, times: int
) -> None:
    downstream.answers = [happens]
    assert (await edge.call("GET", "/v1/classes/7")).status in (503, 504)
    assert len(downstream.sent) == times


async def test_a_service_that_always_fails_is_hardly_called_more_often(
    edge: Client, downstream: Scripted
) -> None:
    downstream.answers = [REFUSED]
    for _ in range(100):
        assert (await edge.call("GET", "/v1/classes/7")).status == 503
    assert len(downstream.sent) <= 120


def test_a_budget_earns_what_it_spends() -> None:
    budget = RetryBudget(earned=0.5, reserve=1.0)
    assert budget.spend()
    assert not budget.spend()
    budget.first()
    assert not budget.spend()
    budget.first()
    assert budget.spend()


def test_pauses_are_short_enough_to_answer_a_refused_connection_at_once() -> None:
    assert all(0 <= pause(1) + pause(2) <= 0.06 for _ in range(100))


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after([(b"retry-after", b"3")]) == 3.0
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    asked = retry_after([(b"Retry-After", later.encode())])
    assert asked is not None
    assert 8 < asked <= 10
    assert retry_after([(b"Retry-After", b"1"), (b"Retry-After", b"2")]) is None
    assert retry_after([(b"Retry-After", b"-1")]) is None
    assert retry_after([]) is None
