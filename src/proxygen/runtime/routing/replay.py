"""A request's body for two readers: a dependency of a team's, and then the edge."""

from __future__ import annotations

from collections import deque

from starlette.types import Message, Receive


class Replay:
    """ASGI's `receive`, which keeps what is read until `rewind`, and gives it again after."""

    __slots__ = ("_keeps", "_kept", "_receive")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: deque[Message] = deque()
        self._keeps = True

    async def __call__(self) -> Message:
        """The next message."""
        if self._kept and not self._keeps:
            return self._kept.popleft()
        message = await self._receive()
        if self._keeps:
            self._kept.append(message)
        return message

    def rewind(self) -> None:
        """From here on the messages come again from the first, and are kept no longer."""
        self._keeps = False
