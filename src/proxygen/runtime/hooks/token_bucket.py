"""Token buckets of many callers in bounded memory: who may go on, and who must wait how long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from proxygen.runtime.operation import RateLimit


class Level(NamedTuple):
    """A bucket after a request: `granted` took a token; `wait` is the seconds until there is another one."""

    granted: bool
    remaining: int
    wait: float


class TokenBuckets:
    """A bucket per key, of at most `capacity`: the one that was idle longest is forgotten first.

    A key that was never seen, or was forgotten, has a full bucket. `clock` is monotonic, in seconds.
    """

    __slots__ = ("_capacity", "_clock", "_levels")

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: Hashable, limit: RateLimit) -> Level:
        """Takes a token from this key's bucket where there is a whole one; a refusal costs nothing."""
        now, levels = self._clock(), self._levels
        found = levels.get(key)
        tokens = float(limit.burst)
        if found is not None:
            tokens = min(tokens, found[0] + (now - found[1]) * limit.rate)
        granted = tokens >= 1.0
        if granted:
            tokens -= 1.0
        levels[key] = (tokens, now)
        if found is not None:
            levels.move_to_end(key)
        elif len(levels) > self._capacity:
            levels.popitem(last=False)
        remaining = int(tokens)
        return Level(granted, remaining, (remaining + 1 - tokens) / limit.rate)
