"""What the client gets of a downstream's answer, or of its silence, and what is counted."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from proxygen.testing.edge import EdgeUnderTest
from proxygen.testing.expected import policy_of
from proxygen.testing.operation_data import HEAD_LENGTH, OperationData

SECRET_BODY = b"Traceback: postgres://user:password@db"
_DENIED = (
    ("server", "internal/1"),
    ("x-powered-by", "y"),
    ("x-internal-token", "t"),
    ("x-user-id", "u"),
)
_FAILURES: dict[str, tuple[httpx.Response | Exception, int, str, str]] = {
    "refused": (httpx.ConnectError("psql://user@db refused"), 503, "none", "connection_error"),
    "slow to connect": (httpx.ConnectTimeout("late"), 504, "none", "timeout"),
    "slow to read": (httpx.WriteTimeout("late"), 504, "none", "timeout"),
    "silent": (httpx.ReadTimeout("no head in time"), 504, "none", "timeout"),
    "full": (httpx.PoolTimeout("no place"), 503, "none", "proxy_error"),
    "broken": (httpx.RemoteProtocolError("garbage"), 503, "none", "connection_error"),
    "failing": (httpx.Response(500, content=SECRET_BODY), 503, "500", "downstream_error"),
    "not implemented": (httpx.Response(501, content=SECRET_BODY), 503, "501", "downstream_error"),
    "a proxy's 407": (httpx.Response(407, content=SECRET_BODY), 503, "407", "downstream_error"),
    "unheard of": (httpx.Response(599, content=SECRET_BODY), 503, "other", "downstream_error"),
}
_UNAVAILABLE = frozenset({"refused", "full", "broken", "a proxy's 407"})


class AnswerTests(OperationData):
    """Statuses, headers, bodies, retries and metrics."""

    def test_success_is_preserved(self, edge: EdgeUnderTest) -> None:
        expected = self.reply()
        answer = self.exchange(edge, self.call(edge))
        assert answer.status_code == expected.status_code
        assert answer.headers.get_list("x-kept") == ["one", "two"]
        assert answer.headers.get("content-type") == expected.headers.get("content-type")
        if self.expected.method == "HEAD":
            length = None if answer.status_code == 204 else HEAD_LENGTH
            assert answer.headers.get("content-length") == length
        else:
            assert answer.content == expected.content

    @pytest.mark.parametrize("status", [400, 404, 409, 422, 429])
    def test_client_errors_of_the_downstream_pass(self, edge: EdgeUnderTest, status: int) -> None:
        body = b'{"detail": "said by the downstream"}'
        reply = httpx.Response(status, headers={"content-type": "application/json"}, content=body)
        answer = self.exchange(edge, self.call(edge), reply)
        assert answer.status_code == status
        assert self.expected.method == "HEAD" or answer.content == body

    def test_redirects_are_not_followed(self, edge: EdgeUnderTest) -> None:
        reply = httpx.Response(302, headers={"location": "https://elsewhere.test/secret"})
        answer = self.exchange(edge, self.call(edge), reply)
        assert answer.status_code == 302
        assert "location" not in answer.headers
        self.only_request(edge)

    @pytest.mark.parametrize("name", _FAILURES)
    def test_failures_are_masked(self, edge: EdgeUnderTest, name: str) -> None:
        reply, status, _, _ = _FAILURES[name]
        answer = self.exchange(edge, self.call(edge), reply)
        assert answer.status_code == status
        detail = "Gateway timeout" if status == 504 else "Downstream service error"
        self.assert_detail(edge, answer, "Service unavailable" if name in _UNAVAILABLE else detail)
        assert b"postgres" not in answer.content
        assert ("retry-after" in answer.headers) is (name in ("refused", "full"))

    def test_everything_is_counted_under_its_templates(self, edge: EdgeUnderTest) -> None:
        templates = (self.expected.path, self.expected.downstream)
        before = edge.samples(*templates)
        requests, calls, errors = Counter[str](), Counter[str](), Counter[str]()
        for status, label in ((200, "200"), (299, "other"), (404, "404")):
            self.exchange(edge, self.call(edge), httpx.Response(status))
            requests[label] += 1
            calls[label] += 1
        for reply, status, status_code, error_type in _FAILURES.values():
            self.exchange(edge, self.call(edge), reply)
            requests[str(status)] += 1
            calls[status_code] += len(edge.sent())
            errors[error_type] += 1
        if self.expected.auth == "required":
            self.exchange(edge, self.call(edge).without("authorization"))
            requests["401"] += 1
        after = edge.samples(*templates)
        ours = {"method": self.expected.method, "endpoint": self.expected.path}
        theirs = {
            "service": self.expected.service,
            "method": self.expected.method,
            "endpoint": self.expected.downstream,
        }
        failed = {"endpoint": self.expected.path}
        assert after.more("http_requests_total", before, "http_status", ours) == requests
        assert after.more("downstream_service_calls_total", before, "status_code", theirs) == calls
        assert after.more("api_errors_total", before, "error_type", failed) == errors
        for counted, measured, labels in (
            (requests, "http_request_duration_seconds_count", ours),
            (calls, "downstream_service_call_duration_seconds_count", theirs),
        ):
            assert after.value(measured, labels) - before.value(measured, labels) == (
                counted.total()
            )

    def test_only_what_may_be_sent_again_is(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge)
        edge.earn_retries()
        self.exchange(edge, call, httpx.ConnectError("refused"))
        assert len(edge.sent()) == self.expected.attempts
        edge.earn_retries()
        self.exchange(edge, call, httpx.Response(503, headers={"retry-after": "0"}))
        assert len(edge.sent()) == self.expected.attempts

    @pytest.mark.parametrize(
        "reply",
        [httpx.ReadTimeout("late"), httpx.Response(500), httpx.Response(503)],
        ids=["silent", "500", "503"],
    )
    def test_a_failure_that_may_come_again_is_not_asked_for_again(
        self, edge: EdgeUnderTest, reply: httpx.Response | Exception
    ) -> None:
        edge.earn_retries()
        self.exchange(edge, self.call(edge), reply)
        self.only_request(edge)

    def test_the_rate_limit_is_the_configured_one(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, self.call(edge))
        said = answer.headers.get("ratelimit-policy")
        if self.expected.rate_limit is None:
            assert said == self.reply().headers.get("ratelimit-policy")
        else:
            assert said.partition(";")[2] == policy_of(self.expected.rate_limit)
            assert f";r={self.expected.rate_limit[1] - 1};t=" in answer.headers["ratelimit"]

    def test_headers_of_the_answer_are_stripped(self, edge: EdgeUnderTest) -> None:
        reply = self.reply()
        reply.headers = httpx.Headers([*reply.headers.multi_items(), *_DENIED])
        answer = self.exchange(
            edge, self.call(edge).with_headers([("x-correlation-id", "abc")]), reply
        )
        assert [name for name, _ in _DENIED if name in answer.headers] == []
        assert answer.headers.get_list("x-correlation-id") == ["abc"]
