"""The circuit breaker by itself, on a clock of the test's."""

from __future__ import annotations

import pytest

from proxygen.runtime.calls.breaker import AlwaysClosed, BreakerPolicy, CircuitBreaker, State
from proxygen.runtime.calls.bulkhead import Bulkhead

POLICY = BreakerPolicy(window=10.0, calls=4, failure_rate=0.5, pause=5.0)


class Bench:
    """A breaker, its clock, and the states that it told."""

    def __init__(self, policy: BreakerPolicy = POLICY) -> None:
        self.now = 1000.0
        self.told: list[State] = []
        self.breaker = CircuitBreaker(policy, self.told.append, lambda: self.now)

    @property
    def state(self) -> State:
        return self.breaker.state

    def call(self, *, failed: bool) -> bool:
        """Whether a call was made."""
        ticket = self.breaker.admit()
        if ticket is not None:
            self.breaker.report(ticket, failed=failed)
        return ticket is not None

    def open(self) -> None:
        """Lets calls fail until none is made."""
        while self.call(failed=True):
            pass


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_it_opens_at_the_number_of_calls_and_not_before(bench: Bench) -> None:
    assert [bench.call(failed=True) for _ in range(6)] == [True] * 4 + [False] * 2
    assert bench.state is State.OPEN
    assert bench.told == [State.OPEN]
    assert bench.breaker.seconds_left() == 5.0


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ("ssff", State.OPEN),
        ("sssfff", State.OPEN),
        ("ssssfff", State.CLOSED),
        ("sfsfsf", State.OPEN),
        ("ssfssf" * 20, State.CLOSED),
        ("ffss", State.CLOSED),
        ("ffssf", State.OPEN),
    ],
)
def test_it_opens_by_the_rate_when_a_call_fails(bench: Bench, calls: str, state: State) -> None:
    for call in calls:
        bench.call(failed=call == "f")
    assert bench.state is state


def test_what_is_older_than_the_window_is_forgotten(bench: Bench) -> None:
    for _ in range(3):
        bench.call(failed=True)
    bench.now += 10.0
    bench.call(failed=True)
    assert bench.told == []
    bench.now += 5.0
    for _ in range(3):
        bench.call(failed=True)
    assert bench.state is State.OPEN


def test_calls_are_remembered_across_the_window(bench: Bench) -> None:
    for _ in range(4):
        bench.call(failed=True)
        bench.now += 2.9
    assert bench.state is State.OPEN


def test_one_probe_at_a_time_when_the_pause_is_over(bench: Bench) -> None:
    bench.open()
    bench.now += 4.99
    assert bench.breaker.admit() is None
    bench.now += 0.01
    probe = bench.breaker.admit()
    assert probe is not None
    assert bench.state is State.HALF_OPEN
    assert [bench.breaker.admit() for _ in range(100)] == [None] * 100
    bench.breaker.report(probe, failed=False)
    assert bench.told == [State.OPEN, State.HALF_OPEN, State.CLOSED]
    assert [bench.call(failed=False) for _ in range(3)] == [True] * 3


def test_a_probe_that_fails_opens_for_another_pause(bench: Bench) -> None:
    bench.open()
    bench.now += 5.0
    assert bench.call(failed=True)
    assert bench.state is State.OPEN
    assert bench.breaker.seconds_left() == 5.0
    assert not bench.call(failed=False)


def test_a_probe_that_is_lost_frees_its_place(bench: Bench) -> None:
    bench.open()
    bench.now += 5.0
    for _ in range(10):
        probe = bench.breaker.admit()
        assert probe is not None
        bench.breaker.release(probe)
        assert bench.state is State.OPEN
    assert bench.breaker.seconds_left() == 0.0
    assert bench.call(failed=False)
    assert bench.state is State.CLOSED


def test_calls_from_before_say_nothing_about_the_probe(bench: Bench) -> None:
    early = [bench.breaker.admit() for _ in range(4)]
    bench.open()
    bench.now += 5.0
    probe = bench.breaker.admit()
    assert probe is not None
    for ticket in early:
        assert ticket is not None
        bench.breaker.report(ticket, failed=False)
        bench.breaker.release(ticket)
    assert bench.told == [State.OPEN, State.HALF_OPEN]
    assert bench.breaker.admit() is None
    bench.breaker.report(probe, failed=False)
    for ticket in early:
        assert ticket is not None
        bench.breaker.report(ticket, failed=True)
    assert bench.state is State.CLOSED


def test_calls_without_a_verdict_are_not_counted(bench: Bench) -> None:
    for _ in range(100):
        ticket = bench.breaker.admit()
        assert ticket is not None
        bench.breaker.release(ticket)
    assert bench.told == []
    assert [bench.call(failed=True) for _ in range(5)] == [True] * 4 + [False]


def test_it_begins_anew_when_it_closes(bench: Bench) -> None:
    bench.open()
    bench.now += 5.0
    bench.call(failed=False)
    assert [bench.call(failed=True) for _ in range(5)] == [True] * 4 + [False]


def test_the_clock_is_monotonic_unless_told() -> None:
    breaker = CircuitBreaker(BreakerPolicy(calls=1, failure_rate=1.0, pause=1000.0), lambda _: None)
    ticket = breaker.admit()
    assert ticket is not None
    breaker.report(ticket, failed=True)
    assert 999.0 < breaker.seconds_left() <= 1000.0


def test_none_is_always_closed() -> None:
    breaker = AlwaysClosed()
    for _ in range(1000):
        ticket = breaker.admit()
        assert ticket is not None
        breaker.report(ticket, failed=True)
    assert breaker.state is State.CLOSED
    assert breaker.seconds_left() == 0.0


def test_a_bulkhead_has_so_many_places() -> None:
    bulkhead = Bulkhead(2)
    assert [bulkhead.enter() for _ in range(3)] == [True, True, False]
    bulkhead.leave()
    assert bulkhead.calls == 1
    assert [bulkhead.enter() for _ in range(2)] == [True, False]
