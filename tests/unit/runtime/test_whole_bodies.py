"""A body that is read whole: the time it has, and that one which is there at once sets none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from proxygen.runtime.body.stream import Receive
from proxygen.runtime.body.whole import WholeReader
from proxygen.runtime.calls.patience import SECONDS
from proxygen.runtime.errors import EdgeError
from tests.unit.runtime.wire_samples import receiving


@pytest.mark.parametrize("seconds", [SECONDS / 2, SECONDS * 1.5, SECONDS * 3])
async def test_a_body_has_its_time_and_no_more(seconds: float) -> None:
    """Whether its end is set at once or when it has taken long."""
    loop = asyncio.get_running_loop()
    slow = receiving([b"a"] * 99, pause=SECONDS / 10)
    started = loop.time()
    with pytest.raises(EdgeError) as caught:
        await WholeReader().read(slow, max_bytes=100, seconds=seconds)
    assert caught.value.status == 408
    assert seconds <= loop.time() - started < seconds + SECONDS


async def test_a_body_that_takes_long_but_ends_in_time_is_read() -> None:
    slow = receiving([b"a", b"b", b"c"], pause=SECONDS)
    assert await WholeReader().read(slow, max_bytes=3, seconds=SECONDS * 9) == b"abc"


async def test_bodies_that_are_there_share_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    timers: list[object] = []
    call_at = loop.call_at

    def counted(*args: Any, **options: Any) -> asyncio.TimerHandle:
        timers.append(args)
        return call_at(*args, **options)

    monkeypatch.setattr(loop, "call_at", counted)
    reader = WholeReader()
    for _ in range(100):
        assert await reader.read(receiving([b"{}"]), max_bytes=2, seconds=30) == b"{}"
    assert len(timers) == 1


async def test_one_that_has_ended_is_not_cancelled_by_the_time_of_another() -> None:
    reader = WholeReader()

    async def quick() -> bytes:
        content = await reader.read(receiving([b"{}"]), max_bytes=2, seconds=SECONDS * 2)
        await asyncio.sleep(SECONDS * 4)
        return content

    async def slow() -> int:
        stalls: Receive = receiving([b"a"] * 99, pause=SECONDS)
        with pytest.raises(EdgeError) as caught:
            await reader.read(stalls, max_bytes=99, seconds=SECONDS * 2)
        return caught.value.status

    content, status = await asyncio.gather(quick(), slow())
    assert (content, status) == (b"{}", 408)


async def test_who_is_cancelled_while_reading_stays_cancelled() -> None:
    stalled = receiving([b"a"] * 99, pause=60)
    task = asyncio.create_task(WholeReader().read(stalled, max_bytes=99, seconds=30))
    await asyncio.sleep(SECONDS * 1.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
