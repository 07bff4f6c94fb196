"""What the complete service proxy must do, as tests that a generated class inherits."""

from __future__ import annotations

from typing import ClassVar

import httpx
import pytest

from proxygen.runtime import Passthrough
from proxygen.testing.edge import (
    ALICE,
    ORGANISATION,
    EdgeUnderTest,
    HeaderLines,
    Sent,
    base_url_of,
)
from proxygen.testing.expected import ExpectedProxy, policy_of
from proxygen.testing.operation_data import MALLORY
from proxygen.testing.spoofs import header_spoofs


class PassthroughTests:
    """The behaviour of one catch-all route: the seed's rules, with nothing read from a contract."""

    operation: ClassVar[Passthrough]
    expected: ClassVar[ExpectedProxy]

    def exchange(
        self,
        edge: EdgeUnderTest,
        reply: httpx.Response | Exception,
        *,
        method: str = "GET",
        path: str = "/some/thing",
        lines: HeaderLines = (),
        content: bytes | None = None,
        org_id: str | None = None,
    ) -> httpx.Response:
        """One request of alice's below the prefix, while the downstream answers `reply`."""
        edge.answers(reply)
        headers = list(lines)
        if self.expected.auth != "public":
            headers.append(("authorization", f"Bearer {edge.token(org_id=org_id)}"))
        return edge.send(method, self.expected.prefix + path, headers, content)

    def only_request(self, edge: EdgeUnderTest) -> Sent:
        """The one request that the downstream received."""
        sent = edge.sent()
        assert len(sent) == 1
        return sent[0]

    def user_ids(self) -> list[str]:
        """The identity lines that the downstream must see."""
        return [] if self.expected.auth == "public" else [ALICE]

    def test_every_method_passes(self, edge: EdgeUnderTest) -> None:
        for method in self.expected.methods:
            answer = self.exchange(edge, httpx.Response(200, content=b"kept"), method=method)
            assert answer.status_code == 200
            assert self.only_request(edge).method == method

    def test_other_methods_are_405(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, httpx.Response(200), method="PROPFIND")
        assert answer.status_code in (405, 501)
        assert edge.sent() == []

    def test_path_query_and_body_pass_byte_for_byte(self, edge: EdgeUnderTest) -> None:
        method = "POST" if "POST" in self.expected.methods else self.expected.methods[0]
        content = b"\x00\xff any bytes" if method == "POST" else None
        self.exchange(
            edge, httpx.Response(200), method=method, path="/a%2Fb/c;d?x=1&x=2&y", content=content
        )
        sent = self.only_request(edge)
        assert sent.target == self.expected.downstream + "/a%2Fb/c;d?x=1&x=2&y"
        assert sent.content == (content or b"")
        assert sent.lines("host") == [base_url_of(self.expected.service).partition("//")[2]]

    @pytest.mark.parametrize(
        "path", ["/..%2f..%2finternal", "/%2e%2e/x", "/a/..;/b", "/a%00b", "/a%5cb"]
    )
    def test_escapes_from_the_prefix_are_400(self, edge: EdgeUnderTest, path: str) -> None:
        assert self.exchange(edge, httpx.Response(200), path=path).status_code in (400, 404)
        assert edge.sent() == []

    @pytest.mark.parametrize("status", [301, 400, 404, 409])
    def test_answers_below_500_pass(self, edge: EdgeUnderTest, status: int) -> None:
        headers = {"location": "https://elsewhere.test/secret"}
        answer = self.exchange(edge, httpx.Response(status, headers=headers, content=b"kept"))
        assert (answer.status_code, answer.content) == (status, b"kept")
        assert "location" not in answer.headers
        self.only_request(edge)

    def test_server_errors_are_masked(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, httpx.Response(500, content=b"postgres://user:password@db"))
        assert answer.status_code == 503
        assert answer.json()["detail"] == "Downstream service error"

    def test_network_error_is_503_and_timeout_504(self, edge: EdgeUnderTest) -> None:
        assert self.exchange(edge, httpx.ConnectError("refused")).status_code == 503
        assert self.exchange(edge, httpx.ReadTimeout("late")).status_code == 504

    def test_identity_is_injected(self, edge: EdgeUnderTest) -> None:
        self.exchange(edge, httpx.Response(200), org_id=ORGANISATION)
        sent = self.only_request(edge)
        assert sent.lines("x-user-id") == self.user_ids()
        assert sent.lines("x-proxied-by") == [edge.edge.name]

    @pytest.mark.parametrize("spoof", header_spoofs(MALLORY), ids=lambda lines: lines[0][0])
    def test_identity_headers_of_the_client_never_arrive(
        self, edge: EdgeUnderTest, spoof: HeaderLines
    ) -> None:
        self.exchange(edge, httpx.Response(200), lines=spoof)
        sent = self.only_request(edge)
        assert all(MALLORY not in value for _, value in sent.headers)
        assert sent.lines("x-user-id") == self.user_ids()

    def test_no_token_is_401(self, edge: EdgeUnderTest) -> None:
        edge.answers(httpx.Response(200))
        answer = edge.send("GET", f"{self.expected.prefix}/x")
        assert answer.status_code == (401 if self.expected.auth == "required" else 200)

    def test_the_rate_limit_is_the_configured_one(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, httpx.Response(200))
        said = answer.headers.get("ratelimit-policy")
        if self.expected.rate_limit is None:
            assert said is None
        else:
            assert said == f'"{self.expected.service}";{policy_of(self.expected.rate_limit)}'

    def test_metrics_have_one_endpoint_for_all_paths(self, edge: EdgeUnderTest) -> None:
        endpoint = f"{self.expected.prefix}/{{path}}"
        labels = {"method": "GET", "endpoint": endpoint, "http_status": "200"}
        before = edge.samples(endpoint).value("http_requests_total", labels)
        for number in range(3):
            self.exchange(edge, httpx.Response(200), path=f"/{number}")
        assert edge.samples(endpoint).value("http_requests_total", labels) == before + 3
