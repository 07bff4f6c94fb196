"""The hook before the forward: what a team's own code is told of a valid request, and may say to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from proxygen.runtime.correlation import CorrelationContext
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation, Passthrough


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingForward:
    """A valid request that is about to be forwarded; of it nothing has been sent, and no stream been read.

    `identity` is None on a public route, and on an optional one without a token. `client_address` is the
    socket's or, behind trusted hops, the one that the outermost of them saw; None where there is neither.
    """

    operation: Operation | Passthrough
    method: str
    identity: Identity | None
    client_address: str | None
    correlation: CorrelationContext

    @property
    def service(self) -> str:
        """The downstream's name."""
        return self.operation.service


class BeforeForward(Protocol):
    """Asked once for each request, however often it is then sent: a quota, an entitlement, an audit.

    Provide any number of them to the container, for the application's lifetime; they are asked in the order
    of their providers, the rate limit first. The operation's `total` time-out bounds all of them together.
    """

    async def __call__(self, pending: PendingForward, /) -> Iterable[tuple[str, str]] | None:
        """Lines for whatever is then answered, or None; raises `EdgeError` to answer that instead, or
        FastAPI's `HTTPException`.

        Every other exception is answered 503 and logged by its type (`proxy_error`), also one for a line
        that no answer may have.
        """
        ...
