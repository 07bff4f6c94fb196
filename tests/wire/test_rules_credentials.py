"""The edge's own credentials: each service gets its own, and no client chooses or sees one."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream, Exchange, Recorded, answer
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

KEY = "k3y-of-the-classes"
SECRET = "s3cret of the edge: %"
BATCH = "/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
CLASS = "/v1/classes/9a"
FILE = "/v1/files/file-0001"
REPORT = "/v1/results/batches"
JWKS = "/.well-known/jwks.json"
TEACHER = "/bff/v1/teacher/x"
UNAVAILABLE = {"detail": "Service unavailable"}


@dataclass
class Issuer:
    """Answers `/<service>` with the token `<service>-<number>`, good for some seconds."""

    downstream: Downstream = field(default_factory=Downstream)
    lifetimes: dict[str, float] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    given: Counter[str] = field(default_factory=Counter)

    def answer(self, exchange: Exchange) -> None:
        service = exchange.request.target.decode().strip("/")
        if service in self.down:
            exchange.send(answer("401 Unauthorized", b'{"error": "invalid_client"}'))
            return
        time.sleep(0.1)
        self.given[service] += 1
        given = {
            "access_token": f"{service}-{self.given[service]}",
            "token_type": "bearer",
            "expires_in": self.lifetimes.get(service, 3600),
        }
        exchange.send(answer("200 OK", json.dumps(given).encode()))

    def asked(self, service: str) -> list[Recorded]:
        return [r for r in self.downstream.requests if r.target == f"/{service}".encode()]


@dataclass(frozen=True)
class Platform:
    """The edge, its issuer, and one downstream for all services."""

    edge: Edge
    issuer: Issuer
    behind: Downstream


def granted(service: str, url: str, **more: str) -> dict[str, str]:
    """Settings of the client-credentials grant of one service."""
    values = {
        "TOKEN_URL": f"{url}/{service}",
        "CLIENT_ID": "edge of the platform",
        "CLIENT_SECRET": SECRET,
        **more,
    }
    prefix = f"EDGE_SERVICES__{service.upper()}__CLIENT_CREDENTIALS__"
    return {f"{prefix}{name}": value for name, value in values.items()}


@pytest.fixture(scope="module", params=["fast", "httpx"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    issuer, behind = Issuer(), Downstream()
    issuer.downstream.respond(issuer.answer)
    issuer.lifetimes["result_aggregator"] = 1.5
    issuer.down.add("file_service")
    url = issuer.downstream.url
    environment = settings(
        EDGE_TRANSPORT=request.param,
        **dict.fromkeys(SERVICES.values(), behind.url),
        EDGE_SERVICES__CLASS_MANAGEMENT__STATIC_HEADER__NAME="X-Api-Key",
        EDGE_SERVICES__CLASS_MANAGEMENT__STATIC_HEADER__VALUE=KEY,
        **granted("batch_orchestrator", url, SCOPE="a b", AUDIENCE="batches"),
        **granted("file_service", url),
        **granted("result_aggregator", url),
        **granted("identity", url, SEND="body", HEADER="X-Service-Token"),
        **granted("bff_teacher", url),
    )
    with serving(environment, log=tmp_path_factory.mktemp("edge") / "stderr") as edge:
        yield Platform(edge, issuer, behind)
    behind.close()
    issuer.downstream.close()


@pytest.fixture
def platform(made: Platform) -> Platform:
    made.behind.reset()
    return made


class TestStaticHeaders:
    @pytest.mark.parametrize(
        "name", ["X-Api-Key", "x-api-key", "X_Api_Key", "xapikey", "X.API.KEY"]
    )
    def test_no_copy_of_a_client_goes_up(self, platform: Platform, name: str) -> None:
        lines = [bearer(), f"{name}: guessed", "Connection: close, X-Api-Key"]
        assert platform.edge.request("GET", CLASS, lines).status == 200
        found = platform.behind.only.matching("x[-_.]?api[-_.]?key")
        assert found == [b"X-Api-Key: " + KEY.encode()]

    def test_no_copy_of_the_service_comes_back(self, platform: Platform) -> None:
        platform.behind.respond(answer("200 OK", b"", f"X-Api-Key: {KEY}", f"x_api_key: {KEY}"))
        got = platform.edge.request("GET", CLASS, [bearer()])
        assert got.status == 200
        assert KEY.encode() not in got.raw

    def test_another_service_gets_none(self, platform: Platform) -> None:
        assert platform.edge.request("GET", BATCH, [bearer()]).status == 200
        assert KEY.encode() not in platform.behind.only.head


class TestClientCredentials:
    def test_one_token_is_fetched_for_all_who_wait_and_used_again(self, platform: Platform) -> None:
        def ask(_: int) -> int:
            return platform.edge.request("GET", TEACHER, [bearer()]).status

        with ThreadPoolExecutor(8) as clients:
            assert set(clients.map(ask, range(8))) == {200}
        assert ask(9) == 200
        sent = [request.values("authorization") for request in platform.behind.requests]
        assert sent == [[b"Bearer bff_teacher-1"]] * 9
        assert len(platform.issuer.asked("bff_teacher")) == 1

    def test_the_form_and_the_client_are_those_of_the_rfc(self, platform: Platform) -> None:
        assert platform.edge.request("GET", BATCH, [bearer()]).status == 200
        asked = platform.issuer.asked("batch_orchestrator")[0]
        assert parse_qs(asked.body.decode()) == {
            "grant_type": ["client_credentials"],
            "scope": ["a b"],
            "audience": ["batches"],
        }
        basic = asked.values("authorization")[0].removeprefix(b"Basic ")
        pair = b"edge+of+the+platform:s3cret+of+the+edge%3A+%25"
        assert base64.b64decode(basic) == pair

    def test_the_client_may_go_into_the_form_and_the_token_into_another_header(
        self, platform: Platform
    ) -> None:
        """Also of a public operation: the service is the same."""
        lines = ["X-Service-Token: guessed", "X_Service_Token: guessed"]
        assert platform.edge.request("GET", JWKS, lines).status == 200
        (sent,) = platform.behind.only.matching("x[-_]service[-_]token")
        assert sent.startswith(b"X-Service-Token: Bearer identity-")
        form = parse_qs(platform.issuer.asked("identity")[0].body.decode())
        assert (form["client_id"], form["client_secret"]) == (["edge of the platform"], [SECRET])
        assert platform.issuer.asked("identity")[0].values("authorization") == []

    def test_an_issuer_that_refuses_is_503_of_its_own_kind_and_no_call(
        self, platform: Platform
    ) -> None:
        correlation = str(uuid.uuid4())
        lines = [bearer(), f"X-Correlation-ID: {correlation}"]
        got = platform.edge.request("GET", FILE, lines)
        assert (got.status, got.json) == (503, UNAVAILABLE)
        assert got.values("retry-after") == ["1"]
        assert got.values("www-authenticate") == []
        assert platform.behind.connections == 0
        finished = platform.edge.finished(correlation)
        assert (finished["kind"], finished["level"]) == ("credential_unavailable", "error")
        assert platform.edge.metric("api_errors_total", error_type="proxy_error") >= 1

    def test_a_refusal_is_not_asked_for_again_at_once(self, platform: Platform) -> None:
        time.sleep(1.1)
        before = len(platform.issuer.asked("file_service"))
        for _ in range(20):
            assert platform.edge.request("GET", FILE, [bearer()]).status == 503
        assert len(platform.issuer.asked("file_service")) - before <= 2
        platform.issuer.down.clear()
        time.sleep(1.1)
        assert platform.edge.request("GET", FILE, [bearer()]).status == 200
        platform.issuer.down.add("file_service")

    def test_a_token_is_renewed_in_time(self, platform: Platform) -> None:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            assert platform.edge.request("GET", REPORT, [bearer()]).status == 200
            time.sleep(0.05)
        assert 3 <= len(platform.issuer.asked("result_aggregator")) <= 6

    def test_a_401_of_the_service_costs_one_new_token_and_is_passed_on(
        self, platform: Platform
    ) -> None:
        platform.behind.respond(answer("401 Unauthorized", b"", "X-Service-Token: Bearer x"))
        for _ in range(4):
            got = platform.edge.request("GET", JWKS)
            assert got.status == 401
            assert got.values("x-service-token") == []
        first, *others = [r.values("x-service-token")[0] for r in platform.behind.requests]
        assert len(set(others)) == 1
        assert first not in others

    def test_no_client_chooses_the_token(self, platform: Platform) -> None:
        lines = [bearer(), "authorization_: Bearer guessed", "Proxy-Authorization: Bearer guessed"]
        assert platform.edge.request("GET", BATCH, lines).status == 200
        assert platform.behind.only.matching("(proxy-)?authorization") == [
            b"Authorization: Bearer batch_orchestrator-1"
        ]


def test_nothing_of_a_credential_is_in_a_log_or_a_metric(platform: Platform) -> None:
    told = platform.edge.log_text + platform.edge.request("GET", "/metrics").body.decode()
    encoded = base64.b64encode(b"edge+of+the+platform").decode()[:16]
    for secret in (KEY, SECRET, encoded, "-1", "-2"):
        assert not [line for line in told.splitlines() if _holds(line, secret)]


def _holds(line: str, secret: str) -> bool:
    """Whether a secret, or a token that ends like this, is in a line."""
    if len(secret) > 2:
        return secret in line
    return any(f"{service}{secret}" in line for service in SERVICES)
