"""One request on its way through its attempts: sent, judged, masked or made the edge's answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response

from proxygen.runtime.body.stream import ClientDisconnected
from proxygen.runtime.calls.retry import is_repeatable, is_transient, pause, retry_after
from proxygen.runtime.calls.upload import Upload
from proxygen.runtime.calls.watch import ClientGoneError, ClientWatch
from proxygen.runtime.context import RequestContext
from proxygen.runtime.deadline import Deadline
from proxygen.runtime.errors import EdgeError, downstream_failure
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.kinds import Kind
from proxygen.runtime.plan import Plan
from proxygen.runtime.response import ANSWER_KEY, ProxiedResponse
from proxygen.runtime.routing.dispatch import Scope, raw_path_of
from proxygen.runtime.target import split_path
from proxygen.runtime.telemetry.logs import log_attempt_failed, log_forwarded
from proxygen.runtime.transport.seam import HeaderList, Inbound, Outbound, TransportError

_DRAINED = 64 * 1024
"""Bytes of a masked answer that are read, so that its connection can be used again."""
_DRAIN_SECONDS = 0.2
_OURS = frozenset({Kind.POOL_TIMEOUT, Kind.DRAIN, Kind.PROXY_ERROR})
"""Failures of the edge's own making: a downstream that is only busy answers the calls that it has."""


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
    """An attempt without an answer to show; `wait` is the seconds until another may be made, None: never.

    `at_fault` says whether the downstream is; None where this attempt does not tell.
    """

    kind: Kind
    status: int | None = None
    error: str | None = None
    wait: float | None = None
    at_fault: bool | None = True


class Attempts:
    """One request on its way through its attempts."""

    def __init__(
        self,
        plan: Plan,
        outbound: Outbound,
        context: RequestContext,
        upload: Upload | None,
        watch: ClientWatch,
    ) -> None:
        self._plan = plan
        self._outbound = outbound
        self._context = context
        self._upload = upload
        self._watch = watch
        self._loop = watch.loop
        self._attempts = 0
        self._started = 0.0
        self._status = 0
        self._repeatable = upload is None and is_repeatable(
            plan.operation, outbound.method, outbound.headers
        )

    async def answer(self, scope: Scope) -> Response:
        """The answer to show, which holds its place in the bulkhead to its end; or raises `EdgeError`."""
        bulkhead = self._plan.downstream.bulkhead
        if not bulkhead.enter():
            raise downstream_failure(Kind.OVERLOAD)
        try:
            inbound = await self._inbound()
            try:
                return self._respond(inbound, scope)
            except BaseException:
                await inbound.aclose()
                raise
        except BaseException:
            bulkhead.leave()
            raise

    async def _inbound(self) -> Inbound:
        """The first answer that may be shown."""
        breaker, budget = self._plan.downstream.breaker, self._plan.downstream.budget
        loop = self._loop
        deadline = loop.time() + self._plan.total
        ticket = breaker.admit()
        if ticket is None:
            raise downstream_failure(Kind.BREAKER_OPEN, wait=breaker.seconds_left())
        budget.first()
        log_forwarded(self._context, self._outbound.method)
        while True:
            try:
                outcome = await self._attempt(deadline)
            except BaseException:
                breaker.release(ticket)
                raise
            if not isinstance(outcome, _Failure):
                breaker.report(ticket, failed=False)
                return outcome
            if outcome.at_fault is None:
                breaker.release(ticket)
            else:
                breaker.report(ticket, failed=outcome.at_fault)
            wait = self._wait(outcome)
            if wait is None or loop.time() + wait >= deadline or not budget.spend():
                raise self._given_up(outcome)
            log_attempt_failed(
                self._context, outcome.kind, outcome.status, outcome.error, self._attempts
            )
            await asyncio.sleep(wait)
            ticket = breaker.admit()
            if ticket is None:
                raise self._given_up(outcome)

    def _given_up(self, failure: _Failure) -> EdgeError:
        self._context.downstream_status = failure.status
        self._context.error = failure.error
        return downstream_failure(failure.kind)

    def _wait(self, failure: _Failure) -> float | None:
        if not self._repeatable or self._attempts > self._plan.operation.retry.attempts:
            return None
        return failure.wait if failure.wait is None else failure.wait + pause(self._attempts)

    async def _attempt(self, deadline: float) -> Inbound | _Failure:
        self._attempts += 1
        self._started = time.perf_counter()
        answered = False
        limit = Deadline(self._loop, self._watch.task)
        try:
            self._bound(limit, deadline)
            inbound = await self._plan.downstream.transport.send(self._timed(deadline))
            answered = True
        except TransportError as error:
            self._raise_client_failure()
            wait = 0.0 if is_transient(error) else None
            at_fault = None if error.kind in _OURS else True
            return _Failure(kind=error.kind, error=error.detail, wait=wait, at_fault=at_fault)
        except (TimeoutError, asyncio.CancelledError) as error:
            if not limit.end() and isinstance(error, asyncio.CancelledError):
                raise
            self._raise_client_failure()
            return _Failure(kind=Kind.TOTAL_TIMEOUT)
        except (EdgeError, ClientDisconnected):
            self._raise_client_failure()
            raise
        finally:
            limit.end()
            self._watch.unbound()
            if self._upload is not None:
                self._upload.on_end = None
            if not answered:
                self._count(None)
        status = self._status = inbound.status
        if status < 500 and status != 407:
            return inbound
        return await self._masked(inbound)

    def _bound(self, limit: Deadline, deadline: float) -> None:
        """The total time; with a body that is passed on it begins where the body ends, since until then
        nobody knows whether its client or the downstream is slow, and each has limits of its own."""
        if self._upload is None:
            self._watch.bound(limit, deadline)
            return
        loop, total = self._loop, self._plan.total
        self._upload.on_end = lambda: limit.reschedule(loop.time() + total)

    def _timed(self, deadline: float) -> Outbound:
        """The request of one attempt, with the time that is left for it."""
        outbound = self._outbound
        seconds = deadline - self._loop.time()
        if self._upload is None:
            seconds = min(seconds, outbound.limits.read)
        again = self._attempts > 1
        headers = self._plan.request_headers.for_attempt(outbound.headers, seconds, again=again)
        return outbound._replace(headers=headers) if again else outbound

    def _raise_client_failure(self) -> None:
        """A stream that the client broke, or that broke a rule, is no failure of the downstream."""
        failure = None if self._upload is None else self._upload.failure
        if isinstance(failure, EdgeError):
            raise failure from None
        if failure is not None:
            self._context.kind = Kind.CLIENT_DISCONNECT_UPLOAD
            raise ClientGoneError from None

    async def _masked(self, inbound: Inbound) -> _Failure:
        """An answer that no client sees: drained a little, closed, and counted."""
        status = self._status
        wait: float | None = None
        try:
            wait = retry_after(inbound.headers) if status == 503 else None
            await _drain(inbound)
        finally:
            await inbound.aclose()
            self._count(status)
        if status == 407:
            return _Failure(kind=Kind.UPSTREAM_407, status=status, at_fault=False)
        return _Failure(kind=Kind.UPSTREAM_5XX, status=status, wait=wait)

    def _respond(self, inbound: Inbound, scope: Scope) -> ProxiedResponse:
        plan, context = self._plan, self._context
        headers = plan.response_headers.apply(
            inbound.headers,
            context=context,
            origin=plan.downstream.origin,
            edge_path=_edge_path(plan, context, scope),
        )
        if self._status == 204:
            headers = _without_length(headers)
        response = scope[ANSWER_KEY] = ProxiedResponse(
            inbound,
            self._status,
            headers,
            context=context,
            watch=self._watch,
            ended=self._ended,
        )
        return response

    def _ended(self, error: str | None) -> None:
        """The answer that is shown has been sent, or has broken off with this error."""
        self._plan.downstream.bulkhead.leave()
        self._context.downstream_status = self._status
        self._context.error = error
        self._count(self._status)

    def _count(self, status: int | None) -> None:
        elapsed = time.perf_counter() - self._started
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


def _without_length(headers: HeaderList) -> HeaderList:
    """No Content-Length on 204 (RFC 9110, 8.6)."""
    return [line for line in headers if line[0] != b"content-length"]


def _edge_path(plan: Plan, context: RequestContext, scope: Scope) -> Callable[[str], str | None]:
    """The edge's paths as this client sees them: below the prefix under which a team included the route."""
    if context.endpoint == plan.label:
        return plan.edge_path
    segments = split_path(raw_path_of(scope))
    own = len(plan.pattern.template.segments)
    rest = scope["path_params"].get("path", "").count("/") if plan.pattern.rest else 0
    prefix = "".join(f"/{segment}" for segment in segments[: len(segments) - own - rest])

    def mapped(path: str) -> str | None:
        found = plan.edge_path(path)
        return None if found is None else prefix + found

    return mapped
