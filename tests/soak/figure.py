"""What a long run measures, and the limit that each figure has to keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number in `unit`; `limit` is the most that it may be, or with `least` the least.

    `at_rest` says that it compares times, and is judged only where nothing else runs on the machine.
    """

    what: str
    measured: float
    limit: float
    unit: str = ""
    least: bool = False
    at_rest: bool = False

    @property
    def held(self) -> bool:
        """Whether the number keeps its limit."""
        return self.measured >= self.limit if self.least else self.measured <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run found: `samples` are bytes of memory after so many requests, `faults` what went wrong."""

    figures: tuple[Figure, ...]
    samples: tuple[tuple[int, int], ...] = ()
    faults: tuple[str, ...] = ()


Progress = Callable[[int], None]
"""Called with how much of a run's count is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One run: `count` is its size in `make soak`, `quick` in `make test`, `seconds` when it is given up.

    `quick` is None where `tests/wire` has the same in small.

    `counted` says of what there are so many; the first line of its module says what is proved.
    """

    name: str
    counted: str
    count: int
    quick: int | None
    seconds: float
    run: Callable[[int, Progress], Awaitable[Outcome]]
