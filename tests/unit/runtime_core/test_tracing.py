"""Spans by each entry of the edge: names, parents, attributes and ends, and nothing of a client's in them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from dishka import Provider, make_async_container
from dishka import Scope as Lifetime
from dishka.integrations.fastapi import setup_dishka
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.context import attach, detach
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace import TracerProvider as AnyTracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Receive, Scope, Send

from proxygen.runtime.app import EdgeApplication
from proxygen.runtime.kinds import Kind
from proxygen.runtime.providers import edge_providers
from proxygen.runtime.settings import EdgeSettings, SettingsError
from proxygen.runtime.transport.seam import TransportError
from tests.unit.runtime_core import mini_edge
from tests.unit.runtime_core.calling import Client, bearer
from tests.unit.runtime_core.conftest import Plain, transport_provider
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = (b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())
STATE = (b"tracestate", b"vendor=1")
ASKS = ((b"origin", b"https://app.example"), (b"access-control-request-method", b"GET"))
SECRETS = ("s3cret", "mallory", "alice", "edge.test", "192.0.2.1", "Bearer")


@dataclass
class Traced:
    """An edge whose spans are kept."""

    client: Client
    kept: InMemorySpanExporter

    def spans(self, kind: SpanKind) -> list[ReadableSpan]:
        return [span for span in self.kept.get_finished_spans() if span.kind is kind]

    @property
    def server(self) -> ReadableSpan:
        (span,) = self.spans(SpanKind.SERVER)
        return span


class Bursting(Answer):
    """An answer that fails as no transport may, with a client's text in what it raises."""

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in super().chunks():
            yield chunk
        raise ZeroDivisionError("s3cret")


def tracer_provider(kept: InMemorySpanExporter, sampler: Sampler | None = None) -> TracerProvider:
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return provider


def given_by(provider: TracerProvider) -> Provider:
    given = Provider(scope=Lifetime.APP)
    given.provide(lambda: provider, provides=AnyTracerProvider)
    return given


def team_app(
    downstream: Scripted,
    *providers: Provider,
    telemetry: TelemetryConfig | None = None,
    tracing: str = "application",
) -> FastAPI:
    """A team's own application, with telemetry of FastAPI's where it says so."""
    app = FastAPI(telemetry=telemetry)
    for router in mini_edge.ROUTERS:
        app.include_router(router, prefix="/api")
    settings = mini_edge.settings(tracing=tracing, cors={"origins": ("*",)})
    own = edge_providers(mini_edge.edge(), settings)
    setup_dishka(make_async_container(*own, transport_provider(downstream), *providers), app)
    return app


class Below(Client):
    """Calls what is below a prefix."""

    async def call(self, method: str, target: str, *headers, **options):  # type: ignore[no-untyped-def]
        return await super().call(method, f"/api{target}", *headers, **options)


@pytest.fixture(params=["direct", "through FastAPI", "in a team's app"])
async def traced(
    request: pytest.FixtureRequest, make: Callable[..., EdgeApplication], downstream: Scripted
) -> AsyncIterator[Traced]:
    kept = InMemorySpanExporter()
    given = given_by(tracer_provider(kept))
    if request.param == "in a team's app":
        client: Client = Below(team_app(downstream, given))
    else:
        app = make(given, settings={"tracing": "application"})
        if request.param == "through FastAPI":
            app.add_middleware(Plain)
        client = Client(app)
    yield Traced(client, kept)
    await client.app.state.dishka_container.close()


async def test_a_span_for_the_answer_and_one_below_it_for_the_call(
    traced: Traced, downstream: Scripted
) -> None:
    result = await traced.client.call("GET", "/v1/classes/7?token=s3cret", PARENT, STATE)
    assert result.status == 200
    server = traced.server
    (call,) = traced.spans(SpanKind.CLIENT)
    route = str(server.attributes and server.attributes["http.route"])
    assert route.removeprefix("/api") == "/v1/classes/{class-id}"
    assert server.name == f"GET {route}"
    assert call.name == "GET /v1/classes/{class-id}"
    assert server.context is not None
    assert server.parent is not None
    assert call.parent is not None
    assert f"{server.context.trace_id:032x}" == TRACE
    assert f"{server.parent.span_id:016x}" == SPAN
    assert call.parent.span_id == server.context.span_id
    assert (server.status.status_code, call.status.status_code) == (StatusCode.UNSET,) * 2


async def test_the_calls_context_goes_downstream_in_the_place_of_the_clients(
    traced: Traced, downstream: Scripted
) -> None:
    baggage = (b"baggage", b"a=1")
    await traced.client.call("GET", "/v1/classes/7", PARENT, STATE, baggage)
    (call,) = traced.spans(SpanKind.CLIENT)
    assert call.context is not None
    sent = f"00-{TRACE}-{call.context.span_id:016x}-01".encode()
    assert downstream.only.values("traceparent") == [sent]
    assert downstream.only.values("tracestate") == [b"vendor=1"]
    assert downstream.only.values("baggage") == [b"a=1"]


@pytest.mark.parametrize(
    "lines",
    [(), ((b"traceparent", b"00-nonsense"), STATE), (PARENT, PARENT, STATE), (STATE,)],
    ids=["none", "malformed", "two", "only a state"],
)
async def test_what_cannot_be_continued_begins_a_new_trace(
    traced: Traced, downstream: Scripted, lines: tuple[tuple[bytes, bytes], ...]
) -> None:
    await traced.client.call("GET", "/v1/classes/7", *lines)
    assert traced.server.parent is None
    assert traced.server.context is not None
    (sent,) = downstream.only.values("traceparent")
    assert sent.split(b"-")[1] == f"{traced.server.context.trace_id:032x}".encode()
    assert sent.split(b"-")[1] != TRACE.encode()
    assert downstream.only.values("tracestate") == []


async def test_each_attempt_is_a_span(traced: Traced, downstream: Scripted) -> None:
    downstream.answers = [failure(Kind.CONNECT_REFUSED, sent=False), json_answer()]
    assert (await traced.client.call("GET", "/v1/classes/7")).status == 200
    first, second = traced.spans(SpanKind.CLIENT)
    assert first.attributes is not None
    assert second.attributes is not None
    assert first.attributes["error.type"] == "connect_refused"
    assert first.status.status_code is StatusCode.ERROR
    assert "http.request.resend_count" not in first.attributes
    assert second.attributes["http.request.resend_count"] == 1
    assert len({sent.values("traceparent")[0] for sent in downstream.sent}) == 2
    assert traced.server.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize(
    ("answer", "status", "word", "of_the_call"),
    [
        (json_answer(b"{}", 404), 404, None, "404"),
        (json_answer(b"s3cret", 500), 503, "upstream_5xx", "500"),
        (failure(Kind.READ_TIMEOUT), 504, "read_timeout", "read_timeout"),
        (TransportError(Kind.PROTOCOL, "s3cret"), 503, "protocol", "protocol"),
    ],
)
async def test_an_error_is_a_word_and_only_the_servers_own_are_the_servers(
    traced: Traced,
    downstream: Scripted,
    answer: Answer | TransportError,
    status: int,
    word: str | None,
    of_the_call: str,
) -> None:
    downstream.answers = [answer] * 3
    assert (await traced.client.call("DELETE", "/v1/classes/7")).status == status
    server, call = traced.server, traced.spans(SpanKind.CLIENT)[-1]
    assert server.attributes is not None
    assert call.attributes is not None
    assert server.attributes["http.response.status_code"] == status
    assert server.attributes.get("error.type") == word
    assert (server.status.status_code is StatusCode.ERROR) == (status >= 500)
    assert call.attributes["error.type"] == of_the_call
    assert call.status.status_code is StatusCode.ERROR


async def test_an_answer_that_breaks_off_is_an_error_of_both(
    traced: Traced, downstream: Scripted
) -> None:
    broken = TransportError(Kind.BODY_TRUNCATED, "s3cret")
    downstream.answers = [Answer(200, [(b"Content-Length", b"9")], (b"abc", broken))]
    result = await traced.client.call("GET", "/v1/classes/7")
    assert not result.complete
    for span in (traced.server, *traced.spans(SpanKind.CLIENT)):
        assert span.attributes is not None
        assert span.attributes["error.type"] == "body_truncated"
        assert span.status.status_code is StatusCode.ERROR


async def test_what_the_edge_refuses_has_a_span_and_no_call(
    traced: Traced, downstream: Scripted
) -> None:
    assert (await traced.client.call("GET", "/v1/classes/7", token=False)).status == 401
    assert traced.server.attributes is not None
    assert traced.server.attributes["http.response.status_code"] == 401
    assert traced.server.status.status_code is StatusCode.UNSET
    assert traced.spans(SpanKind.CLIENT) == []


async def test_nothing_that_a_client_or_a_failure_says_is_in_a_span(
    traced: Traced, downstream: Scripted
) -> None:
    said = ((b"user-agent", b"s3cret"), (b"x-user-id", b"mallory"), (b"cookie", b"s3cret"))
    downstream.answers = [TransportError(Kind.PROTOCOL, "s3cret")] * 3
    await traced.client.call("GET", "/v1/classes/s3cret?token=s3cret", *said)
    await traced.client.call("GET", "/bff/v1/teacher/s3cret?token=s3cret", *said)
    await traced.client.call("GET", "/v1/classes?limit=s3cret", *said)
    spans = traced.kept.get_finished_spans()
    assert len([span for span in spans if span.kind is SpanKind.SERVER]) == 3
    for span in spans:
        assert span.events == ()
        for secret in SECRETS:
            assert secret not in span.to_json()


async def test_an_unsampled_trace_goes_on_unsampled(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    kept = InMemorySpanExporter()
    provider = tracer_provider(kept, ParentBased(ALWAYS_OFF))
    app = make(given_by(provider), settings={"tracing": "application"})
    unsampled = (b"traceparent", f"00-{TRACE}-{SPAN}-00".encode())
    assert (await Client(app).call("GET", "/v1/classes/7", unsampled, STATE)).status == 200
    (sent,) = downstream.only.values("traceparent")
    version, trace, span, flags = sent.split(b"-")
    assert (version, trace, flags) == (b"00", TRACE.encode(), b"00")
    assert span != SPAN.encode()
    assert kept.get_finished_spans() == ()
    await app.state.dishka_container.close()


async def test_without_tracing_a_clients_trace_passes_unchanged(
    make: Callable[..., EdgeApplication], downstream: Scripted
) -> None:
    kept = InMemorySpanExporter()
    app = make(given_by(tracer_provider(kept)))
    await Client(app).call("GET", "/v1/classes/7", PARENT, STATE, (b"tracestate", b"b=2"))
    assert downstream.only.values("traceparent") == [PARENT[1]]
    assert downstream.only.values("tracestate") == [b"vendor=1", b"b=2"]
    assert kept.get_finished_spans() == ()
    await app.state.dishka_container.close()


@dataclass
class Instrumented:
    """A team's application with all that FastAPI's own telemetry records."""

    traced: Traced
    logs: InMemoryLogRecordExporter
    spans_of_the_edge: bool


@pytest.fixture(params=["off", "application"])
async def instrumented(
    request: pytest.FixtureRequest, downstream: Scripted
) -> AsyncIterator[Instrumented]:
    kept = InMemorySpanExporter()
    logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider, logger = tracer_provider(kept), LoggerProvider(shutdown_on_exit=False)
    logger.add_log_record_processor(SimpleLogRecordProcessor(logs))
    telemetry: TelemetryConfig = {"tracer_provider": provider, "logger_provider": logger}
    app = team_app(downstream, given_by(provider), telemetry=telemetry, tracing=request.param)
    yield Instrumented(Traced(Below(app), kept), logs, request.param == "application")
    await app.state.dishka_container.close()


async def test_in_a_teams_instrumented_app_fastapis_span_is_the_servers(
    instrumented: Instrumented, downstream: Scripted
) -> None:
    traced = instrumented.traced
    result = await traced.client.call("GET", "/v1/classes/s3cret?token=s3cret", PARENT)
    assert result.status == 200
    server = traced.server
    assert server.name == "GET /api/v1/classes/{class-id}"
    assert server.attributes is not None
    assert server.context is not None
    assert server.attributes["http.route"] == "/api/v1/classes/{class-id}"
    assert {span.context.trace_id for span in traced.kept.get_finished_spans() if span.context} == {
        server.context.trace_id
    }
    calls = traced.spans(SpanKind.CLIENT)
    (sent,) = downstream.only.values("traceparent")
    if instrumented.spans_of_the_edge:
        (call,) = calls
        assert call.context is not None
        assert sent == f"00-{TRACE}-{call.context.span_id:016x}-01".encode()
    else:
        assert calls == []
        assert sent == PARENT[1]


async def test_fastapis_telemetry_has_nothing_of_a_clients_for_the_edges_routes(
    instrumented: Instrumented, downstream: Scripted
) -> None:
    traced = instrumented.traced
    broken = TransportError(Kind.PROTOCOL, "s3cret")
    length = [(b"Content-Length", b"9")]
    downstream.answers = [
        Answer(200, length, (b"abc", broken)),
        broken,
        Bursting(200, length, (b"abc",), at_hand=False),
    ]
    for method, target in (
        ("DELETE", "/v1/classes/s3cret?token=s3cret"),
        ("DELETE", "/v1/classes/s3cret?token=s3cret"),
        ("DELETE", "/v1/classes/s3cret?token=s3cret"),
        ("PUT", "/v1/classes/s3cret?token=s3cret"),
        ("OPTIONS", "/v1/classes/s3cret?token=s3cret"),
        ("GET", "/v1/classes?limit=s3cret"),
    ):
        result = await traced.client.call(method, target, bearer("alice"), *ASKS, token=False)
        assert "s3cret" not in str(result.raised)
    assert len(traced.spans(SpanKind.SERVER)) == 6
    for span in traced.kept.get_finished_spans():
        assert "s3cret" not in span.to_json()
    logged = [record.log_record for record in instrumented.logs.get_finished_logs()]
    assert {record.event_name for record in logged} == {"http.server.request.exception"}
    for record in logged:
        assert record.attributes is not None
        assert "s3cret" not in repr([*record.attributes.values(), record.body])


async def test_an_edges_own_application_leaves_fastapis_telemetry_off(
    make: Callable[..., EdgeApplication], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = InMemorySpanExporter()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", tracer_provider(kept))
    app = make()
    app.add_middleware(Plain)
    await Client(app).call("GET", "/v1/classes/7?token=s3cret")
    await Client(app).call("GET", "/healthz?token=s3cret")
    assert kept.get_finished_spans() == ()
    await app.state.dishka_container.close()


class Attaching(Plain):
    """A middleware that makes a client's trace current, and no span."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        lines = {name.decode(): value.decode() for name, value in scope["headers"]}
        token = attach(TraceContextTextMapPropagator().extract(lines))
        try:
            await super().__call__(scope, receive, send)
        finally:
            detach(token)


async def test_a_current_context_of_a_clients_is_a_parent_and_no_span(
    make: Callable[..., EdgeApplication],
) -> None:
    kept = InMemorySpanExporter()
    app = make(given_by(tracer_provider(kept)), settings={"tracing": "application"})
    app.add_middleware(Attaching)
    traced = Traced(Client(app), kept)
    await traced.client.call("GET", "/v1/classes/7", PARENT)
    assert traced.server.parent is not None
    assert f"{traced.server.parent.span_id:016x}" == SPAN
    await app.state.dishka_container.close()


@pytest.mark.parametrize("absent", ["opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"])
def test_exporting_without_its_extra_stops_the_start(
    absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_TRACING", "otlp")
    assert EdgeSettings.load((), token=False).tracing == "otlp"
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(SettingsError, match=r"^EDGE_TRACING: needs proxygen\[tracing\]"):
        EdgeSettings.load((), token=False)
