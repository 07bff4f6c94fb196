"""A request body that is passed on while it arrives, and the moment at which it has been sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from proxygen.runtime.body.stream import ClientDisconnected
from proxygen.runtime.errors import EdgeError


class Source(Protocol):
    """Whose bytes they are."""

    @property
    def failure(self) -> EdgeError | ClientDisconnected | None:
        """What the client has done wrong so far."""
        ...


class Upload:
    """Tells when nobody reads from the client any more: at the body's end, or when it has been given up.

    The reader that is the `source` keeps the client's times.
    """

    def __init__(self, chunks: AsyncIterator[bytes], source: Source) -> None:
        self.done = False
        self.on_end: Callable[[], None] | None = None
        self._chunks = chunks
        self._source = source

    @property
    def failure(self) -> EdgeError | ClientDisconnected | None:
        """What the client has done wrong so far."""
        return self._source.failure

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
