"""The seed's five metrics, with every label bound before a request needs it.

A label is never a client's text: `endpoint` is a template, an unknown method is OTHER, an unknown path is one
constant, and a status outside the registry is `other`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from proxygen.runtime.telemetry.shared_metrics import VARIABLE

UNMATCHED = "unmatched"
"""The `endpoint` of every request that no route took."""
OTHER_METHOD = "OTHER"
OTHER_STATUS = "other"
NO_STATUS = "none"
"""The `status_code` of a call to which no answer came."""
CLIENT_GONE = 0
"""Stands for no status sent: the client left before any head, which `http_status` calls 499."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"})
_REGISTERED = {int(status): str(int(status)) for status in HTTPStatus}
_UNREGISTERED = -1

_Bound = tuple[Callable[[], None], Callable[[float], None]]
"""What counts a request, and what takes its duration, with every label in its place."""


class EdgeMetrics:
    """The five metrics in one registry, `prefix` before each name."""

    def __init__(self, registry: CollectorRegistry, prefix: str = "") -> None:
        self.registry = registry
        self.prefix = prefix
        edge = ("method", "endpoint")
        call = ("service", "method", "endpoint")
        self.requests = Counter(
            f"{prefix}http_requests_total",
            "Total requests to proxy endpoint",
            (*edge, "http_status"),
            registry=registry,
        )
        self.duration = Histogram(
            f"{prefix}http_request_duration_seconds",
            "Proxy endpoint latency",
            edge,
            registry=registry,
        )
        self.calls = Counter(
            f"{prefix}downstream_service_calls_total",
            "Calls to downstream service",
            (*call, "status_code"),
            registry=registry,
        )
        self.call_duration = Histogram(
            f"{prefix}downstream_service_call_duration_seconds",
            "Downstream service latency",
            call,
            registry=registry,
        )
        self.errors = Counter(
            f"{prefix}api_errors_total",
            "Error categorization",
            ("endpoint", "error_type"),
            registry=registry,
        )
        self._endpoints: dict[str, EndpointMetrics] = {}

    def endpoint(self, template: str) -> EndpointMetrics:
        """The metrics of one edge template, kept from the first time on."""
        found = self._endpoints.get(template)
        if found is None:
            found = self._endpoints[template] = EndpointMetrics(self, template)
        return found


class EndpointMetrics:
    """What is counted for one template of the edge."""

    def __init__(self, metrics: EdgeMetrics, endpoint: str) -> None:
        self._metrics = metrics
        self._endpoint = endpoint
        self._bound: dict[tuple[str, int], _Bound] = {}
        self._errors: dict[str, Counter] = {}

    def finished(self, method: str, status: int, seconds: float) -> None:
        """One request has ended, its last byte included."""
        count, observe = self._bound.get((method, status)) or self._bind(method, status)
        count()
        observe(seconds)

    def _bind(self, method: str, status: int) -> _Bound:
        """Kept by what it counts as, so that what is kept has an end too."""
        if method not in _METHODS:
            method = OTHER_METHOD
        if status not in _REGISTERED and status != CLIENT_GONE:
            status = _UNREGISTERED
        label = "499" if status == CLIENT_GONE else _REGISTERED.get(status, OTHER_STATUS)
        counter = self._metrics.requests.labels(method, self._endpoint, label)
        histogram = self._metrics.duration.labels(method, self._endpoint)
        bound = self._bound[method, status] = counter.inc, histogram.observe
        return bound

    def failed(self, error_type: str) -> None:
        """One request met an error of this type."""
        counter = self._errors.get(error_type)
        if counter is None:
            counter = self._metrics.errors.labels(self._endpoint, error_type)
            self._errors[error_type] = counter
        counter.inc()


class CallMetrics:
    """What is counted for one template of a downstream; `endpoint` is the downstream's."""

    def __init__(self, metrics: EdgeMetrics, service: str, endpoint: str) -> None:
        self._metrics = metrics
        self._labels = (service, endpoint)
        self._bound: dict[tuple[str, int | None], _Bound] = {}

    def finished(self, method: str, status: int | None, seconds: float) -> None:
        """One attempt has ended: with the last byte of an answer, or without an answer (status None)."""
        count, observe = self._bound.get((method, status)) or self._bind(method, status)
        count()
        observe(seconds)

    def _bind(self, method: str, status: int | None) -> _Bound:
        service, endpoint = self._labels
        if status is not None and status not in _REGISTERED:
            status = _UNREGISTERED
        label = NO_STATUS if status is None else _REGISTERED.get(status, OTHER_STATUS)
        counter = self._metrics.calls.labels(service, method, endpoint, label)
        histogram = self._metrics.call_duration.labels(service, method, endpoint)
        bound = self._bound[method, status] = counter.inc, histogram.observe
        return bound


class WithoutCreated:
    """A registry as a scrape sees it: the client library's `_created` samples are no metrics of the seed."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def collect(self) -> Iterable[Metric]:
        """Every metric, without its creation times."""
        for metric in self._collector.collect():
            kept = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            if len(kept) != len(metric.samples):
                metric.samples = kept
            yield metric


def exposition(registry: CollectorRegistry) -> bytes:
    """What a scrape gets, in the text format 0.0.4: this registry, or what all workers share of theirs."""
    folder = os.environ.get(VARIABLE)
    if folder is None:
        return generate_latest(WithoutCreated(registry))
    shared = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]
    return generate_latest(WithoutCreated(shared))
