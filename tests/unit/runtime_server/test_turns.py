"""The threads of a busy worker take turns; those of one that is not interrupt whom they wake, as usual."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from proxygen.runtime.server import turns
from proxygen.runtime.server.turns import Turns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="schedules threads on Linux")

_THREADS = """
import os, threading
from proxygen.runtime.server.turns import Turns

policies = lambda: {os.sched_getscheduler(int(one)) for one in os.listdir("/proc/self/task")}
end = threading.Event()
threading.Thread(target=end.wait).start()
turns = Turns()
turns.judge(0.9)
threading.Thread(target=end.wait).start()
busy = policies()
turns.judge(0.1)
print(busy == {os.SCHED_BATCH}, policies() == {os.SCHED_OTHER})
end.set()
"""
_CHOSEN = """
import asyncio, os
from proxygen.runtime.server.turns import Turns

async def worker():
    loop, timers = asyncio.get_running_loop(), []
    loop.call_later = lambda *timer: timers.append(timer)
    Turns().begin()
    print(len(timers))

{choice}
asyncio.run(worker())
"""


def _said(program: str) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("shares", "in_turns"),
    [
        ((0.69,), False),
        ((0.7,), True),
        ((1.8,), True),
        ((0.9, 0.5), True),
        ((0.9, 0.49), False),
        ((0.9, 0.49, 0.69), False),
    ],
)
def test_threads_take_turns_from_seven_tenths_of_a_core_until_less_than_half(
    shares: Sequence[float], in_turns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = turns._NORMAL

    def schedule(wanted: int) -> None:
        nonlocal policy
        policy = wanted

    monkeypatch.setattr(turns, "_schedule", schedule)
    judge = Turns().judge
    for share in shares:
        judge(share)
    assert policy == (turns._IN_TURNS if in_turns else turns._NORMAL)


def test_every_thread_takes_turns_those_that_come_later_too_and_all_are_as_usual_again() -> None:
    assert _said(_THREADS) == "True True"


@pytest.mark.parametrize(
    ("choice", "timers"),
    [("", "1"), ("os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))", "0")],
)
def test_a_policy_that_was_chosen_for_the_process_is_left_as_it_is(
    choice: str, timers: str
) -> None:
    assert _said(_CHOSEN.format(choice=choice)) == timers
