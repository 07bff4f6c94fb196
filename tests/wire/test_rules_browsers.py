"""Rules for browsers: CORS and security headers by settings, preflights at the edge, none doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proxygen.runtime.settings.security_headers import PUBLISHED
from proxygen.runtime.telemetry.metrics import UNMATCHED
from tests.wire.client import Answer
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.small import PRODUCTION, TEAMS, serving
from tests.wire.tokens import bearer

APP = "https://app.example"
OTHER = "https://app.example:8443"
CORS = ("origin", "credentials", "expose-headers", "methods", "headers", "max-age")
TYPED, PASSED = "/v1/classes/7", "/bff/v1/teacher/home"
UNKNOWN = "/no/such/path"
ROUTED = pytest.mark.parametrize("target", [TYPED, PASSED], ids=["typed", "passthrough"])


def origin(value: str) -> str:
    return f"Origin: {value}"


def preflight(method: str, headers: str = "authorization") -> list[str]:
    return [
        f"Access-Control-Request-Method: {method}",
        f"Access-Control-Request-Headers: {headers}",
    ]


def cors(answered: Answer) -> dict[str, list[str]]:
    """Every CORS line of an answer, by what follows `Access-Control-` and, if so, `Allow-`."""
    found: dict[str, list[str]] = {}
    for line in answered.lines:
        name, _, value = line.decode().partition(":")
        if name.lower().startswith("access-control-"):
            short = name.lower().removeprefix("access-control-").removeprefix("allow-")
            found.setdefault(short, []).append(value.strip())
    return found


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module", params=[PRODUCTION, TEAMS])
def open_edge(
    request: pytest.FixtureRequest, behind: Downstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    """An edge for two origins, with credentials and the published security headers."""
    with serving(
        behind,
        tmp_path_factory.mktemp("open"),
        request.param,
        EDGE_CORS__ORIGINS=f"{APP}, {OTHER}",
        EDGE_CORS__CREDENTIALS="true",
        EDGE_CORS__EXPOSE="X-Correlation-ID",
        EDGE_CORS__MAX_AGE="60",
        EDGE_SECURITY_HEADERS__DEFAULTS="true",
        EDGE_SECURITY_HEADERS__REFERRER_POLICY="same-origin",
        EDGE_SECURITY_HEADERS__X_FRAME_OPTIONS="",
    ) as edge:
        yield edge


@pytest.fixture(scope="module")
def any_origin(behind: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge for every origin, two methods and one header, with small limits."""
    with serving(
        behind,
        tmp_path_factory.mktemp("any"),
        PRODUCTION,
        EDGE_CORS__ORIGINS="*",
        EDGE_CORS__METHODS="GET, POST",
        EDGE_CORS__HEADERS="Authorization",
        EDGE_CORS__EXPOSE="",
        EDGE_SECURITY_HEADERS__X_CONTENT_TYPE_OPTIONS="nosniff",
        EDGE_LIMITS__HEADER_COUNT="30",
    ) as edge:
        yield edge


@pytest.fixture(scope="module", params=[PRODUCTION, TEAMS])
def closed_edge(
    request: pytest.FixtureRequest, behind: Downstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    """An edge as it is without any setting of these."""
    with serving(behind, tmp_path_factory.mktemp("closed"), request.param) as edge:
        yield edge


@pytest.fixture(autouse=True)
def _as_new(behind: Downstream) -> None:
    behind.reset()


class TestPreflights:
    @pytest.mark.parametrize(
        ("target", "methods"),
        [
            pytest.param(TYPED, "DELETE, GET, HEAD", id="W17-typed"),
            pytest.param(
                PASSED, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", id="W17-passthrough"
            ),
        ],
    )
    def test_a_preflight_is_answered_at_the_edge_and_nothing_is_sent(
        self, open_edge: Edge, behind: Downstream, target: str, methods: str
    ) -> None:
        lines = [origin(APP), *preflight("DELETE"), "X-User-ID: mallory", bearer()]
        answered = open_edge.request("OPTIONS", target, lines)
        assert (answered.status, answered.body) == (204, b"")
        assert answered.values("content-length") == []
        allowed = cors(answered)
        assert allowed.pop("headers")[0].startswith("Authorization, Content-Type, ")
        assert allowed == {
            "origin": [APP],
            "credentials": ["true"],
            "expose-headers": ["X-Correlation-ID"],
            "methods": [methods],
            "max-age": ["60"],
        }
        assert answered.values("vary") == ["Origin"]
        assert behind.requests == []

    @ROUTED
    @pytest.mark.parametrize(
        "value",
        [
            "https://evil.example",
            "null",
            "http://app.example",
            APP + ":444",
            APP.upper(),
            APP + "/",
        ],
    )
    def test_an_origin_that_is_not_allowed_is_told_nothing(
        self, open_edge: Edge, behind: Downstream, target: str, value: str
    ) -> None:
        for method, lines in (("OPTIONS", preflight("GET")), ("GET", [bearer()])):
            answered = open_edge.request(method, target, [origin(value), *lines])
            assert cors(answered) == {}
            assert answered.values("vary") == ["Origin"]
            assert answered.status == (204 if method == "OPTIONS" else 200)

    def test_two_origins_are_none(self, open_edge: Edge) -> None:
        lines = [origin(APP), origin(APP), *preflight("GET")]
        assert cors(open_edge.request("OPTIONS", TYPED, lines)) == {}

    @ROUTED
    @pytest.mark.parametrize(
        "lines",
        [[], [origin(APP)], preflight("GET")],
        ids=["OPTIONS alone", "with an origin", "without one"],
    )
    def test_options_that_is_no_preflight_is_a_request_like_any_other(
        self, open_edge: Edge, behind: Downstream, target: str, lines: list[str]
    ) -> None:
        answered = open_edge.request("OPTIONS", target, [bearer(), *lines])
        if target == PASSED:
            assert answered.status == 200
            assert behind.only.method == "OPTIONS"
            assert open_edge.request("OPTIONS", target, lines).status == 401
        else:
            assert answered.status == 405
            assert behind.requests == []

    @ROUTED
    def test_without_settings_a_preflight_is_no_preflight(
        self, closed_edge: Edge, behind: Downstream, target: str
    ) -> None:
        lines = [origin(APP), *preflight("GET")]
        answered = closed_edge.request("OPTIONS", target, lines)
        assert answered.status == (401 if target == PASSED else 405)
        assert cors(answered) == {}
        assert answered.values("vary") == []
        assert behind.requests == []

    def test_a_preflight_of_a_path_of_nobodys_does_not_say_so(self, any_origin: Edge) -> None:
        answered = any_origin.request("OPTIONS", UNKNOWN, [origin(APP), *preflight("GET")])
        assert answered.status == 204
        assert cors(answered)["methods"] == ["GET, POST"]

    def test_methods_are_those_of_the_settings_that_the_path_has(self, any_origin: Edge) -> None:
        for target, methods in ((TYPED, "GET"), ("/v1/batches/register", "POST")):
            answered = any_origin.request("OPTIONS", target, [origin(APP), *preflight("GET")])
            assert cors(answered) == {
                "origin": ["*"],
                "methods": [methods],
                "headers": ["Authorization"],
                "max-age": ["600"],
            }
            assert answered.values("vary") == []

    @pytest.mark.parametrize(
        ("asked", "endpoint"), [("GET", "/v1/greeting"), ("BREW", UNMATCHED), ("GE\tT", UNMATCHED)]
    )
    def test_a_preflight_is_counted_by_the_route_that_it_asks_about(
        self, any_origin: Edge, asked: str, endpoint: str
    ) -> None:
        def counted() -> float:
            return any_origin.metric(
                "http_requests_total", method="OPTIONS", endpoint=endpoint, http_status="204"
            )

        before = counted()
        any_origin.request("OPTIONS", "/v1/greeting", [origin(APP), *preflight(asked)])
        assert any_origin.counts(lambda: counted() == before + 1)


class TestAnswers:
    @pytest.mark.parametrize(
        ("target", "lines", "status"),
        [
            (TYPED, [bearer()], 200),
            (PASSED, [bearer()], 200),
            (TYPED, [], 401),
            (PASSED, [], 401),
            ("/v1/classes/7/admin", [bearer()], 403),
            ("/v1/batches/register", [bearer()], 405),
            ("/v1/classes?limit=1000", [bearer()], 422),
            ("/v1/classes/..%2fx", [bearer()], 400),
        ],
    )
    def test_every_answer_can_be_read_by_an_allowed_origin(
        self, open_edge: Edge, target: str, lines: list[str], status: int
    ) -> None:
        for allowed in (APP, OTHER):
            answered = open_edge.request("GET", target, [origin(allowed), *lines])
            assert answered.status == status
            assert cors(answered) == {
                "origin": [allowed],
                "credentials": ["true"],
                "expose-headers": ["X-Correlation-ID"],
            }
            assert answered.values("vary") == ["Origin"]

    def test_failures_of_the_downstream_too(self, open_edge: Edge, behind: Downstream) -> None:
        def silence(exchange: Exchange) -> None:
            exchange.seconds_until_closed(2)

        for script, status in ((answer("500 Oops", b"x"), 503), (silence, 504)):
            behind.respond(script)
            answered = open_edge.request("GET", TYPED, [origin(APP), bearer()])
            assert answered.status == status
            assert cors(answered)["origin"] == [APP]
            assert answered.values("x-content-type-options") == ["nosniff"]

    def test_an_answer_that_breaks_off_too(self, open_edge: Edge, behind: Downstream) -> None:
        def play(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            exchange.close()

        behind.respond(play)
        answered = open_edge.request("GET", TYPED, [origin(APP), bearer()])
        assert not answered.complete
        assert cors(answered)["origin"] == [APP]
        assert answered.values("strict-transport-security") == ["max-age=31536000"]

    def test_the_guards_too(self, any_origin: Edge) -> None:
        many = [f"X-{number}: 1" for number in range(40)]
        answered = any_origin.request("GET", TYPED, [origin(APP), *many])
        assert answered.status == 431
        assert cors(answered) == {"origin": ["*"]}
        assert answered.values("x-content-type-options") == ["nosniff"]

    @ROUTED
    def test_a_downstreams_own_lines_are_dropped_and_its_vary_kept(
        self, open_edge: Edge, behind: Downstream, target: str
    ) -> None:
        behind.respond(
            answer(
                "200 OK",
                b"{}",
                "Access-Control-Allow-Origin: *",
                "access-control-allow-methods: TRACE",
                "ACCESS-CONTROL-EXPOSE-HEADERS: X-Secret",
                "Vary: Accept-Language, origin",
                "Vary: Accept",
                "X-Content-Type-Options: sniff",
                "Referrer-Policy: unsafe-url",
                "X-Frame-Options: SAMEORIGIN",
                "Content-Security-Policy: default-src *",
            )
        )
        answered = open_edge.request("GET", target, [origin(APP), bearer()])
        assert cors(answered) == {
            "origin": [APP],
            "credentials": ["true"],
            "expose-headers": ["X-Correlation-ID"],
        }
        assert answered.values("vary") == ["Accept-Language, origin, Accept"]
        assert answered.values("x-content-type-options") == ["nosniff"]
        assert answered.values("referrer-policy") == ["same-origin"]
        assert answered.values("x-frame-options") == ["SAMEORIGIN"], "left to the downstream"
        assert answered.values("content-security-policy") == ["frame-ancestors 'none'"]

    @ROUTED
    def test_without_an_origin_there_is_only_vary(self, open_edge: Edge, target: str) -> None:
        answered = open_edge.request("GET", target, [bearer()])
        assert cors(answered) == {}
        assert answered.values("vary") == ["Origin"]

    def test_any_origin_is_one_answer_for_all_caches(
        self, any_origin: Edge, behind: Downstream
    ) -> None:
        for lines in ([], [origin(APP)], [origin("null")]):
            answered = any_origin.request("GET", TYPED, [bearer(), *lines])
            assert cors(answered) == {"origin": ["*"]}
            assert answered.values("vary") == []

    def test_the_edges_own_pages_get_them(self, any_origin: Edge) -> None:
        for target, status in (("/healthz", 200), ("/docs", 200), (UNKNOWN, 404)):
            answered = any_origin.request("GET", target, [origin(APP)])
            assert (answered.status, cors(answered)) == (status, {"origin": ["*"]})

    @ROUTED
    def test_without_settings_nothing_is_added(
        self, closed_edge: Edge, behind: Downstream, target: str
    ) -> None:
        behind.respond(answer("200 OK", b"{}", "Vary: Accept", "X-Frame-Options: SAMEORIGIN"))
        answered = closed_edge.request("GET", target, [origin(APP), bearer()])
        assert cors(answered) == {}
        assert answered.values("vary") == ["Accept"]
        assert answered.values("x-frame-options") == ["SAMEORIGIN"]
        for name in set(PUBLISHED) - {"x_frame_options"}:
            assert answered.values(name.replace("_", "-")) == []
