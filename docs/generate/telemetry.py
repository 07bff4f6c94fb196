"""Metrics, log fields and the closed list of failures, from the runtime that writes them."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from proxygen.runtime.calls.downstreams import Downstreams
from proxygen.runtime.errors import error_type
from proxygen.runtime.identity.jwks import stale_gauge
from proxygen.runtime.kinds import Kind
from proxygen.runtime.settings import ServiceSettings
from proxygen.runtime.telemetry.json_lines import FIELDS
from proxygen.runtime.telemetry.logs import level_of
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.runtime.transport.seam import Transport

from .table import code, sentence, table


class _Recording(CollectorRegistry):
    """A registry that keeps what is registered."""

    def __init__(self) -> None:
        super().__init__()
        self.collectors: list[Collector] = []

    def register(self, collector: Collector) -> None:
        self.collectors.append(collector)
        super().register(collector)


def metrics() -> str:
    """A table of every metric that a scrape may see."""
    registry = _Recording()
    made = EdgeMetrics(registry)
    Downstreams(_no_transport, made, None)
    stale_gauge(made)
    rows = [
        (
            code(metric.name + ("_total" if metric.type == "counter" else "")),
            metric.type,
            ", ".join(map(code, getattr(collector, "_labelnames", ()))),
            sentence(metric.documentation),
        )
        for collector in registry.collectors
        for metric in collector.collect()
    ]
    return table(("metric", "type", "labels", "meaning"), rows)


def log_fields() -> str:
    """The names that an event may have."""
    return ", ".join(map(code, FIELDS)) + ".\n"


def kinds() -> str:
    """A table of `kind`, with the seed's word that the metric has for it, and the level of its event."""
    rows = [
        (
            code(kind),
            code(error) if (error := error_type(kind)) else "",
            logging.getLevelName(level_of(kind)).lower(),
        )
        for kind in Kind
    ]
    return table(("`kind`", "`error_type`", "level"), rows)


def _no_transport(service: ServiceSettings) -> Transport:
    raise NotImplementedError(f"nothing is called while pages are written: {service.base_url}")
