"""Failures of a downstream beside the table in `faults.py`: statuses, retries, deadline, metrics, events."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.wire.client import Answer, message
from tests.wire.conftest import READ_TIMEOUT
from tests.wire.downstream import OK, Downstream, Exchange, Script, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

CLASS = "/v1/classes/9a"
ENDPOINT = "/v1/classes/{class_id}"
DOWNSTREAM_ERROR = {"detail": "Downstream service error"}


def ask(
    edge: Edge, target: str = CLASS, method: str = "GET"
) -> tuple[Answer, list[dict[str, Any]]]:
    """An answer, and the events of its request."""
    correlation = str(uuid.uuid4())
    got = edge.request(method, target, [bearer(), f"X-Correlation-ID: {correlation}"])
    return got, edge.events_of(correlation, count=2)


def silence(_: Exchange) -> None:
    return


class TestStatuses:
    @pytest.mark.parametrize("status", ["500 No", "501 No", "502 No", "503 No", "504 No", "599 No"])
    def test_every_5xx_is_503_and_masked(
        self, edge: Edge, classes: Downstream, status: str
    ) -> None:
        classes.respond(answer(status, b"Traceback: psql://u:pw@db", "X-Debug: psql"))
        got, events = ask(edge)
        assert (got.status, got.json) == (503, DOWNSTREAM_ERROR)
        assert b"psql" not in got.raw
        assert events[-1]["kind"] == "upstream_5xx"
        assert "psql" not in edge.log_text

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 410, 412, 418, 422, 429, 451])
    def test_every_4xx_is_itself(self, edge: Edge, classes: Downstream, status: int) -> None:
        classes.respond(answer(f"{status} X", b'{"n": 1.0}', "Retry-After: 7", "X-A: b"))
        got, events = ask(edge)
        assert (got.status, got.payload) == (status, b'{"n": 1.0}')
        assert (got.values("retry-after"), got.values("x-a")) == (["7"], ["b"])
        assert "kind" not in events[-1]


class TestConnections:
    def test_bytes_after_an_answer_are_nobodys(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("200 OK", b"hello") + answer("200 OK", b"smuggled"))
        assert edge.request("GET", CLASS, [bearer("alice")]).body == b"hello"
        classes.respond(answer("200 OK", b"bob"))
        assert edge.request("GET", CLASS, [bearer("bob")]).body == b"bob"


class TestRetries:
    @staticmethod
    def closing_once(data: bytes = OK) -> Script:
        seen: list[int] = []

        def play(exchange: Exchange) -> None:
            seen.append(1)
            if len(seen) == 1:
                exchange.close()
            else:
                exchange.send(data)

        return play

    def test_w131_a_post_is_never_sent_twice(self, edge: Edge, batches: Downstream) -> None:
        batches.respond(self.closing_once())
        lines = [bearer(), "Content-Type: application/json"]
        got = edge.request(
            "POST",
            "/v1/batches/register",
            lines,
            b'{"expected_essay_count": 1, "essay_ids": ["e"], "course_code": "ENG6",'
            b' "prompt": {"text": "W", "language": "en"}}',
        )
        assert got.status == 503
        assert len(batches.requests) == 1

    def test_w131_not_through_a_passthrough_either(self, edge: Edge, bff: Downstream) -> None:
        bff.respond(self.closing_once())
        assert edge.request("POST", "/bff/v1/teacher/x", [bearer()], b"x").status == 503
        assert len(bff.requests) == 1

    def test_w132_a_streamed_put_is_never_sent_twice(self, edge: Edge, bff: Downstream) -> None:
        bff.respond(self.closing_once())
        assert edge.request("PUT", "/bff/v1/teacher/x", [bearer()], b"x").status == 503
        assert len(bff.requests) == 1

    def test_a_5xx_is_not_asked_again(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("500 No"))
        assert edge.request("GET", CLASS, [bearer()]).status == 503
        assert len(classes.requests) == 1

    def test_a_503_with_retry_after_in_time_is_asked_again(
        self, edge: Edge, classes: Downstream
    ) -> None:
        seen: list[int] = []

        def play(exchange: Exchange) -> None:
            seen.append(1)
            exchange.send(answer("503 No", b"", "Retry-After: 0") if len(seen) == 1 else OK)

        classes.respond(play)
        assert edge.request("GET", CLASS, [bearer()]).status == 200
        assert len(classes.requests) == 2
        first, second = classes.requests
        for name in ("x-correlation-id", "x-request-id", "x-user-id"):
            assert first.values(name) == second.values(name)

    def test_attempts_end(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("503 No", b"", "Retry-After: 0"))
        assert edge.request("GET", CLASS, [bearer()]).status == 503
        assert 1 <= len(classes.requests) <= 3

    def test_w133_r6_a_service_that_always_fails_is_asked_a_fifth_more_at_most(
        self, edge: Edge, classes: Downstream
    ) -> None:
        """Its breaker is off here; with it, nobody is asked after the first twenty."""
        classes.respond(answer("503 No", b"", "Retry-After: 0"))
        with edge.connect() as connection:
            for _ in range(100):
                connection.send(message("GET", CLASS, [bearer()]))
                assert connection.read().status == 503
        assert 100 < len(classes.requests) <= 120


class TestDeadline:
    """The read time-out of these services is shorter than their total, which no attempt can outlast."""

    NAME = "x-request-timeout-ms"

    @pytest.mark.parametrize("target", [CLASS, "/bff/v1/teacher/x"], ids=["typed", "passthrough"])
    @pytest.mark.parametrize(
        "spelled", ["X-Request-Timeout-Ms", "x-request-timeout-ms", "X_Request_Timeout_Ms"]
    )
    def test_a_downstream_learns_how_long_the_edge_waits_and_no_client_says_so(
        self, edge: Edge, classes: Downstream, bff: Downstream, target: str, spelled: str
    ) -> None:
        assert edge.request("GET", target, [bearer(), f"{spelled}: 999999"]).status == 200
        downstream = classes if target == CLASS else bff
        lines = downstream.only.matching("x[-_]request[-_]timeout[-_]ms")
        assert len(lines) == 1
        (value,) = downstream.only.values(self.NAME)
        assert READ_TIMEOUT * 1000 - 100 < int(value) <= READ_TIMEOUT * 1000

    def test_a_downstreams_own_stops_at_the_edge(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("200 OK", b"", "X-Request-Timeout-Ms: 5"))
        assert edge.request("GET", CLASS, [bearer()]).values(self.NAME) == []

    def test_a_streamed_body_has_the_whole_time(self, edge: Edge, bff: Downstream) -> None:
        assert edge.request("PUT", "/bff/v1/teacher/x", [bearer()], b"x").status == 200
        (value,) = bff.only.values(self.NAME)
        assert 59_000 < int(value) <= 60_000


class TestMetrics:
    def test_a_forwarded_request_is_in_all_four(self, edge: Edge, classes: Downstream) -> None:
        own = {"method": "GET", "endpoint": ENDPOINT}
        down = {"service": "class_management", **own}
        names = (
            ("http_requests_total", {**own, "http_status": "418"}),
            ("http_request_duration_seconds_count", own),
            ("downstream_service_calls_total", {**down, "status_code": "418"}),
            ("downstream_service_call_duration_seconds_count", down),
        )
        classes.respond(answer("418 I'm a teapot"))
        before = [edge.metric(name, **labels) for name, labels in names]
        edge.request("GET", CLASS, [bearer()])
        expected = [count + 1 for count in before]
        assert edge.counts(lambda: [edge.metric(n, **labels) for n, labels in names] == expected)

    def test_labels_are_the_seeds_and_no_others(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("500 No"))
        edge.request("GET", CLASS, [bearer()])
        expected = {
            "http_requests_total": {"method", "endpoint", "http_status"},
            "http_request_duration_seconds_count": {"method", "endpoint"},
            "downstream_service_calls_total": {"service", "method", "endpoint", "status_code"},
            "downstream_service_call_duration_seconds_count": {"service", "method", "endpoint"},
            "api_errors_total": {"endpoint", "error_type"},
        }
        for name, labels in expected.items():
            samples = edge.samples(name)
            assert samples, name
            assert all(set(found) == labels for found, _ in samples), name

    @pytest.mark.parametrize(
        ("script", "word", "status"),
        [
            (answer("500 No"), "downstream_error", "500"),
            (silence, "timeout", "none"),
            (b"garbage\r\n\r\n", "connection_error", "none"),
        ],
        ids=["5xx", "silence", "garbage"],
    )
    def test_errors_have_the_words_of_the_seed(
        self, edge: Edge, classes: Downstream, script: Script | bytes, word: str, status: str
    ) -> None:
        counted = {"service": "class_management", "endpoint": ENDPOINT, "status_code": status}
        classes.respond(script)
        errors = edge.metric("api_errors_total", endpoint=ENDPOINT, error_type=word)
        calls = edge.metric("downstream_service_calls_total", **counted)
        edge.request("GET", CLASS, [bearer()])
        expected = {"endpoint": ENDPOINT, "error_type": word}
        assert edge.counts(lambda: edge.metric("api_errors_total", **expected) == errors + 1)
        assert edge.metric("downstream_service_calls_total", **counted) > calls

    def test_a_client_that_leaves_before_the_head_is_499(
        self, edge: Edge, classes: Downstream
    ) -> None:
        counted = {"method": "GET", "endpoint": ENDPOINT, "http_status": "499"}
        before = edge.metric("http_requests_total", **counted)
        classes.respond(silence)
        with edge.connect() as connection:
            connection.send(message("GET", CLASS, [bearer()]))
            assert classes.wait(lambda it: len(it.requests) == 1)
        assert classes.wait(
            lambda _: edge.metric("http_requests_total", **counted) == before + 1, 2
        )


class TestLogs:
    def test_one_event_when_forwarded_and_one_at_the_end(
        self, edge: Edge, classes: Downstream
    ) -> None:
        got, events = ask(edge)
        assert got.status == 200
        forwarded, finished = events
        common = {"service": "class_management", "operation": "getClass"}
        assert common.items() <= forwarded.items()
        assert {**common, "status": 200}.items() <= finished.items()
        assert 0 < finished["elapsed"] < 5

    def test_w119_w120_nothing_of_a_request_is_in_the_log(
        self, edge: Edge, classes: Downstream, bff: Downstream
    ) -> None:
        lines = [bearer(), "Cookie: s=needle-cookie", "User-Agent: needle-agent", "X-A: needle-x"]
        classes.respond(answer("500 No", b"needle-answer", "X-B: needle-header"))
        edge.request("GET", f"{CLASS}needle-path?needle-query=needle-value", lines)
        edge.request("GET", "/bff/v1/teacher/needle-rest%1b?needle-query", lines)
        edge.request("GET", "/needle-nowhere", [*lines, "X-Correlation-ID: needle-correlation"])
        body = b'{"needle-field": "needle-text"}'
        edge.request("POST", "/v1/classes", [*lines, "Content-Type: application/json"], body)
        edge.request("NEEDLE", "/needle", lines)
        assert edge.request("GET", "/healthz").status == 200
        assert "needle" not in edge.log_text.lower()
        assert lines[0].rpartition(" ")[2] not in edge.log_text

    def test_every_line_is_one_event_of_json(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", "/v1/%0d%0ainjected/%e2%80%a8", [bearer()])
        assert all({"time", "level", "event"} <= event.keys() for event in edge.events)
