"""Header rules: what of a client's reaches a downstream, and what of a downstream's reaches a client."""

from __future__ import annotations

import gzip

import pytest

from tests.wire.client import Connection, message
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer, token

CLASS = "/v1/classes/9a"
TRUST = [
    "X-User-Roles: admin",
    "X-Internal-API-Key: k",
    "X-Service-ID: s",
    "X-Identity-Encoding: none",
    "X-Forwarded-User: m",
    "Remote-User: m",
    "X-Original-URL: /admin",
    "X-Rewrite-URL: /admin",
    "X-HTTP-Method-Override: DELETE",
    "X-Forwarded-Uri: /admin",
    "X-Forwarded-Method: DELETE",
    "X-Forwarded-Prefix: /admin",
    "Proxy-Authorization: Basic eA==",
    "Cookie: s=1",
    "X-Unknown: m",
]
PUBLISHED = [
    "Accept: application/json",
    "Accept-Language: sv",
    'If-None-Match: "v1"',
    "Range: bytes=0-1",
    "Idempotency-Key: k-1",
    "User-Agent: tests/1",
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate: a=b",
    "baggage: a=b",
    "Prefer: return=minimal",
    "X-Client-Version: 7",
]


class TestRequestHeaders:
    @pytest.mark.parametrize("target", [CLASS, "/bff/v1/teacher/home"])
    @pytest.mark.parametrize("line", TRUST, ids=[line.partition(":")[0] for line in TRUST])
    def test_w11_w103_what_is_not_on_the_list_does_not_arrive(
        self, edge: Edge, classes: Downstream, bff: Downstream, target: str, line: str
    ) -> None:
        assert edge.request("GET", target, [bearer(), line]).status == 200
        (request,) = classes.requests + bff.requests
        assert request.values(line.partition(":")[0]) == []

    @pytest.mark.parametrize("target", [CLASS, "/bff/v1/teacher/home"])
    def test_what_is_published_or_allowed_arrives_as_it_was(
        self, edge: Edge, classes: Downstream, bff: Downstream, target: str
    ) -> None:
        assert edge.request("GET", target, [bearer(), *PUBLISHED]).status == 200
        (request,) = classes.requests + bff.requests
        for line in PUBLISHED:
            name, _, value = line.partition(": ")
            assert request.values(name) == [value.encode()], name

    def test_w101_the_token_stays_at_the_edge(self, edge: Edge, classes: Downstream) -> None:
        signed = token()
        edge.request("GET", CLASS, [f"Authorization: Bearer {signed}"])
        assert classes.only.values("authorization") == []
        assert signed.encode() not in classes.only.head

    def test_repeated_lines_stay_repeated_and_in_order(
        self, edge: Edge, classes: Downstream
    ) -> None:
        edge.request("GET", CLASS, [bearer(), "Accept: a/b", "Accept: c/d", "Accept: a/b"])
        assert classes.only.values("accept") == [b"a/b", b"c/d", b"a/b"]

    def test_w20_forwarding_headers_are_the_edges_own(
        self, edge: Edge, classes: Downstream
    ) -> None:
        lines = ["X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Forwarded-Host: evil"]
        edge.request("GET", CLASS, [bearer(), *lines, "X-Forwarded-Proto: gopher"])
        assert b"1.2.3.4" not in classes.only.head
        assert b"gopher" not in classes.only.head
        assert b"evil" not in classes.only.head
        assert classes.only.values("x-forwarded-for") == [b"127.0.0.1"]

    def test_w113_nothing_is_invented(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", CLASS, [bearer()])
        names = {line.partition(b":")[0].lower() for line in classes.only.lines}
        for invented in (b"accept", b"accept-encoding", b"user-agent", b"cookie", b"content-type"):
            assert invented not in names

    def test_host_is_the_downstreams(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", CLASS, [bearer()])
        assert classes.only.values("host") == [b"localhost:%d" % classes.port]

    def test_w16_a_public_route_sends_no_identity(self, edge: Edge, accounts: Downstream) -> None:
        lines = [bearer(org_id="school"), "X-User-ID: m", "X-Org-ID: m"]
        assert edge.request("GET", "/.well-known/jwks.json", lines).status == 200
        assert accounts.only.matching("x[-_.](user|org)[-_.]id:") == []

    def test_an_optional_route_takes_no_token_a_good_one_but_not_a_bad_one(
        self, edge: Edge, classes: Downstream
    ) -> None:
        assert edge.request("GET", "/v1/courses").status == 200
        assert edge.request("GET", "/v1/courses", [bearer()]).status == 200
        assert edge.request("GET", "/v1/courses", ["Authorization: Bearer x"]).status == 401
        assert [r.values("x-user-id") for r in classes.requests] == [[], [b"alice"]]

    def test_w14_identity_comes_after_all_that_the_client_sent(
        self, edge: Edge, classes: Downstream
    ) -> None:
        edge.request("GET", CLASS, [bearer(org_id="school"), "Accept: a/b", "Prefer: x"])
        names = [line.partition(b":")[0].lower() for line in classes.only.lines]
        last = max(names.index(b"accept"), names.index(b"prefer"))
        assert names.index(b"x-user-id") > last
        assert names.index(b"x-org-id") > last


class TestResponseHeaders:
    @pytest.mark.parametrize(
        "line",
        [
            "X-User-ID: 7",
            "X-Org-ID: 7",
            "X-Internal-Token: t",
            "X-Internal-Route: r",
            "X-Powered-By: php",
            "X-Served-By: node-7",
            "Proxy-Authenticate: Basic",
            "Keep-Alive: timeout=77",
            "Access-Control-Allow-Origin: *",
            "Access-Control-Allow-Credentials: true",
        ],
    )
    def test_w18_w105_what_is_denied_does_not_leave(
        self, edge: Edge, classes: Downstream, line: str
    ) -> None:
        classes.respond(answer("200 OK", b"x", line, "X-Other: stays"))
        got = edge.request("GET", CLASS, [bearer()])
        assert got.values(line.partition(":")[0]) == []
        assert got.values("x-other") == ["stays"]

    def test_w105_the_downstreams_server_does_not_leave(
        self, edge: Edge, classes: Downstream
    ) -> None:
        classes.respond(answer("200 OK", b"x", "Server: secret/1.2.3"))
        assert b"secret" not in edge.request("GET", CLASS, [bearer()]).raw

    def test_what_connection_names_does_not_leave(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("200 OK", b"x", "Connection: X-Hop", "X-Hop: 1", "X-End: 2"))
        got = edge.request("GET", CLASS, [bearer()])
        assert (got.values("x-hop"), got.values("x-end")) == ([], ["2"])

    def test_all_else_leaves_as_it_came(self, edge: Edge, classes: Downstream) -> None:
        lines = ['ETag: "v7"', "Link: </a>; rel=next", "Link: </b>; rel=prev", "Vary: Accept"]
        classes.respond(answer("200 OK", b"x", *lines, "Cache-Control: no-store", "X-A: \xe5"))
        got = edge.request("GET", CLASS, [bearer()])
        assert got.values("link") == ["</a>; rel=next", "</b>; rel=prev"]
        assert (got.values("etag"), got.values("vary")) == (['"v7"'], ["Accept"])
        assert got.values("x-a") == ["\xe5"]

    @pytest.mark.parametrize(
        ("location", "expected"),
        [
            ("{url}/v1/classes/new", ["/v1/classes/new"]),
            ("/v1/classes/new?a=1", ["/v1/classes/new?a=1"]),
            ("https://elsewhere.test/x", []),
            ("//elsewhere.test/x", []),
            ("http://class_management:5002/v1/x", []),
        ],
    )
    def test_w106_location_is_of_the_edge_or_gone(
        self, edge: Edge, classes: Downstream, location: str, expected: list[str]
    ) -> None:
        line = f"Location: {location.format(url=classes.url)}"
        classes.respond(answer("201 Created", b"", line))
        got = edge.request("GET", CLASS, [bearer()])
        assert got.status == 201
        found = [value.partition("edge.test")[2] or value for value in got.values("location")]
        assert found == expected

    @pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "308 Permanent"])
    def test_w107_redirects_are_not_followed(
        self, edge: Edge, classes: Downstream, bff: Downstream, status: str
    ) -> None:
        classes.respond(answer(status, b"", f"Location: {bff.url}/secret"))
        assert edge.request("GET", CLASS, [bearer()]).status == int(status[:3])
        assert (len(classes.requests), bff.connections) == (1, 0)

    def test_w111_encoded_content_passes_byte_for_byte(
        self, edge: Edge, classes: Downstream
    ) -> None:
        body = gzip.compress(b"hello" * 100)
        classes.respond(answer("200 OK", body, "Content-Encoding: gzip", "Vary: Accept-Encoding"))
        got = edge.request("GET", CLASS, [bearer(), "Accept-Encoding: gzip"])
        assert classes.only.values("accept-encoding") == [b"gzip"]
        assert (got.values("content-encoding"), got.payload) == (["gzip"], body)

    def test_corrupt_encoded_content_passes_too(self, edge: Edge, classes: Downstream) -> None:
        classes.respond(answer("200 OK", b"no gzip at all", "Content-Encoding: gzip"))
        assert edge.request("GET", CLASS, [bearer()]).payload == b"no gzip at all"

    def test_w118_an_answer_that_ends_with_its_connection_is_passed_chunked(
        self, edge: Edge, classes: Downstream
    ) -> None:
        def until_close(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello")
            exchange.close()

        classes.respond(until_close)
        got = edge.request("GET", CLASS, [bearer()])
        assert (got.body, got.complete) == (b"hello", True)

    @pytest.mark.parametrize("byte", [b"\x00", b"\r"])
    def test_w114_control_characters_in_a_header_are_503(
        self, edge: Edge, classes: Downstream, byte: bytes
    ) -> None:
        classes.respond(b"HTTP/1.1 200 OK\r\nX-A: a" + byte + b"b\r\nContent-Length: 0\r\n\r\n")
        assert edge.request("GET", CLASS, [bearer()]).status == 503


class TestPreflight:
    def test_w17_an_options_without_a_route_goes_nowhere(
        self, edge: Edge, classes: Downstream
    ) -> None:
        lines = ["Origin: https://a.test", "Access-Control-Request-Method: GET", "X-User-ID: m"]
        assert edge.request("OPTIONS", CLASS, lines).status in (204, 404, 405)
        assert classes.connections == 0


class TestConnectionsAreKept:
    def test_the_edge_answers_many_requests_on_one_connection(
        self, edge: Edge, classes: Downstream
    ) -> None:
        with Connection(edge.port) as connection:
            for user in ("alice", "bob", "carol"):
                connection.send(message("GET", CLASS, [bearer(user)]))
                assert connection.read().status == 200
        users = [request.values("x-user-id") for request in classes.requests]
        assert users == [[b"alice"], [b"bob"], [b"carol"]]
