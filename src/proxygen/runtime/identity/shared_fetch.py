"""One fetch at a time, shared by all who wait for it, and not made again at once after it has failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from proxygen.runtime.identity.issuer import IssuerError


class SharedFetch:
    """Runs `fetch`, which raises `IssuerError` where it fails; nobody else's failure reaches its callers.

    A waiter that is cancelled does not take the fetch of the others with it. `clock` is monotonic, in
    seconds.
    """

    __slots__ = ("_clock", "_failed_at", "_fetch", "_running")

    def __init__(
        self, fetch: Callable[[], Awaitable[None]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._failed_at: float | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether a fetch is under way."""
        return self._running is not None and not self._running.done()

    @property
    def failed(self) -> bool:
        """Whether the last fetch has failed."""
        return self._failed_at is not None

    def failed_within(self, seconds: float) -> bool:
        """Whether it has failed, and not longer ago than this."""
        return self._failed_at is not None and self._clock() - self._failed_at < seconds

    def start(self) -> asyncio.Task[None]:
        """The fetch under way, or a new one."""
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self._run())
        return self._running

    async def wait(self) -> None:
        """Returns when the fetch under way, or a new one, has ended."""
        await asyncio.shield(self.start())

    async def aclose(self) -> None:
        """Stops a fetch under way."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._fetch()
        except IssuerError:
            self._failed_at = self._clock()
        else:
            self._failed_at = None
