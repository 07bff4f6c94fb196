"""The end of a task's time, which may be set while it waits; most of what is awaited comes before."""

from __future__ import annotations

import asyncio


class Deadline:
    """As `asyncio.timeout`, but nothing is entered: `end` tells what a cancellation was.

    `task` is the one that waits; one that is cancelled by somebody else meanwhile stays cancelled.
    """

    __slots__ = ("_before", "_loop", "_passed", "_task", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, task: asyncio.Task[object] | None) -> None:
        self._loop = loop
        self._task = task
        self._before = 0 if task is None else task.cancelling()
        self._passed = False
        self._timer: asyncio.TimerHandle | None = None

    def reschedule(self, when: float | None) -> None:
        """The time at which the task is cancelled, on the loop's clock; None: never."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if when is None else self._loop.call_at(when, self._pass)

    def end(self) -> bool:
        """Whether a `CancelledError` that has come was the time's, and nobody else's; it is then taken back.

        Nothing is cancelled from now on; idempotent.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._passed or self._task is None:
            return False
        self._passed = False
        return self._task.uncancel() <= self._before

    def _pass(self) -> None:
        self._timer = None
        if self._task is not None:
            self._passed = True
            self._task.cancel()
