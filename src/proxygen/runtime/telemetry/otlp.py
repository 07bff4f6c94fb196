"""Where spans go by `EDGE_TRACING=otlp`: OpenTelemetry's SDK, batched, by OTLP over HTTP.

Needs `proxygen[tracing]`. Endpoint, headers, sampler and limits are the SDK's own variables (`OTEL_…`).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_FLUSH: Final = 1.0
"""Seconds for what is left at the end: a collector that does not answer must not hold up a drain."""
_UNNAMED: Final = "unknown_service"


@asynccontextmanager
async def otlp_provider(name: str) -> AsyncIterator[TracerProvider]:
    """A provider that exports while it is open; `name` is the service's where no variable says another."""
    resource = Resource.create()
    if str(resource.attributes[SERVICE_NAME]).startswith(_UNNAMED):
        resource = resource.merge(Resource({SERVICE_NAME: name}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider
    finally:
        # A daemon, so that an export that hangs does not keep the process either.
        flushing = threading.Thread(target=provider.shutdown, daemon=True)
        flushing.start()
        await asyncio.to_thread(flushing.join, _FLUSH)
