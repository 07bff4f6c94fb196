"""Token buckets: how many requests go on in any time, and how many buckets are remembered."""

from __future__ import annotations

import time
from inspect import signature
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.operation import RateLimit

LIMIT = RateLimit(rate=2.0, burst=4)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> TokenBuckets:
    return TokenBuckets(3, clock)


def granted(buckets: TokenBuckets, number: int, key: str = "alice") -> int:
    return sum(buckets.take(key, LIMIT).granted for _ in range(number))


def test_the_clock_is_one_that_nobody_sets() -> None:
    assert signature(TokenBuckets).parameters["clock"].default is time.monotonic


def test_a_new_bucket_is_full(buckets: TokenBuckets) -> None:
    assert granted(buckets, 10) == 4


def test_it_fills_at_its_rate_up_to_its_burst(buckets: TokenBuckets, clock: Clock) -> None:
    granted(buckets, 10)
    for seconds, expected in ((0.4, 0), (0.1, 1), (1.5, 3), (3600.0, 4)):
        clock.now += seconds
        assert granted(buckets, 10) == expected


def test_a_refusal_costs_nothing(buckets: TokenBuckets, clock: Clock) -> None:
    granted(buckets, 4)
    for _ in range(10):
        clock.now += 0.05
        got = buckets.take("alice", LIMIT).granted
    assert got


def test_it_says_what_is_left_and_when_there_is_more(buckets: TokenBuckets, clock: Clock) -> None:
    levels = [buckets.take("alice", LIMIT) for _ in range(5)]
    assert [level.remaining for level in levels] == [3, 2, 1, 0, 0]
    assert [level.wait for level in levels] == [0.5] * 5
    clock.now += 0.2
    assert buckets.take("alice", LIMIT).wait == pytest.approx(0.3)


def test_each_key_has_its_own(buckets: TokenBuckets) -> None:
    assert [granted(buckets, 10, key) for key in ("alice", "bob")] == [4, 4]


def test_the_one_that_was_idle_longest_is_forgotten_and_full_again(buckets: TokenBuckets) -> None:
    for key in ("alice", "bob", "eve"):
        granted(buckets, 10, key)
    assert granted(buckets, 1, "alice") == 0
    assert granted(buckets, 1, "mallory") == 1
    assert len(buckets) == 3
    assert [granted(buckets, 10, key) for key in ("alice", "eve")] == [0, 0]
    assert granted(buckets, 10, "bob") == 4


def test_no_number_of_callers_takes_more_memory(buckets: TokenBuckets) -> None:
    for number in range(10_000):
        granted(buckets, 1, str(number))
    assert len(buckets) == 3


@given(
    rate=st.floats(0.01, 1000.0),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=200),
)
def test_in_any_time_no_more_go_on_than_its_burst_and_its_rate(
    rate: float, burst: int, pauses: list[float]
) -> None:
    clock = Clock()
    began, buckets = clock.now, TokenBuckets(1, clock)
    limit = RateLimit(rate=rate, burst=burst)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.take("alice", limit).granted
        assert passed <= burst + (clock.now - began) * rate + 1e-6


@given(
    rate=st.floats(0.01, 1000.0),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0.0, 10.0), max_size=50),
)
def test_who_waits_as_long_as_it_is_told_goes_on(
    rate: float, burst: int, pauses: list[float]
) -> None:
    clock = Clock()
    buckets = TokenBuckets(1, clock)
    limit = RateLimit(rate=rate, burst=burst)
    for pause in [*pauses, *[0.0] * burst]:
        clock.now += pause
        buckets.take("alice", limit)
    level = buckets.take("alice", limit)
    assert not level.granted
    clock.now += ceil(level.wait) + 1e-6
    assert buckets.take("alice", limit).granted
