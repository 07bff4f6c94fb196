"""Each clause of the rule about retries by itself: methods, keys, reasons, pauses, deadline, budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.calls.retry import (
    RetryBudget,
    is_repeatable,
    is_transient,
    pause,
    retry_after,
)
from proxygen.runtime.kinds import Kind
from proxygen.runtime.operation import Operation, Passthrough, Retry, Timeouts
from proxygen.runtime.settings import ServiceSettings, TimeoutOverrides
from proxygen.runtime.transport.seam import HeaderList, TransportError
from tests.unit.runtime_core.calling import Client
from tests.unit.runtime_core.mini_edge import SERVICES
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

KEY: HeaderList = [(b"Idempotency-Key", b"k-1")]
PATIENCE = 0.2
"""Seconds: the total time-out of the edge of these tests."""


def operation(*, idempotent: bool) -> Operation:
    return Operation(
        service="s",
        operation_id="o",
        method="POST",
        edge_path="/o",
        downstream_path="/o",
        idempotent=idempotent,
    )


@pytest.fixture
def hasty(make: Callable[..., EdgeApplication]) -> Client:
    """An edge that gives every downstream a moment, all attempts together."""
    services = {
        service.name: ServiceSettings(
            base_url=f"http://{service.name}.test/base", timeouts=TimeoutOverrides(total=PATIENCE)
        )
        for service in SERVICES
    }
    return Client(make(settings={"services": services}))


@pytest.mark.parametrize(
    ("method", "repeatable"),
    [
        ("GET", True),
        ("HEAD", True),
        ("OPTIONS", True),
        ("PUT", True),
        ("DELETE", True),
        ("TRACE", True),
        ("POST", False),
        ("PATCH", False),
        ("get", False),
    ],
)
def test_a_method_is_idempotent_by_its_definition(method: str, repeatable: bool) -> None:
    passthrough = Passthrough(service="s", prefix="/s")
    assert is_repeatable(passthrough, method, []) is repeatable
    assert is_repeatable(passthrough, method, KEY) is repeatable
    assert is_repeatable(operation(idempotent=False), method, KEY) is repeatable


def test_another_method_needs_the_operations_word_and_the_clients_key() -> None:
    assert is_repeatable(operation(idempotent=True), "POST", [(b"accept", b"*/*"), *KEY])
    assert not is_repeatable(operation(idempotent=True), "POST", [(b"accept", b"*/*")])
    assert not is_repeatable(operation(idempotent=False), "POST", KEY)


@pytest.mark.parametrize("kind", Kind)
def test_only_a_connection_that_was_not_made_is_made_again(kind: Kind) -> None:
    unsent = TransportError(kind, "", sent=False)
    never_made = {Kind.CONNECT_REFUSED, Kind.CONNECT_FAILED, Kind.DNS, Kind.RESET_BEFORE_HEADERS}
    assert is_transient(unsent) is (kind in never_made)
    assert not is_transient(TransportError(kind, "", sent=True))
    reused = TransportError(kind, "", sent=True, reused=True)
    assert is_transient(reused) is (kind is Kind.RESET_BEFORE_HEADERS)


def test_pauses_are_jittered_and_grow() -> None:
    first = [pause(1) for _ in range(200)]
    second = [pause(2) for _ in range(200)]
    assert len(set(first)) > 100
    assert 0.0 <= min(first) < 0.005
    assert 0.015 < max(first) <= 0.02
    assert 0.03 < max(second) <= 0.04


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0.0),
        (b" 7 ", 7.0),
        (b"999999", 999_999.0),
        (b"1000000", None),
        (b"1.5", None),
        ("²".encode(), None),
        (b"", None),
        (b"Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        (b"Wed, 21 Oct 2015 07:28:00", 0.0),
    ],
)
def test_retry_after_is_read_by_its_grammar(value: bytes, seconds: float | None) -> None:
    assert retry_after([(b"retry-after", value)]) == seconds


def test_a_date_without_a_zone_is_utc() -> None:
    later = datetime.fromtimestamp(time.time() + 60, UTC).strftime("%a, %d %b %Y %H:%M:%S -0000")
    found = retry_after([(b"retry-after", later.encode())])
    assert found is not None
    assert 55 < found <= 60


def test_a_budget_begins_full_is_bounded_and_is_earned_slowly() -> None:
    budget = RetryBudget()
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    for _ in range(6):
        budget.first()
    assert not budget.spend()
    for _ in range(1000):
        budget.first()
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]


def test_two_more_attempts_are_the_default() -> None:
    assert Retry().attempts == 2
    assert Timeouts() == Timeouts(
        connect=2.0, pool=1.0, write=30.0, read=30.0, idle=30.0, total=60.0
    )


async def test_a_downstream_without_a_head_in_the_total_time_is_504(
    hasty: Client, downstream: Scripted
) -> None:
    downstream.answers = [Answer(delay=10)]
    started = time.monotonic()
    result = await hasty.call("GET", "/v1/classes/7")
    assert (result.status, result.json) == (504, {"detail": "Gateway timeout"})
    assert PATIENCE <= time.monotonic() - started < PATIENCE + 1
    assert downstream.only.cancelled


async def test_all_attempts_have_one_deadline(hasty: Client, downstream: Scripted) -> None:
    again = [(b"Retry-After", b"0"), (b"Content-Length", b"0")]
    downstream.answers = [Answer(503, again, delay=PATIENCE * 0.6)]
    started = time.monotonic()
    assert (await hasty.call("GET", "/v1/classes/7")).status == 504
    assert time.monotonic() - started < PATIENCE * 1.5
    assert len(downstream.sent) == 2


async def test_nobody_is_asked_again_behind_the_deadline(
    hasty: Client, downstream: Scripted
) -> None:
    again = [(b"Retry-After", b"1"), (b"Content-Length", b"0")]
    downstream.answers = [Answer(503, again)]
    started = time.monotonic()
    assert (await hasty.call("GET", "/v1/classes/7")).status == 503
    assert time.monotonic() - started < 0.5
    assert len(downstream.sent) == 1


async def test_a_body_may_take_longer_than_the_total(hasty: Client, downstream: Scripted) -> None:
    downstream.answers = [Answer(body=(b"a", PATIENCE * 1.5, b"b"), at_hand=False)]
    result = await hasty.call("GET", "/v1/classes/7")
    assert (result.status, result.body, result.complete) == (200, b"ab", True)


async def test_answers_earn_what_failures_have_spent(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    client = Client(make())
    downstream.answers = [failure(Kind.CONNECT_REFUSED, sent=False)]
    for _ in range(5):
        await client.call("GET", "/v1/classes/7")
    downstream.answers = [json_answer()]
    for _ in range(20):
        assert (await client.call("GET", "/v1/classes/7")).status == 200
    downstream.sent.clear()
    downstream.answers = [failure(Kind.CONNECT_REFUSED, sent=False)]
    assert (await client.call("GET", "/v1/classes/7")).status == 503
    assert len(downstream.sent) == 3
