"""Lets the threads of a busy worker take turns, rather than interrupt each other for every request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Final

_LOOK_SECONDS: Final = 0.1
_BUSY: Final = 0.7
"""CPU time of a worker, of the time that has passed, from which its threads take turns."""
_CALM: Final = 0.5
"""And below which they no longer do."""

if sys.platform == "linux":
    _NORMAL, _IN_TURNS = os.SCHED_OTHER, os.SCHED_BATCH

    def _policy() -> int:
        return os.sched_getscheduler(0)

    def _schedule(policy: int) -> None:
        """For every thread there is; those that they start have it too."""
        for thread in Path("/proc/self/task").glob("[0-9]*"):
            # It may have ended, or a sandbox may know no policies.
            with contextlib.suppress(OSError):
                os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))

else:  # pragma: no cover - the edge is served on Linux; elsewhere threads are left alone
    _NORMAL, _IN_TURNS = 0, 1

    def _policy() -> int:
        return _IN_TURNS

    def _schedule(policy: int) -> None:
        """Nothing."""


class Turns:
    """Looks ten times a second how much CPU time its process takes, and sets how its threads are scheduled.

    The pinned server has a thread that reads and writes; waking it for an answer takes the core from the
    thread that handles requests, back and forth for each of them, unless the one that is woken is scheduled
    as `SCHED_BATCH` (sched(7)): then it comes when the other rests, for all answers at once. A batch thread
    does not interrupt a stranger either, so a worker that is not busy, or shares a core with others, is
    scheduled as usual. A policy that was chosen for the process stays, as it does where the kernel says no.
    """

    def __init__(self) -> None:
        self._policy = _NORMAL
        self._looked = 0.0
        self._used = 0.0

    def begin(self) -> None:
        """Called once, where the worker's event loop runs."""
        if _policy() == _NORMAL:
            self._looked, self._used = time.monotonic(), time.process_time()
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        now, used = time.monotonic(), time.process_time()
        self.judge((used - self._used) / (now - self._looked))
        self._looked, self._used = now, used
        asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)

    def judge(self, share: float) -> None:
        """Sets the policy for a process that takes this share of a core; between the bounds it stays."""
        wanted = self._policy
        if share >= _BUSY:
            wanted = _IN_TURNS
        elif share < _CALM:
            wanted = _NORMAL
        if wanted != self._policy:
            self._policy = wanted
            _schedule(wanted)
