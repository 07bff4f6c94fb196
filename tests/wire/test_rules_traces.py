"""Rules for traces: a client's goes on or a new one begins; spans by settings say nothing of a client's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.collector import Collector, Span
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.small import PRODUCTION, TEAMS, serving
from tests.wire.tokens import bearer, token

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"traceparent: 00-{TRACE}-{SPAN}-01"
STATES = ["tracestate: vendor=1", "tracestate: other=2"]
TYPED, PASSED = "/v1/classes/7", "/bff/v1/teacher/home"
BOTH = pytest.mark.parametrize("target", [TYPED, PASSED], ids=["typed", "passthrough"])
BY_TEMPLATE = {
    TYPED: ("GET /v1/classes/{class-id}", "GET /v1/classes/{class-id}"),
    PASSED: ("GET /bff/v1/teacher/{path}", "GET /{path}"),
}


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _as_new(behind: Downstream, collector: Collector) -> None:
    behind.reset()
    collector.forget()


@pytest.fixture(scope="module", params=[PRODUCTION, TEAMS])
def untraced(
    request: pytest.FixtureRequest, behind: Downstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    with serving(behind, tmp_path_factory.mktemp("untraced"), request.param) as edge:
        yield edge


@pytest.fixture(
    scope="module",
    params=[(PRODUCTION, "fast"), (PRODUCTION, "httpx"), (TEAMS, "fast")],
    ids="-".join,
)
def traced(
    request: pytest.FixtureRequest,
    behind: Downstream,
    collector: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Edge]:
    package, transport = request.param
    with serving(
        behind,
        tmp_path_factory.mktemp("traced"),
        package,
        EDGE_TRACING="otlp",
        EDGE_TRANSPORT=transport,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="50",
    ) as edge:
        yield edge


def of_kind(spans: list[Span], kind: str) -> list[Span]:
    return [span for span in spans if span.kind == kind]


class TestWithoutTracing:
    @BOTH
    def test_a_valid_trace_passes_unchanged(
        self, untraced: Edge, behind: Downstream, target: str
    ) -> None:
        untraced.request("GET", target, [bearer(), PARENT, *STATES, "baggage: a=1"])
        assert behind.only.values("traceparent") == [PARENT.partition(" ")[2].encode()]
        assert behind.only.values("tracestate") == [b"vendor=1", b"other=2"]
        assert behind.only.values("baggage") == [b"a=1"]

    @BOTH
    @pytest.mark.parametrize(
        "lines",
        [
            [PARENT[:-1]],
            [PARENT + "-00"],
            [PARENT.upper()],
            [PARENT, PARENT],
            [f"traceparent: 00-{'0' * 32}-{SPAN}-01"],
            [],
        ],
        ids=["short", "long", "upper case", "two", "no trace", "none"],
    )
    def test_a_broken_one_is_dropped_with_its_state(
        self, untraced: Edge, behind: Downstream, target: str, lines: list[str]
    ) -> None:
        answered = untraced.request("GET", target, [bearer(), *lines, *STATES, "baggage: a=1"])
        assert answered.status == 200
        assert behind.only.values("traceparent") == []
        assert behind.only.values("tracestate") == []
        assert behind.only.values("baggage") == [b"a=1"]

    def test_a_downstreams_trace_does_not_come_back(
        self, untraced: Edge, behind: Downstream
    ) -> None:
        lines = [PARENT, "traceresponse: 00-a-b-01", "X-B3-TraceId: 1", "X-Trace-Id: 1", *STATES]
        behind.respond(answer("200 OK", b"{}", *lines))
        answered = untraced.request("GET", TYPED, [bearer()])
        assert [line for line in answered.lines if b"trace" in line.lower()] == []


class TestSpans:
    @BOTH
    def test_a_server_span_below_the_clients_and_a_call_below_that(
        self, traced: Edge, behind: Downstream, collector: Collector, target: str
    ) -> None:
        answered = traced.request("GET", target, [bearer(), PARENT, *STATES])
        assert answered.status == 200
        spans = collector.wait(lambda it: len(it) >= 2)
        (server,), (call,) = of_kind(spans, "server"), of_kind(spans, "client")
        assert (server.name, call.name) == BY_TEMPLATE[target]
        assert (server.trace, server.parent) == (TRACE, SPAN)
        assert (call.trace, call.parent) == (TRACE, server.id)
        assert behind.only.values("traceparent") == [f"00-{TRACE}-{call.id}-01".encode()]
        assert behind.only.values("tracestate") == [b"vendor=1,other=2"]
        assert server.service == "mini-edge"
        assert [line for line in answered.lines if b"trace" in line.lower()] == []

    def test_a_broken_trace_begins_anew(
        self, traced: Edge, behind: Downstream, collector: Collector
    ) -> None:
        traced.request("GET", TYPED, [bearer(), PARENT + "0", *STATES])
        spans = collector.wait(lambda it: len(it) >= 2)
        (server,) = of_kind(spans, "server")
        assert server.parent == ""
        assert server.trace != TRACE
        (sent,) = behind.only.values("traceparent")
        assert sent.startswith(f"00-{server.trace}-".encode())
        assert behind.only.values("tracestate") == []

    def test_each_attempt_has_a_span_and_a_context_of_its_own(
        self, traced: Edge, behind: Downstream, collector: Collector
    ) -> None:
        behind.respond(answer("503 Busy", b"", "Retry-After: 0"))
        assert traced.request("GET", TYPED, [bearer()]).status == 503
        calls = of_kind(collector.wait(lambda it: len(of_kind(it, "server")) == 1), "client")
        assert len(calls) == len(behind.requests) > 1
        sent = [request.values("traceparent")[0].decode() for request in behind.requests]
        assert [line[:52] for line in sent] == [f"00-{call.trace}-{call.id}" for call in calls]
        assert all(int(line[53:], 16) & 1 for line in sent), "sampled"
        resent = [call.attributes.get("http.request.resend_count", "0") for call in calls]
        assert resent == [str(number) for number in range(len(calls))]
        assert all(call.failed for call in calls)

    def test_nothing_of_a_clients_or_a_downstreams_is_in_a_span(
        self, traced: Edge, behind: Downstream, collector: Collector
    ) -> None:
        def breaks(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ns3cret")
            exchange.close()

        signed = token("s3cret-user")
        lines = [
            f"Authorization: Bearer {signed}",
            "User-Agent: s3cret",
            "Cookie: s3cret=1",
            "X-User-ID: s3cret",
            "X-Forwarded-For: 203.0.113.9",
            "baggage: s3cret=1",
        ]
        for script in (answer("500 s3cret", b"s3cret"), b"s3cret no HTTP\r\n\r\n", breaks):
            behind.respond(script)
            traced.request("DELETE", "/v1/classes/s3cret?a=s3cret", lines)
            traced.request("POST", "/bff/v1/teacher/s3cret?a=s3cret", lines, b"s3cret")
        traced.request("GET", "/v1/classes?limit=s3cret", lines)
        traced.request("GET", "/v1/s3cret", lines)
        spans = collector.wait(lambda it: len(of_kind(it, "server")) >= 7)
        assert len(of_kind(spans, "client")) == 6
        for span in spans:
            for secret in ("s3cret", signed, "edge.test", "203.0.113.9", "127.0.0.1:"):
                assert secret not in span.text
            assert "exception" not in span.text
        kinds = {span.attributes.get("error.type") for span in of_kind(spans, "server")}
        assert {"upstream_5xx", "body_truncated"} <= kinds

    def test_an_unsampled_trace_is_not_exported_and_goes_on_unsampled(
        self, traced: Edge, behind: Downstream, collector: Collector
    ) -> None:
        unsampled = f"traceparent: 00-{TRACE}-{SPAN}-00"
        traced.request("GET", TYPED, [bearer(), unsampled, *STATES])
        version, trace, span, flags = behind.only.values("traceparent")[0].decode().split("-")
        assert (version, trace, flags) == ("00", TRACE, "00")
        assert span != SPAN
        traced.request("GET", "/v1/greeting")
        spans = collector.wait(lambda it: len(it) >= 2)
        assert [s.name for s in spans if s.trace == TRACE] == []


def test_the_last_spans_are_exported_when_the_edge_stops(
    behind: Downstream, collector: Collector, tmp_path: Path
) -> None:
    with serving(
        behind,
        tmp_path,
        PRODUCTION,
        EDGE_TRACING="otlp",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="60000",
        OTEL_SERVICE_NAME="named",
    ) as edge:
        edge.request("GET", TYPED, [bearer()])
        edge.stop()
    assert sorted(span.kind for span in collector.spans) == ["client", "server"]
    assert {span.service for span in collector.spans} == {"named"}


def test_a_collector_that_does_not_answer_holds_nothing_up(
    behind: Downstream, tmp_path: Path
) -> None:
    silent = Collector(silent=True)
    try:
        with serving(
            behind,
            tmp_path,
            PRODUCTION,
            EDGE_TRACING="otlp",
            OTEL_EXPORTER_OTLP_ENDPOINT=silent.url,
            OTEL_BSP_SCHEDULE_DELAY="10",
        ) as edge:
            for _ in range(20):
                answered = edge.request("GET", TYPED, [bearer()])
                assert answered.status == 200
                assert answered.seconds < 0.5
            time.sleep(0.1)
            assert edge.stop() < 3.5
    finally:
        silent.close()
