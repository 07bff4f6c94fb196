"""A collector of spans on the loopback: what an edge exports by OTLP over HTTP, read back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.wire.downstream import PATIENCE


@dataclass(frozen=True, slots=True)
class Span:
    """One span as it was exported; ids in lower-case hexadecimal, `parent` empty for a root."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, str]
    service: str
    text: str
    """All of it, events and resource included."""


class Collector:
    """Answers every export and keeps its spans; a `silent` one never answers."""

    def __init__(self, *, silent: bool = False) -> None:
        self._spans: list[Span] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if silent:
                    collector._released.wait(4 * PATIENCE)
                collector._keep(content)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The value of `OTEL_EXPORTER_OTLP_ENDPOINT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def spans(self) -> list[Span]:
        with self._lock:
            return list(self._spans)

    def wait(self, condition: Callable[[list[Span]], bool], limit: float = PATIENCE) -> list[Span]:
        """The spans, when this is true of them; fails where it is not in time."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if condition(spans := self.spans):
                return spans
            time.sleep(0.02)
        raise AssertionError(f"{[span.name for span in self.spans]} were exported")

    def forget(self) -> None:
        with self._lock:
            self._spans.clear()

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def _keep(self, content: bytes) -> None:
        exported = ExportTraceServiceRequest.FromString(content)
        with self._lock:
            for resource in exported.resource_spans:
                of = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self._spans += [_read(span, of["service.name"]) for span in scope.spans]


def _read(span, service: str) -> Span:  # type: ignore[no-untyped-def]  # protobuf's own class
    values = {a.key: a.value.string_value or str(a.value.int_value) for a in span.attributes}
    return Span(
        name=span.name,
        kind=span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        attributes=values,
        service=service,
        text=str(span),
    )
