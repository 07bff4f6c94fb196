"""A circuit breaker for one service: where too many of its calls fail, none are made for a while."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

_SLOTS = 10
"""Parts of a window: how finely old calls are forgotten."""


class State(IntEnum):
    """The values of the gauge; HALF_OPEN is one probe under way."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """Opens where, of at least `calls` in the last `window` seconds, a part of `failure_rate` has failed; the
    first probe is let through `pause` seconds later.

    A rate over a number of calls and not failures in a row: a client that can make one operation fail must
    not be able to close the service to everybody while other calls succeed.
    """

    window: float = 10.0
    calls: int = 20
    failure_rate: float = 0.5
    pause: float = 5.0


class Breaker(Protocol):
    """Asked before every call, told after it. A ticket must come back once: with a verdict or without."""

    @property
    def state(self) -> State:
        """Whether calls are made."""
        ...

    def admit(self) -> int | None:
        """A ticket for one call; None where it must not be made."""
        ...

    def report(self, ticket: int, *, failed: bool) -> None:
        """The downstream's head came, or the call failed by the downstream's fault."""
        ...

    def release(self, ticket: int) -> None:
        """The call ended without a verdict: the client left, or the edge itself did not make it."""
        ...

    def seconds_left(self) -> float:
        """Until a call may be tried; 0 where one may be now."""
        ...


class AlwaysClosed:
    """The breaker of a service that shall have none."""

    state = State.CLOSED

    def admit(self) -> int | None:
        """Always."""
        return 0

    def report(self, ticket: int, *, failed: bool) -> None:
        """Nothing is counted."""

    def release(self, ticket: int) -> None:
        """Nothing is kept."""

    def seconds_left(self) -> float:
        """Now."""
        return 0.0


class CircuitBreaker:
    """Closed, open, or half-open with exactly one probe; `clock` is monotonic, in seconds.

    A ticket is of the period in which it was given: calls that were under way when the breaker opened say
    nothing about what the probe finds.
    """

    def __init__(
        self,
        policy: BreakerPolicy,
        changed: Callable[[State], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._changed = changed
        self._clock = clock
        self._state = State.CLOSED
        self._period = 0
        self._reopens = 0.0
        self._counted = _Window(policy.window)

    @property
    def state(self) -> State:
        """OPEN until a probe is under way, also where its time has come."""
        return self._state

    def admit(self) -> int | None:
        """A ticket; open, only to the one probe when its time has come."""
        if self._state is not State.CLOSED:
            if self._state is State.HALF_OPEN or self._clock() < self._reopens:
                return None
            self._turn(State.HALF_OPEN)
        return self._period

    def report(self, ticket: int, *, failed: bool) -> None:
        """Counts a call, or judges by the probe."""
        if ticket != self._period:
            return
        now = self._clock()
        if self._state is State.HALF_OPEN:
            if failed:
                self._open(now)
            else:
                self._turn(State.CLOSED)
            return
        self._counted.add(now, failed=failed)
        if failed and self._are_too_many():
            self._open(now)

    def release(self, ticket: int) -> None:
        """A probe that is lost frees its place for the next."""
        if ticket == self._period and self._state is State.HALF_OPEN:
            self._turn(State.OPEN)

    def seconds_left(self) -> float:
        """Of the pause; 0 also while a probe is under way."""
        if self._state is not State.OPEN:
            return 0.0
        return max(0.0, self._reopens - self._clock())

    def _are_too_many(self) -> bool:
        counted, policy = self._counted, self._policy
        return (
            counted.calls >= policy.calls
            and counted.failures >= policy.failure_rate * counted.calls
        )

    def _open(self, now: float) -> None:
        self._reopens = now + self._policy.pause
        self._turn(State.OPEN)

    def _turn(self, state: State) -> None:
        self._state = state
        self._period += 1
        self._counted = _Window(self._policy.window)
        self._changed(state)


class _Window:
    """Calls and failures of the last seconds, in slots that are forgotten as a whole."""

    __slots__ = ("_newest", "_slots", "_until", "_width", "calls", "failures")

    def __init__(self, seconds: float) -> None:
        self.calls = 0
        self.failures = 0
        self._width = seconds / _SLOTS
        self._slots: deque[tuple[int, list[int]]] = deque()
        self._until = -math.inf
        self._newest = [0, 0]

    def add(self, now: float, *, failed: bool) -> None:
        if now >= self._until:
            self._begin_slot(int(now / self._width))
        self._newest[0] += 1
        self.calls += 1
        if failed:
            self._newest[1] += 1
            self.failures += 1

    def _begin_slot(self, number: int) -> None:
        slots = self._slots
        while slots and slots[0][0] <= number - _SLOTS:
            calls, failures = slots.popleft()[1]
            self.calls -= calls
            self.failures -= failures
        self._newest = [0, 0]
        slots.append((number, self._newest))
        self._until = (number + 1) * self._width
