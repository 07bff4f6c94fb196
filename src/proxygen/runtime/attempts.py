"""One request on its way through its attempts: sent, judged, masked or made the edge's answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response

from proxygen.runtime.body.stream import ClientDisconnected
from proxygen.runtime.context import RequestContext
from proxygen.runtime.dispatch import Scope, raw_path_of
from proxygen.runtime.errors import EdgeError, downstream_failure
from proxygen.runtime.identity import Identity
from proxygen.runtime.kinds import Kind
from proxygen.runtime.logs import log_attempt_failed, log_forwarded
from proxygen.runtime.plan import Plan
from proxygen.runtime.response import ANSWER_KEY, ProxiedResponse
from proxygen.runtime.retry import is_repeatable, is_transient, pause, retry_after
from proxygen.runtime.target import split_path
from proxygen.runtime.transport.seam import HeaderList, Inbound, Outbound, TransportError
from proxygen.runtime.watch import ClientGoneError, ClientWatch

_DRAINED = 64 * 1024
"""Bytes of a masked answer that are read, so that its connection can be used again."""
_DRAIN_SECONDS = 0.2


class Outgoing(Protocol):
    """A request body as `proxygen.runtime.body` has read it."""

    failure: EdgeError | ClientDisconnected | None

    def outgoing(
        self, identity: Identity | None
    ) -> tuple[bytes | AsyncIterator[bytes] | None, int | None]:
        """The bytes to send with identity in them, and their number where it is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """An attempt without an answer to show; `wait` is the seconds until another may be made, None: never."""

    kind: Kind
    status: int | None = None
    error: str | None = None
    wait: float | None = None


class Attempts:
    """One request on its way through its attempts."""

    def __init__(
        self, plan: Plan, outbound: Outbound, context: RequestContext, streamed: Outgoing | None
    ) -> None:
        self._plan = plan
        self._outbound = outbound
        self._context = context
        self._streamed = streamed
        self._repeatable = streamed is None and is_repeatable(
            plan.operation, outbound.method, outbound.headers
        )

    async def answer(self, scope: Scope, watch: ClientWatch) -> Response:
        plan = self._plan
        budget = plan.downstream.budget
        loop = asyncio.get_running_loop()
        deadline = loop.time() + plan.total
        budget.first()
        log_forwarded(self._context, self._outbound.method)
        attempt = 1
        while True:
            started = time.perf_counter()
            outcome = await self._attempt(started, deadline)
            if not isinstance(outcome, _Failure):
                try:
                    return self._respond(outcome, started, scope, watch)
                except BaseException:
                    await outcome.aclose()
                    raise
            wait = self._wait(outcome, attempt)
            if wait is None or loop.time() + wait >= deadline or not budget.spend():
                self._context.downstream_status = outcome.status
                self._context.error = outcome.error
                raise downstream_failure(outcome.kind)
            log_attempt_failed(self._context, outcome.kind, outcome.status, outcome.error, attempt)
            await asyncio.sleep(wait)
            attempt += 1

    def _wait(self, failure: _Failure, attempt: int) -> float | None:
        if not self._repeatable or attempt > self._plan.operation.retry.attempts:
            return None
        return failure.wait if failure.wait is None else failure.wait + pause(attempt)

    async def _attempt(self, started: float, deadline: float) -> Inbound | _Failure:
        answered = False
        try:
            async with asyncio.timeout_at(deadline):
                inbound = await self._plan.downstream.transport.send(self._outbound)
            answered = True
        except TransportError as error:
            self._raise_client_failure()
            wait = 0.0 if is_transient(error) else None
            return _Failure(kind=error.kind, error=error.detail, wait=wait)
        except TimeoutError:
            self._raise_client_failure()
            return _Failure(kind=Kind.TOTAL_TIMEOUT)
        except (EdgeError, ClientDisconnected):
            self._raise_client_failure()
            raise
        finally:
            if not answered:
                self._count(None, started)
        if 200 <= inbound.status < 500 and inbound.status != 407:
            return inbound
        return await self._masked(inbound, started)

    def _raise_client_failure(self) -> None:
        """A stream that the client broke, or that broke a rule, is no failure of the downstream."""
        failure = None if self._streamed is None else self._streamed.failure
        if isinstance(failure, EdgeError):
            raise failure from None
        if failure is not None:
            self._context.kind = Kind.CLIENT_DISCONNECT_UPLOAD
            raise ClientGoneError from None

    async def _masked(self, inbound: Inbound, started: float) -> _Failure:
        """An answer that no client sees: drained a little, closed, and counted."""
        status = inbound.status
        wait: float | None = None
        try:
            wait = retry_after(inbound.headers) if status == 503 else None
            if 200 <= status < 600:
                await _drain(inbound)
        finally:
            await inbound.aclose()
            self._count(status, started)
        if status == 407:
            return _Failure(kind=Kind.UPSTREAM_407, status=status)
        if 500 <= status < 600:
            return _Failure(kind=Kind.UPSTREAM_5XX, status=status, wait=wait)
        return _Failure(kind=Kind.PROTOCOL, status=status, error="no status of RFC 9110, 15")

    def _respond(
        self, inbound: Inbound, started: float, scope: Scope, watch: ClientWatch
    ) -> ProxiedResponse:
        plan, context = self._plan, self._context

        def ended(error: str | None) -> None:
            context.downstream_status = inbound.status
            context.error = error
            self._count(inbound.status, started)

        headers = plan.response_headers.apply(
            inbound.headers,
            context=context,
            origin=plan.downstream.origin,
            edge_path=_edge_path(plan, context, scope),
        )
        headers = _frame(inbound.status, headers)
        response = scope[ANSWER_KEY] = ProxiedResponse(
            inbound,
            headers,
            context=context,
            watch=watch,
            ended=ended,
        )
        return response

    def _count(self, status: int | None, started: float) -> None:
        elapsed = time.perf_counter() - started
        self._plan.calls.finished(self._outbound.method, status, elapsed)


async def _drain(inbound: Inbound) -> None:
    size = 0
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for chunk in inbound.chunks():
                size += len(chunk)
                if size > _DRAINED:
                    return
    except (TransportError, TimeoutError):
        return


def _frame(status: int, headers: HeaderList) -> HeaderList:
    """At most one Content-Length, and none on 204 (RFC 9110, 8.6)."""
    lengths = [line for line in headers if line[0] == b"content-length"]
    if len(lengths) <= 1 and not (lengths and status == 204):
        return headers
    kept = [line for line in headers if line[0] != b"content-length"]
    return kept if status == 204 else [*kept, lengths[0]]


def _edge_path(plan: Plan, context: RequestContext, scope: Scope) -> Callable[[str], str | None]:
    """The edge's paths as this client sees them: below the prefix under which a team included the route."""
    if context.endpoint == plan.pattern.label:
        return plan.edge_path
    segments = split_path(raw_path_of(scope))
    own = len(plan.pattern.template.segments)
    rest = scope["path_params"].get("path", "").count("/") if plan.pattern.rest else 0
    prefix = "".join(f"/{segment}" for segment in segments[: len(segments) - own - rest])

    def mapped(path: str) -> str | None:
        found = plan.edge_path(path)
        return None if found is None else prefix + found

    return mapped
