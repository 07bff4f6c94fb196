"""A request body that is passed on while it arrives, and the moment at which it has been sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from proxygen.runtime.body.stream import ClientDisconnected
from proxygen.runtime.errors import EdgeError


class Upload:
    """Tells when nobody reads from the client any more: at the body's end, or when it has been given up.

    `failure` is what the client has done wrong, or None so far; its reader keeps the client's times.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        failure: Callable[[], EdgeError | ClientDisconnected | None],
    ) -> None:
        self.done = False
        self.on_end: Callable[[], None] | None = None
        self._chunks = chunks
        self._failure = failure

    @property
    def failure(self) -> EdgeError | ClientDisconnected | None:
        """What the client has done wrong so far."""
        return self._failure()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The client's bytes; once."""
        async for chunk in self._chunks:
            yield chunk
        self.release()

    def release(self) -> None:
        """The end; idempotent."""
        if not self.done:
            self.done = True
            if self.on_end is not None:
                self.on_end()
