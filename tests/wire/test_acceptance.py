"""The ten rules that hold before anything else, over bare sockets on both sides of the served edge."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.wire.client import message
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

REGISTER = "/v1/batches/register"
VALID = (
    b'{"expected_essay_count": 2, "essay_ids": ["essay-1", "essay-2"], "course_code": "ENG6",'
    b' "max_score": 20.50, "prompt": {"text": "Write.", "language": "en"}, "extra": {"n": 1.0e+2}}'
)
JSON_LINES = ["Content-Type: application/json"]
TRAVERSALS = [
    "/v1/classes/..%2f..%2finternal%2fadmin",
    "/v1/classes/%2e%2e%5Cinternal",
    "/v1/classes/..",
    "/bff/v1/teacher/..%2f..%2finternal%2fadmin",
    "/bff/v1/teacher/../../internal/admin",
    "/bff/v1/teacher/a/%2E%2e/%2e./admin",
    "/bff/v1/teacher/a%5c..%5cadmin",
]


def registering(body: bytes, *lines: str, user: str = "alice", **claims: object) -> bytes:
    return message("POST", REGISTER, [bearer(user, **claims), *JSON_LINES, *lines], body)


class TestRule1IdentityIsTheTokensAlone:
    @pytest.mark.parametrize(
        "spoof", ["x-user-id", "X-User-ID", "X_User_ID", "x-uSeR-iD", "X.User.ID", "X-User_Id"]
    )
    def test_exactly_one_user_line_arrives_and_it_is_of_the_token(
        self, edge: Edge, classes: Downstream, spoof: str
    ) -> None:
        got = edge.request("GET", "/v1/classes/9a", [bearer(), f"{spoof}: mallory"])
        assert got.status == 200
        (line,) = classes.only.matching(r"x[-_.]user[-_.]id:")
        assert line.split(b":", 1)[1].strip() == b"alice"
        assert b"mallory" not in classes.only.head

    def test_no_organisation_arrives_where_the_token_has_none(
        self, edge: Edge, classes: Downstream
    ) -> None:
        edge.request("GET", "/v1/classes/9a", [bearer(), "X-Org-ID: evil", "x_org_id: evil"])
        assert classes.only.matching(r"x[-_.]org[-_.]id:") == []
        assert b"evil" not in classes.only.head

    def test_the_organisation_of_the_token_arrives_once(
        self, edge: Edge, classes: Downstream
    ) -> None:
        edge.request("GET", "/v1/classes/9a", [bearer(org_id="school"), "X-Org-ID: evil"])
        (line,) = classes.only.matching(r"x[-_.]org[-_.]id:")
        assert line.split(b":", 1)[1].strip() == b"school"

    def test_a_request_without_a_body_has_no_framing(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", "/v1/classes/9a", [bearer()])
        assert classes.only.values("transfer-encoding") == []
        assert classes.only.values("content-length") == []

    def test_the_edge_says_who_it_is(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", "/v1/classes/9a", [bearer(), "X-Proxied-By: mallory"])
        assert classes.only.values("x-proxied-by") == [b"api-gateway-service"]


class TestRule2ConnectionCannotStripIdentity:
    def test_identity_arrives_and_no_connection_token_of_the_client_does(
        self, edge: Edge, classes: Downstream
    ) -> None:
        lines = [bearer(), "x-user-id: mallory", "Connection: close, X-User-ID, X-Correlation-ID"]
        got = edge.request("GET", "/v1/classes/9a", lines)
        assert got.status == 200
        assert classes.only.values("x-user-id") == [b"alice"]
        assert len(classes.only.values("x-correlation-id")) == 1
        tokens = b",".join(classes.only.values("connection")).lower()
        assert b"close" not in tokens
        assert b"x-user-id" not in tokens

    def test_headers_that_connection_names_do_not_arrive(
        self, edge: Edge, classes: Downstream
    ) -> None:
        lines = [bearer(), "Connection: Accept-Language", "Accept-Language: sv", "Accept: */*"]
        edge.request("GET", "/v1/classes/9a", lines)
        assert classes.only.values("accept-language") == []
        assert classes.only.values("accept") == [b"*/*"]


class TestRule3NoPathEscapes:
    @pytest.mark.parametrize("target", TRAVERSALS)
    def test_dot_segments_are_400_and_nothing_is_sent(
        self, edge: Edge, classes: Downstream, bff: Downstream, target: str
    ) -> None:
        assert edge.request("GET", target, [bearer()]).status == 400
        assert classes.requests == bff.requests == []
        assert classes.connections == bff.connections == 0


class TestRule4QueriesArriveAsTheyWere:
    @pytest.mark.parametrize(
        "query",
        ["a=1&a=2&b", "b&a=2&a=1", "a[]=1&a[]=2".replace("[", "%5B").replace("]", "%5D"), "a=+%20"],
    )
    def test_query_bytes_arrive_unchanged(
        self, edge: Edge, classes: Downstream, bff: Downstream, query: str
    ) -> None:
        assert edge.request("GET", f"/v1/classes/9a?{query}", [bearer()]).status == 200
        assert classes.only.target == f"/v1/classes/9a?{query}".encode()
        assert edge.request("GET", f"/bff/v1/teacher/home?{query}", [bearer()]).status == 200
        assert bff.only.target.partition(b"?")[2] == query.encode()


class TestRule5ABrokenAnswerLooksBroken:
    def test_a_chunked_answer_that_breaks_off_never_ends(
        self, edge: Edge, classes: Downstream
    ) -> None:
        def break_off(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            exchange.close()

        classes.respond(break_off)
        with edge.connect() as connection:
            connection.send(message("GET", "/v1/classes/9a", [bearer()]))
            got = connection.read(limit=1.0, to_end=True)
        assert got.closed, "the edge kept the connection for more than a second"
        assert got.status == 200
        assert b"hello" in got.payload
        assert b"0\r\n\r\n" not in got.raw

    def test_an_answer_shorter_than_its_length_ends_with_the_connection(
        self, edge: Edge, classes: Downstream
    ) -> None:
        def break_off(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
            exchange.close()

        classes.respond(break_off)
        with edge.connect() as connection:
            connection.send(message("GET", "/v1/classes/9a", [bearer()]))
            got = connection.read(limit=1.0, to_end=True)
        assert got.closed
        assert got.values("content-length") == ["100"]
        assert got.payload == b"hello"


class TestRule6CookiesAreNobodysButTheClients:
    def test_a_cookie_for_one_user_never_goes_out_for_another(
        self, edge: Edge, classes: Downstream
    ) -> None:
        assert "localhost" in classes.url
        classes.respond(answer("200 OK", b"", "Set-Cookie: session=alice; Path=/"))
        assert edge.request("GET", "/v1/classes/9a", [bearer("alice")]).status == 200
        assert edge.request("GET", "/v1/classes/9a", [bearer("mallory")]).status == 200
        assert [request.values("cookie") for request in classes.requests] == [[], []]

    def test_two_set_cookie_lines_stay_two(self, edge: Edge, classes: Downstream) -> None:
        lines = ("Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "Set-Cookie: b=2")
        classes.respond(answer("200 OK", b"", *lines))
        got = edge.request("GET", "/v1/classes/9a", [bearer()])
        assert [f"Set-Cookie: {value}" for value in got.values("set-cookie")] == list(lines)


class TestRule7FailuresAreMapped:
    def test_a_5xx_is_503_and_nothing_of_its_body_leaves(
        self, edge: Edge, classes: Downstream
    ) -> None:
        trace = b"Traceback (most recent call last): psql://user:password@db"
        classes.respond(answer("500 Internal Server Error", trace, "X-Trace: psql"))
        got = edge.request("GET", "/v1/classes/9a", [bearer()])
        assert got.status == 503
        assert got.json == {"detail": "Downstream service error"}
        assert b"psql" not in got.raw

    def test_a_refused_connection_is_503(self, edge: Edge, accounts: Downstream) -> None:
        accounts.close()
        try:
            got = edge.request("GET", "/v1/auth/me", [bearer()])
        finally:
            accounts.open()
        assert got.status == 503
        assert got.json == {"detail": "Service unavailable"}

    def test_a_downstream_without_a_head_in_time_is_504(
        self, edge: Edge, classes: Downstream
    ) -> None:
        classes.respond(lambda exchange: None)
        got = edge.request("GET", "/v1/classes/9a", [bearer()])
        assert got.status == 504
        assert got.json == {"detail": "Gateway timeout"}

    def test_a_4xx_is_the_same_4xx(self, edge: Edge, classes: Downstream) -> None:
        body = b'{"error": "no such class", "n": 1.0}'
        classes.respond(answer("404 Not Found", body, "Content-Type: application/vnd.x+json"))
        got = edge.request("GET", "/v1/classes/9a", [bearer()])
        assert got.status == 404
        assert got.payload == body
        assert got.values("content-type") == ["application/vnd.x+json"]


class TestRule8MetricsAreBounded:
    def test_paths_under_one_route_are_one_series_per_metric_and_status(
        self, edge: Edge, classes: Downstream
    ) -> None:
        with edge.connect() as connection:
            for _ in range(100):
                connection.send(message("GET", f"/v1/classes/{uuid.uuid4()}", [bearer()]))
                assert connection.read().status == 200
        assert len(classes.requests) == 100
        own = {"method": "GET", "endpoint": "/v1/classes/{class_id}", "http_status": "200"}
        assert self.count(edge, "http_requests_total", own) == 1
        down = {
            "service": "class_management",
            "method": "GET",
            "endpoint": "/v1/classes/{class_id}",
            "status_code": "200",
        }
        assert self.count(edge, "downstream_service_calls_total", down) == 1
        assert edge.counts(lambda: edge.metric("http_requests_total", **own) >= 100)
        assert edge.counts(lambda: edge.metric("downstream_service_calls_total", **down) >= 100)

    def test_unknown_paths_and_methods_are_one_constant(
        self, edge: Edge, classes: Downstream
    ) -> None:
        edge.request("GET", "/nowhere", [bearer()])
        edge.request("FOO", "/nowhere", [bearer()])
        edge.request("GET", "/v1/classes/9a", [bearer()])
        before = self.series(edge)
        for number in range(100):
            edge.request("GET", f"/nowhere/{number}", [])
            edge.request(f"FOO{number}", f"/v1/nothing/{number}", [])
        edge.request("GET", f"/v1/classes/{uuid.uuid4()}", [bearer()])
        assert self.series(edge) == before

    @staticmethod
    def count(edge: Edge, name: str, labels: dict[str, str]) -> int:
        return sum(1 for found, _ in edge.samples(name) if labels.items() <= found.items())

    @staticmethod
    def series(edge: Edge) -> set[tuple[str, frozenset[tuple[str, str]]]]:
        names = ("http_requests_total", "http_request_duration_seconds_count", "api_errors_total")
        return {
            (name, frozenset(labels.items()))
            for name in names
            for labels, _ in edge.samples(name)
            if labels["endpoint"] not in ("/metrics", "/healthz")
        }


class TestRule9RawSegmentsAndOrder:
    def test_an_encoded_slash_is_part_of_a_segment(self, edge: Edge, classes: Downstream) -> None:
        got = edge.request("GET", "/v1/classes/a%2Fadmin", [bearer()])
        assert got.status == 200, "the handler of /v1/classes/{id}/admin needs a scope"
        assert classes.only.target == b"/v1/classes/a%2Fadmin"

    def test_the_route_with_the_scope_is_another(self, edge: Edge, classes: Downstream) -> None:
        assert edge.request("GET", "/v1/classes/a/admin", [bearer()]).status == 403
        assert classes.requests == []
        scoped = bearer(scope="classes.admin")
        assert edge.request("GET", "/v1/classes/a/admin", [scoped]).status == 200

    def test_a_bad_body_without_a_token_is_401(self, edge: Edge, batches: Downstream) -> None:
        got = edge.request("POST", REGISTER, JSON_LINES, b'{"expected_essay_count": 0}')
        assert got.status == 401
        assert got.values("www-authenticate") == ["Bearer"]
        assert batches.requests == []

    @pytest.mark.parametrize("query", ["a='", "a=%27", "a='%27'", "q=!(~)*"])
    def test_quotes_in_a_query_arrive_as_they_were_sent(
        self, edge: Edge, classes: Downstream, query: str
    ) -> None:
        edge.request("GET", f"/v1/classes/9a'b?{query}", [bearer()])
        assert classes.only.target == f"/v1/classes/9a'b?{query}".encode()


class TestRule10IdentityInABody:
    @pytest.mark.parametrize("name", [b"user_id", b"\\u0075ser_id", b"userId", b"User-ID"])
    def test_a_client_that_sets_a_bound_field_is_422(
        self, edge: Edge, batches: Downstream, name: bytes
    ) -> None:
        body = VALID.replace(b"{", b'{"' + name + b'": "mallory", ', 1)
        got = edge.raw(registering(body))
        assert got.status == 422
        assert "user" in json.dumps(got.detail).lower()
        assert batches.requests == []

    def test_a_client_that_sets_a_nested_bound_field_is_422(
        self, edge: Edge, batches: Downstream
    ) -> None:
        got = edge.raw(registering(VALID.replace(b'"text"', b'"owner_id": "mallory", "text"')))
        assert got.status == 422
        assert batches.requests == []

    @pytest.mark.parametrize(
        "body",
        [
            VALID.replace(b"{", b'{"course_code": "ENG6", ', 1),
            VALID.replace(b'"n"', b'"\\u006e": 1, "n"'),
            VALID.decode().encode("utf-16"),
            VALID.decode().encode("utf-16-le"),
            b"\xef\xbb\xbf" + VALID,
            VALID.replace(b"1.0e+2", b"NaN"),
            VALID[:-1],
        ],
        ids=["duplicate", "duplicate escaped", "utf-16", "utf-16-le", "bom", "nan", "cut"],
    )
    def test_what_is_no_strict_json_is_400(
        self, edge: Edge, batches: Downstream, body: bytes
    ) -> None:
        assert edge.raw(registering(body)).status == 400
        assert batches.requests == []

    def test_a_valid_one_arrives_untouched_with_identity_in_it_once(
        self, edge: Edge, batches: Downstream
    ) -> None:
        got = edge.raw(registering(VALID, org_id="school"))
        assert got.status == 200
        body = batches.only.body
        assert batches.only.values("content-length") == [b"%d" % len(body)]
        for part in (b'"max_score": 20.50', b'"extra": {"n": 1.0e+2}', b'"essay-1", "essay-2"'):
            assert part in body
        pairs = json.loads(body, object_pairs_hook=lambda found: found)
        assert [value for name, value in pairs if name == "user_id"] == ["alice"]
        assert [value for name, value in pairs if name == "org_id"] == ["school"]
        (prompt,) = [value for name, value in pairs if name == "prompt"]
        assert [value for name, value in prompt if name == "owner_id"] == ["alice"]
        assert batches.only.values("x-user-id") == [b"alice"]

    def test_no_organisation_in_the_token_is_null_in_a_nullable_field(
        self, edge: Edge, batches: Downstream
    ) -> None:
        assert edge.raw(registering(VALID)).status == 200
        assert json.loads(batches.only.body)["org_id"] is None

    def test_a_body_that_violates_the_contract_is_422_with_the_place(
        self, edge: Edge, batches: Downstream
    ) -> None:
        got = edge.raw(registering(VALID.replace(b'count": 2', b'count": 0')))
        assert got.status == 422
        assert ["body", "expected_essay_count"] in [error["loc"] for error in got.detail]
        assert batches.requests == []
