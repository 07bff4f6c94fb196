"""What forwarding needs to know about one operation, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from starlette.requests import Request

from proxygen.runtime.calls.breaker import Breaker
from proxygen.runtime.calls.bulkhead import Bulkhead
from proxygen.runtime.calls.retry import RetryBudget
from proxygen.runtime.headers.writer import HeaderPolicy, RequestHeaderRules, ResponseHeaderRules
from proxygen.runtime.hooks.order import Hooks, OperationHooks
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.identity.credentials import Credential
from proxygen.runtime.operation import Operation, Passthrough
from proxygen.runtime.routing.dispatch import REST, Pattern, Scope
from proxygen.runtime.routing.edge_paths import EdgePaths
from proxygen.runtime.routing.rivals import rivals_of
from proxygen.runtime.settings import ServiceSettings, TimeoutOverrides
from proxygen.runtime.target import PassthroughTarget, TargetBuilder
from proxygen.runtime.telemetry.metrics import CallMetrics, EdgeMetrics
from proxygen.runtime.telemetry.traced_transport import TracedTransport
from proxygen.runtime.telemetry.tracing import Tracing
from proxygen.runtime.transport.seam import Limits, Origin, Transport

Routed = Operation | Passthrough
"""What a route forwards."""


class TransportFactory(Protocol):
    """How a transport comes to be; provide another, and every service is called through it."""

    def __call__(self, service: ServiceSettings) -> Transport:
        """The transport of one service."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Downstream:
    """One service as requests reach it; `credential` is the edge's own for it."""

    origin: Origin
    transport: Transport
    timeouts: TimeoutOverrides
    budget: RetryBudget
    breaker: Breaker
    bulkhead: Bulkhead
    tracing: Tracing | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One operation, ready to be forwarded.

    `label` is its pattern's; `edge_path` maps a path back; `total` is in seconds.
    """

    operation: Routed
    pattern: Pattern
    label: str
    downstream: Downstream
    calls: CallMetrics
    request_headers: RequestHeaderRules
    response_headers: ResponseHeaderRules
    target: Callable[[Request, Identity | None, list[str]], bytes]
    edge_path: Callable[[str], str | None]
    limits: Limits
    total: float
    hooks: OperationHooks | None


def pattern_of(operation: Routed) -> Pattern:
    """The edge's path of a route."""
    if isinstance(operation, Passthrough):
        return Pattern.of(operation.prefix, rest=True)
    return Pattern.of(operation.edge_path)


def plan_of(
    operation: Routed,
    *,
    downstream: Downstream,
    siblings: Sequence[Operation],
    edge_paths: EdgePaths,
    policy: HeaderPolicy,
    hooks: Hooks,
    metrics: EdgeMetrics,
) -> Plan:
    """The plan of an operation; `siblings` are the operations of its service, `edge_paths` their paths."""
    base_path = downstream.origin.base_path
    timeouts = downstream.timeouts.over(operation.timeouts)
    if downstream.credential is not None:
        policy = replace(policy, owned=(*policy.owned, downstream.credential.header))
    if isinstance(operation, Passthrough):
        endpoint = f"{operation.base_path.rstrip('/')}/{{{REST}}}"
        request_headers = RequestHeaderRules(policy)
        target, edge_path = _passthrough(operation, base_path)
    else:
        endpoint = operation.downstream_path
        request_headers = RequestHeaderRules.of(operation, policy)
        target, edge_path = _typed(operation, siblings, base_path), edge_paths
    streams = isinstance(operation, Operation) and operation.event_stream
    limits = Limits(
        connect=timeouts.connect,
        pool=timeouts.pool,
        write=timeouts.write,
        read=timeouts.read,
        idle=None if streams else timeouts.idle,
    )
    if downstream.tracing is not None:
        calls = TracedTransport(
            downstream.transport,
            downstream.tracing,
            origin=downstream.origin,
            service=operation.service,
            template=endpoint,
        )
        downstream = replace(downstream, transport=calls)
    pattern = pattern_of(operation)
    return Plan(
        operation=operation,
        pattern=pattern,
        label=pattern.label,
        downstream=downstream,
        calls=CallMetrics(metrics, operation.service, endpoint),
        request_headers=request_headers,
        response_headers=ResponseHeaderRules(policy),
        target=target,
        edge_path=edge_path,
        limits=limits,
        total=timeouts.total,
        hooks=hooks.before(operation, trusted_hops=policy.trusted_hops, seconds=timeouts.total),
    )


def _typed(
    operation: Operation, siblings: Sequence[Operation], base_path: str
) -> Callable[[Request, Identity | None, list[str]], bytes]:
    rivals = rivals_of(operation, siblings, base_path=base_path)
    builder = TargetBuilder(operation, base_path=base_path, is_anothers=rivals)

    def target(request: Request, identity: Identity | None, reports: list[str]) -> bytes:
        scope = request.scope
        return builder.build(scope["path_params"], _query(scope), identity, reports)

    return target


def _passthrough(
    operation: Passthrough, base_path: str
) -> tuple[Callable[[Request, Identity | None, list[str]], bytes], Callable[[str], str | None]]:
    builder = PassthroughTarget(operation, base_path=base_path)
    prefix = operation.prefix.rstrip("/")

    def target(request: Request, identity: Identity | None, reports: list[str]) -> bytes:
        scope = request.scope
        return builder.build(prefix + scope["path_params"][REST], _query(scope))

    return target, builder.edge_path


def _query(scope: Scope) -> str:
    raw: bytes = scope["query_string"]
    return raw.decode("latin-1")
