"""How many calls of one service there may be at once, so that a slow one takes no more than its part."""

from __future__ import annotations


class Bulkhead:
    """Counts the calls of one service, from before they wait for a connection to the last byte of the answer.

    `limit` is its connections and how many may wait for one.
    """

    __slots__ = ("_limit", "calls")

    def __init__(self, limit: int) -> None:
        self.calls = 0
        """Calls that wait or are in flight."""
        self._limit = limit

    def enter(self) -> bool:
        """Whether there is a place; it is then taken until `leave`."""
        if self.calls >= self._limit:
            return False
        self.calls += 1
        return True

    def leave(self) -> None:
        """The call has ended, however it did."""
        self.calls -= 1
