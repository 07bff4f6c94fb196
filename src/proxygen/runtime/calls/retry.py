"""When a call may be made again: idempotent, unseen by the client, within the deadline, within the budget."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from proxygen.runtime.kinds import Kind
from proxygen.runtime.operation import Operation, Passthrough
from proxygen.runtime.transport.seam import HeaderList, TransportError

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
_UNSENT = frozenset({Kind.CONNECT_REFUSED, Kind.CONNECT_FAILED, Kind.DNS})
_FIRST_PAUSE = 0.02
_RANDOM = random.SystemRandom()


class RetryBudget:
    """How many retries a service may cost: each first attempt earns a part of one, up to a small reserve.

    With the defaults, a service that fails every time is called at most 1.15 times as often, plus three.
    """

    def __init__(self, *, earned: float = 0.15, reserve: float = 3.0) -> None:
        self._earned = earned
        self._reserve = reserve
        self._balance = reserve

    def first(self) -> None:
        """A request has been sent for the first time."""
        self._balance = min(self._reserve, self._balance + self._earned)

    def spend(self) -> bool:
        """Whether one more retry may be made; it is then paid for."""
        if self._balance < 1.0:
            return False
        self._balance -= 1.0
        return True


def is_repeatable(operation: Operation | Passthrough, method: str, headers: HeaderList) -> bool:
    """RFC 9110, 9.2.2: an idempotent method, or an operation that says so and came with its key."""
    if method in _IDEMPOTENT:
        return True
    if isinstance(operation, Passthrough) or not operation.idempotent:
        return False
    return any(name.lower() == b"idempotency-key" for name, _ in headers)


def is_transient(error: TransportError) -> bool:
    """Whether a failure is one that the next attempt may not meet: the connection could not be made, or an
    idle one had been closed by its other end meanwhile."""
    if not error.sent:
        return error.kind in _UNSENT or error.kind is Kind.RESET_BEFORE_HEADERS
    return error.kind is Kind.RESET_BEFORE_HEADERS and error.reused


def pause(attempt: int) -> float:
    """Seconds before the attempt after this one (the first is 1): full jitter, doubling."""
    return _RANDOM.uniform(0.0, _FIRST_PAUSE * 2 ** (attempt - 1))


def retry_after(headers: HeaderList) -> float | None:
    """Seconds that a downstream asks to wait (RFC 9110, 10.2.3); None where it asks for none."""
    values = [value for name, value in headers if name.lower() == b"retry-after"]
    if len(values) != 1:
        return None
    text = values[0].decode("latin-1").strip()
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
