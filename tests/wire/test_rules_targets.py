"""Targets: segments and queries go out as they came, and nothing that could escape goes out at all."""

from __future__ import annotations

import pytest

from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

pytestmark = pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)

CLASSES = "/v1/classes/"
BFF = "/bff/v1/teacher/"
UNCHANGED = [
    "%252e%252e%252f",
    "a%2fb",
    "a%2Fb",
    "a%3fq=1",
    "a%23f",
    "a;x=1",
    "a'b",
    "!$&'()*+,;=:@~-._",
    "%C3%A5%ff",
    "%41",
    "a%20b",
    "...",
]
REFUSED = [
    "..%2f..%2finternal",
    "..%5c..%5cinternal",
    "a/%2e%2e",
    "..;/x",
    "a%00b",
    "a%0d%0aX:1",
    "a%7fb",
    "a\\b",
    "%zz",
    "%",
    "a%2",
    "a[b]",
]


class TestSegments:
    @pytest.mark.parametrize("prefix", [CLASSES, BFF])
    @pytest.mark.parametrize("segment", UNCHANGED)
    def test_w62_to_w67_w137_legal_bytes_arrive_as_one_segment_unchanged(
        self, edge: Edge, classes: Downstream, bff: Downstream, prefix: str, segment: str
    ) -> None:
        assert edge.request("GET", prefix + segment, [bearer()]).status == 200
        (request,) = classes.requests + bff.requests
        assert request.target.endswith(b"/" + segment.encode())

    @pytest.mark.parametrize("prefix", [CLASSES, BFF])
    @pytest.mark.parametrize("segment", REFUSED)
    def test_w60_to_w67_what_could_escape_is_400(
        self, edge: Edge, classes: Downstream, bff: Downstream, prefix: str, segment: str
    ) -> None:
        assert edge.request("GET", prefix + segment, [bearer()]).status in (400, 404)
        assert classes.connections == bff.connections == 0
        assert classes.requests == bff.requests == []

    @pytest.mark.parametrize(
        "target",
        ["/v1/classes/../../internal", "/%2e%2e/internal", "/v1/classes/%2e%2e/%2e%2e/x"],
    )
    def test_w61_dot_segments_in_the_path_are_400_or_404(
        self, edge: Edge, classes: Downstream, bff: Downstream, target: str
    ) -> None:
        assert edge.request("GET", target, [bearer()]).status in (400, 404)
        assert classes.requests == bff.requests == []

    @pytest.mark.parametrize(
        "target",
        ["//evil.test/v1/classes/9a", "/v1/classes/@evil.test", "/v1/classes/http:%2f%2fe"],
    )
    def test_w68_the_host_is_always_the_configured_one(
        self, edge: Edge, classes: Downstream, target: str
    ) -> None:
        edge.request("GET", target, [bearer()])
        for request in classes.requests:
            assert request.values("host") == [b"localhost:%d" % classes.port]
            assert request.target == target.encode()

    @pytest.mark.parametrize("target", ["/v1/classes//students", "/v1/classes/./students"])
    def test_w71_empty_and_dot_parameters_are_404_or_400(
        self, edge: Edge, classes: Downstream, target: str
    ) -> None:
        assert edge.request("GET", target, [bearer()]).status in (400, 404)
        assert classes.requests == []

    def test_w72_a_parameter_that_violates_the_contract_is_422(
        self, edge: Edge, classes: Downstream
    ) -> None:
        assert edge.request("GET", CLASSES + "a" * 65, [bearer()]).status == 422
        assert classes.requests == []

    def test_w74_a_slash_too_many_is_404_and_no_redirect(
        self, edge: Edge, classes: Downstream
    ) -> None:
        got = edge.request("GET", "/v1/classes/", [bearer()])
        assert (got.status, got.values("location")) == (404, [])
        assert classes.requests == []


class TestQueries:
    @pytest.mark.parametrize("prefix", [CLASSES + "9a", BFF + "home"])
    @pytest.mark.parametrize(
        "query",
        ["", "flag", "a=", "a=1;b=2", "a=%25zz", "a=+", "a=%ff", "a=1&&b", "a=b=c", "?"],
    )
    def test_w76_w77_they_arrive_byte_for_byte(
        self, edge: Edge, classes: Downstream, bff: Downstream, prefix: str, query: str
    ) -> None:
        assert edge.request("GET", f"{prefix}?{query}", [bearer()]).status == 200
        (request,) = classes.requests + bff.requests
        assert request.target.partition(b"?")[2] == query.encode()

    @pytest.mark.parametrize("prefix", [CLASSES + "9a", BFF + "home"])
    def test_w78_10001_parameters_are_400(
        self, edge: Edge, classes: Downstream, bff: Downstream, prefix: str
    ) -> None:
        got = edge.request("GET", f"{prefix}?{'a&' * 3500}", [bearer()])
        assert got.status == 200
        requests = classes.requests + bff.requests
        assert edge.request("GET", f"{prefix}?{'a&' * 10_001}", [bearer()]).status == 400
        assert classes.requests + bff.requests == requests

    def test_w94_a_token_in_a_query_is_none(self, edge: Edge, classes: Downstream) -> None:
        token = bearer().rpartition(" ")[2]
        assert edge.request("GET", f"{CLASSES}9a?access_token={token}").status == 401
        assert classes.requests == []


class TestTemplates:
    def test_identity_enters_a_path_that_no_client_can_choose(
        self, edge: Edge, results: Downstream
    ) -> None:
        got = edge.request("GET", "/v1/results/batches?limit=5", [bearer("auth0|alice:1")])
        assert got.status == 200
        path, _, query = results.only.target.partition(b"?")
        assert path in (
            b"/internal/v1/batches/user/auth0%7Calice:1",
            b"/internal/v1/batches/user/auth0%7Calice%3A1",
        )
        assert query == b"limit=5"

    @pytest.mark.parametrize("query", ["user_id=mallory", "userId=mallory", "user%5Fid=mallory"])
    def test_a_client_cannot_name_the_user_in_the_query_either(
        self, edge: Edge, files: Downstream, query: str
    ) -> None:
        got = edge.request("GET", f"/v1/files?{query}", [bearer()])
        assert got.status == 422
        assert files.requests == []

    def test_identity_enters_a_query_once(self, edge: Edge, files: Downstream) -> None:
        assert edge.request("GET", "/v1/files?batch_id=b-1", [bearer()]).status in (200, 422)
        got = edge.request("GET", "/v1/files", [bearer()])
        assert got.status == 200
        assert files.requests[-1].target == b"/file-service/v1/files?user_id=alice"

    def test_a_prefix_takes_the_place_of_what_is_stripped(
        self, edge: Edge, results: Downstream
    ) -> None:
        batch = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
        assert edge.request("GET", f"/v1/results/batches/{batch}/status", [bearer()]).status == 200
        assert results.only.target == f"/internal/v1/batches/{batch}/status".encode()

    def test_a_passthrough_sends_what_follows_its_prefix(self, edge: Edge, bff: Downstream) -> None:
        for target in ("/bff/v1/teacher/a/b/c?x", "/bff/v1/teacher/a/"):
            assert edge.request("GET", target, [bearer()]).status == 200
        tails = [request.target.rpartition(b"teacher")[2] for request in bff.requests]
        assert tails == [b"/a/b/c?x", b"/a/"]

    @pytest.mark.parametrize("target", ["/bff/v1/teacherx/a", "/bff/v1", "/bff/v1/Teacher/a"])
    def test_a_passthrough_takes_nothing_beside_its_prefix(
        self, edge: Edge, bff: Downstream, target: str
    ) -> None:
        assert edge.request("GET", target, [bearer()]).status == 404
        assert bff.requests == []

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    def test_a_passthrough_sends_every_configured_method(
        self, edge: Edge, bff: Downstream, method: str
    ) -> None:
        bff.respond(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert edge.request(method, BFF + "x", [bearer()]).status == 204
        assert bff.only.method == method
