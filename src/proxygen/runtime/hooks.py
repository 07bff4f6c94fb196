"""Which hooks run before which operation, and how what they say reaches the answer."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from proxygen.runtime.before_forward import BeforeForward, PendingForward
from proxygen.runtime.context import RequestContext
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.forwarding import client_address
from proxygen.runtime.headers import answer_lines
from proxygen.runtime.identity import Identity
from proxygen.runtime.operation import Operation, Passthrough, RateLimit
from proxygen.runtime.rate_limit import OperationRateLimit
from proxygen.runtime.token_bucket import TokenBuckets
from proxygen.runtime.transport.seam import HeaderList


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The hooks of an application: a team's, and the limit of operations that have none of their own."""

    of_team: tuple[BeforeForward, ...]
    rate_limit: RateLimit | None
    buckets: TokenBuckets

    def before(
        self, operation: Operation | Passthrough, *, trusted_hops: int, seconds: float
    ) -> OperationHooks | None:
        """Those of this operation, which have so many seconds in all; None where there is none."""
        hooks = self.of_team
        limit = operation.rate_limit or self.rate_limit
        if limit is not None:
            hooks = (OperationRateLimit(operation, limit, self.buckets), *hooks)
        if not hooks:
            return None
        return OperationHooks(operation, hooks, trusted_hops=trusted_hops, seconds=seconds)


class OperationHooks:
    """The hooks before one operation, in order."""

    __slots__ = ("_hooks", "_operation", "_seconds", "_trusted_hops")

    def __init__(
        self,
        operation: Operation | Passthrough,
        hooks: tuple[BeforeForward, ...],
        *,
        trusted_hops: int,
        seconds: float,
    ) -> None:
        self._operation = operation
        self._hooks = hooks
        self._trusted_hops = trusted_hops
        self._seconds = seconds

    async def __call__(
        self, scope: MutableMapping[str, Any], identity: Identity | None, context: RequestContext
    ) -> None:
        """Asks each; a refusal's own lines take the place of those that earlier hooks asked for."""
        peer = scope.get("client")
        pending = PendingForward(
            operation=self._operation,
            method=scope["method"],
            identity=identity,
            client_address=client_address(
                scope["headers"], peer[0] if peer else None, self._trusted_hops
            ),
            correlation=context.correlation,
        )
        lines: HeaderList = []
        try:
            async with asyncio.timeout(self._seconds):
                for hook in self._hooks:
                    lines += answer_lines(await hook(pending) or ())
        except EdgeError as refusal:
            named = {name for name, _ in answer_lines(refusal.headers)}
            lines = [line for line in lines if line[0] not in named]
            raise
        finally:
            context.answer_headers += lines
