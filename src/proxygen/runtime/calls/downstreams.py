"""A service as requests reach it, made from its settings, and what is told of its breaker."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import Gauge

from proxygen.runtime.calls.breaker import AlwaysClosed, Breaker, CircuitBreaker, State
from proxygen.runtime.calls.bulkhead import Bulkhead
from proxygen.runtime.calls.retry import RetryBudget
from proxygen.runtime.plan import Downstream, TransportFactory
from proxygen.runtime.settings import ServiceSettings
from proxygen.runtime.telemetry.logs import log_breaker
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.runtime.telemetry.tracing import Tracing
from proxygen.runtime.transport.checked import checked


class Downstreams:
    """Makes the services of one edge; the gauge of their breakers is registered once, beside the metrics."""

    def __init__(
        self, transports: TransportFactory, metrics: EdgeMetrics, tracing: Tracing | None
    ) -> None:
        self._transports = transports
        self._tracing = tracing
        self._states = Gauge(
            f"{metrics.prefix}circuit_breaker_state",
            "Circuit breaker of a downstream service: 0 closed, 1 half-open, 2 open",
            ("service",),
            registry=metrics.registry,
            multiprocess_mode="livemax",
        )

    def make(self, name: str, service: ServiceSettings) -> Downstream:
        """The service of this name; its transport is closed by who asked for it."""
        return Downstream(
            origin=service.origin,
            transport=checked(
                self._transports(service), response_body=service.limits.response_body
            ),
            timeouts=service.timeouts,
            budget=RetryBudget(earned=service.retries.earned, reserve=service.retries.reserve),
            breaker=self._breaker(name, service),
            bulkhead=Bulkhead(service.connections + service.waiting),
            tracing=self._tracing,
            credential=service.credential(),
        )

    def _breaker(self, name: str, service: ServiceSettings) -> Breaker:
        if not service.breaker.enabled:
            return AlwaysClosed()
        return CircuitBreaker(service.breaker.policy, self._teller(name))

    def _teller(self, name: str) -> Callable[[State], None]:
        gauge = self._states.labels(name)

        def changed(state: State) -> None:
            gauge.set(state)
            log_breaker(name, state.name.lower())

        return changed
