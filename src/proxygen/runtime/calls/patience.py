"""Tells who has waited long, with one timer for all: most answers come first, and cost none of their own."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, Protocol

SECONDS: Final = 0.1
"""Until somebody is told: most answers are there by then."""
_STEP: Final = SECONDS / 4
"""How much later it may be, so that one look finds many."""


class Waits(Protocol):
    """Who may lose patience."""

    waits: bool
    """Whether it still matters."""

    def lose_patience(self) -> None:
        """`SECONDS` have passed."""
        ...


class Patience:
    """Of one event loop. All wait equally long, so the first to come is the first to be told."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: deque[tuple[float, Waits]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, one: Waits) -> None:
        """Tells it in `SECONDS`, unless it has stopped to wait by then."""
        self._waiting.append((self.loop.time() + SECONDS, one))
        if self._timer is None:
            self._timer = self.loop.call_later(SECONDS, self._look)

    def _look(self) -> None:
        waiting, now = self._waiting, self.loop.time()
        self._timer = None
        late: list[Waits] = []
        while waiting and (waiting[0][0] <= now or not waiting[0][1].waits):
            late.append(waiting.popleft()[1])
        if waiting:
            self._timer = self.loop.call_at(max(waiting[0][0], now + _STEP), self._look)
        for one in late:
            if one.waits:
                one.lose_patience()
