"""One timer for all who wait: who is told, when, and that who has stopped to wait costs none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from proxygen.runtime.calls.patience import SECONDS, Patience
from proxygen.runtime.calls.watch import ClientWatch


@dataclass(eq=False)
class Waiting:
    """Notes when it was told."""

    waits: bool = True
    told: list[float] = field(default_factory=list)

    def lose_patience(self) -> None:
        self.waits = False
        self.told.append(asyncio.get_running_loop().time())


async def test_who_still_waits_is_told_once_and_in_time() -> None:
    loop = asyncio.get_running_loop()
    patience = Patience(loop)
    began: list[float] = []
    waiting = [Waiting() for _ in range(6)]
    for one in waiting:
        began.append(loop.time())
        patience.begin(one)
        await asyncio.sleep(SECONDS / 5)
    waiting[4].waits = False
    await asyncio.sleep(SECONDS * 2)
    for start, one in zip(began, waiting, strict=True):
        assert len(one.told) == (one is not waiting[4])
        assert all(SECONDS * 0.9 <= told - start < SECONDS * 1.9 for told in one.told)


async def test_one_timer_is_set_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    patience = Patience(loop)
    timers: list[object] = []

    def call_later(*args: object) -> list[object]:
        timers.append(args)
        return timers

    monkeypatch.setattr(loop, "call_later", call_later)
    for _ in range(100):
        patience.begin(Waiting())
    assert len(timers) == 1


async def never() -> dict[str, str]:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def bounded(watch: ClientWatch, seconds: float, sleeps: float) -> None:
    """Sleeps within the bound, then until patience is lost; `TimeoutError` where the bound ended it."""
    watch.bound(asyncio.get_running_loop().time() + seconds)
    try:
        await asyncio.sleep(sleeps)
    except asyncio.CancelledError:
        if watch.unbound():
            raise TimeoutError from None
        raise
    watch.unbound()
    await asyncio.sleep(SECONDS * 1.5)


@contextmanager
def watching() -> Iterator[ClientWatch]:
    """Of the task that asks."""
    watch = ClientWatch(never, None, Patience(asyncio.get_running_loop()))
    try:
        yield watch
    finally:
        watch.stop()


@pytest.mark.parametrize("seconds", [SECONDS / 2, SECONDS * 1.5, SECONDS * 4])
async def test_a_limit_ends_at_its_deadline(seconds: float) -> None:
    """Whether it is set at once or when patience is lost."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    with watching() as watch, pytest.raises(TimeoutError):
        await bounded(watch, seconds, 60)
    assert seconds <= loop.time() - started < seconds + SECONDS


@pytest.fixture
async def far(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The times beyond half a minute that are set, on the loop's clock."""
    loop = asyncio.get_running_loop()
    call_at, times = loop.call_at, []

    def noting(when: float, *args: Any, **named: Any) -> asyncio.TimerHandle:
        if when - loop.time() > 30:
            times.append(when)
        return call_at(when, *args, **named)

    monkeypatch.setattr(loop, "call_at", noting)
    return times


async def test_a_limit_that_was_left_before_patience_was_lost_is_never_set(
    far: list[float],
) -> None:
    with watching() as watch:
        await bounded(watch, 60, 0)
    assert far == []


async def test_a_limit_is_set_when_patience_is_lost(far: list[float]) -> None:
    with watching() as watch:
        await bounded(watch, 60, SECONDS * 1.5)
    assert len(far) == 1


async def test_a_limit_is_set_at_once_when_patience_is_lost_already(
    far: list[float],
) -> None:
    with watching() as watch:
        await asyncio.sleep(SECONDS * 1.5)
        await bounded(watch, 60, 0)
    assert len(far) == 1


@pytest.mark.parametrize("seconds", [SECONDS / 2, SECONDS * 3])
async def test_a_cancellation_by_somebody_else_is_not_taken_for_the_limits(seconds: float) -> None:
    """Also where both come in the same turn of the loop."""
    loop = asyncio.get_running_loop()

    async def waits() -> None:
        with watching() as watch:
            watch.bound(when)
            try:
                await asyncio.sleep(60)
            finally:
                taken.append(watch.unbound())

    taken: list[bool] = []
    when = loop.time() + seconds
    task = loop.create_task(waits())
    loop.call_at(when, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert taken == [False]
