"""Which hooks run before which operation, and how what they say reaches the answer."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from proxygen.runtime.context import RequestContext
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.headers.forwarding import client_address
from proxygen.runtime.headers.writer import answer_lines
from proxygen.runtime.hooks.before_forward import BeforeForward, PendingForward
from proxygen.runtime.hooks.rate_limit import OperationRateLimit
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation, Passthrough, RateLimit
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
        """What comes before this operation is forwarded; a team's hooks have so many seconds in all."""
        limit = operation.rate_limit or self.rate_limit
        if limit is None and not self.of_team:
            return None
        return OperationHooks(
            operation=operation,
            limit=None if limit is None else OperationRateLimit(operation, limit, self.buckets),
            hooks=self.of_team,
            trusted_hops=trusted_hops,
            seconds=seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationHooks:
    """What comes before one operation is forwarded: its rate limit, then a team's hooks in order."""

    operation: Operation | Passthrough
    limit: OperationRateLimit | None
    hooks: tuple[BeforeForward, ...]
    trusted_hops: int
    seconds: float

    async def __call__(
        self, scope: MutableMapping[str, Any], identity: Identity | None, context: RequestContext
    ) -> None:
        """Asks each; a refusal's own lines take the place of those that were to be added before it."""
        peer = scope.get("client")
        address = client_address(scope["headers"], peer[0] if peer else None, self.trusted_hops)
        lines: HeaderList = []
        try:
            if self.limit is not None:
                lines += answer_lines(self.limit.take(identity, address))
            if self.hooks:
                pending = PendingForward(
                    operation=self.operation,
                    method=scope["method"],
                    identity=identity,
                    client_address=address,
                    correlation=context.correlation,
                )
                async with asyncio.timeout(self.seconds):
                    for hook in self.hooks:
                        lines += answer_lines(await hook(pending) or ())
        except EdgeError as refusal:
            named = {name for name, _ in answer_lines(refusal.headers)}
            lines = [line for line in lines if line[0] not in named]
            raise
        finally:
            context.answer_headers += lines
