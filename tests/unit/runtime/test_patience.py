"""One timer for all who wait: who is told, when, and that who has stopped to wait costs none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

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
    await asyncio.sleep(60)
    return {"type": "http.disconnect"}


async def bounded(watch: ClientWatch, seconds: float, sleeps: float) -> float | None:
    """When the limit would have ended, on the loop's clock; raises `TimeoutError` where it ended before."""
    async with asyncio.timeout(None) as limit:
        watch.bound(limit, asyncio.get_running_loop().time() + seconds)
        await asyncio.sleep(sleeps)
    watch.unbound()
    await asyncio.sleep(SECONDS * 1.5)
    return limit.when()


@pytest.fixture
async def watch() -> AsyncIterator[ClientWatch]:
    made = ClientWatch(never, None, Patience(asyncio.get_running_loop()))
    yield made
    made.stop()


@pytest.mark.parametrize("seconds", [SECONDS / 2, SECONDS * 1.5, SECONDS * 4])
async def test_a_limit_ends_at_its_deadline(watch: ClientWatch, seconds: float) -> None:
    """Whether it is set at once or when patience is lost."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(TimeoutError):
        await bounded(watch, seconds, 60)
    assert seconds <= loop.time() - started < seconds + SECONDS


async def test_a_limit_that_was_left_before_patience_was_lost_is_never_set(
    watch: ClientWatch,
) -> None:
    assert await bounded(watch, 60, 0) is None


async def test_a_limit_is_set_at_once_when_patience_is_lost_already(watch: ClientWatch) -> None:
    await asyncio.sleep(SECONDS * 1.5)
    assert await bounded(watch, 60, 0) is not None
