"""A task's time: what it cancels, what it takes back, and that another's cancellation stays."""

from __future__ import annotations

import asyncio

import pytest

from proxygen.runtime.deadline import Deadline


async def waits(seconds: float, *, ends_after: float | None) -> str:
    loop = asyncio.get_running_loop()
    limit = Deadline(loop, asyncio.current_task())
    try:
        if ends_after is not None:
            limit.reschedule(loop.time() + ends_after)
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        if not limit.end():
            raise
        await asyncio.sleep(0)
        return "late"
    finally:
        limit.end()
    return "in time"


@pytest.mark.parametrize(
    ("ends_after", "said"), [(0.01, "late"), (-1.0, "late"), (5.0, "in time"), (None, "in time")]
)
async def test_a_task_is_cancelled_at_its_time_and_goes_on(
    ends_after: float | None, said: str
) -> None:
    task = asyncio.create_task(waits(0.05, ends_after=ends_after))
    assert await task == said
    assert task.cancelling() == 0


async def test_nothing_is_cancelled_after_the_end() -> None:
    task = asyncio.current_task()
    limit = Deadline(asyncio.get_running_loop(), task)
    limit.reschedule(asyncio.get_running_loop().time() + 0.01)
    assert not limit.end()
    await asyncio.sleep(0.03)


@pytest.mark.parametrize("before", [True, False])
async def test_another_cancellation_is_not_taken_back(before: bool) -> None:
    async def both() -> str:
        own = asyncio.current_task()
        assert own is not None
        loop = asyncio.get_running_loop()
        limit = Deadline(loop, own)
        limit.reschedule(loop.time() + 0.01)
        loop.call_later(0.0 if before else 0.02, own.cancel)
        try:
            # Nothing else runs until both have come.
            await asyncio.shield(loop.create_future())
        except asyncio.CancelledError:
            if not before:
                own.cancel()
            if not limit.end():
                raise
        return "taken back"

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(both())
