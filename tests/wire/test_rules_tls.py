"""TLS with a downstream: whom the edge believes, how it says who it is, and what a failure tells a client."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.wire.certificates import Authority
from tests.wire.downstream import Downstream, answer
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

GRANT = "EDGE_SERVICES__BFF_TEACHER__CLIENT_CREDENTIALS__"
UNAVAILABLE = {"detail": "Service unavailable"}
BATCH = "/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"


@dataclass(frozen=True)
class Secured:
    """An edge that is served, and the services behind it, by the name of their variable."""

    transport: str
    edge: Edge
    downstreams: dict[str, Downstream]


@pytest.fixture(scope="module", params=["fast", "httpx"])
def secured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Secured]:
    """One service that wants a certificate and gets it, one that gets none, and one of each other fault."""
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = Authority(folder, "ours"), Authority(folder, "theirs")
    good = ours.issue("good")
    client = ours.issue("edge", password="opens the key")
    old = good.server()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    downstreams = {
        "BATCH_ORCHESTRATOR": Downstream(good.server(clients_of=ours)),
        "CLASS_MANAGEMENT": Downstream(ours.issue("other", host="another.test").server()),
        "FILE_SERVICE": Downstream(ours.issue("past", days=0).server()),
        "RESULT_AGGREGATOR": Downstream(theirs.own.server()),
        "IDENTITY": Downstream(good.server(clients_of=ours)),
        "BFF_TEACHER": Downstream(old),
    }
    issuer = Downstream(ours.issue("issuer").server())
    issuer.respond(answer("200 OK", b'{"access_token": "t0ken", "token_type": "Bearer"}'))
    mutual = "EDGE_SERVICES__BATCH_ORCHESTRATOR__TLS__"
    environment = settings(
        EDGE_TRANSPORT=request.param,
        **{f"{name}_URL": downstream.url for name, downstream in downstreams.items()},
        **{f"EDGE_SERVICES__{name}__TLS__CA_FILE": str(ours.ca_file) for name in downstreams},
        **{f"{mutual}CERT_FILE": str(client.cert_file), f"{mutual}KEY_FILE": str(client.key_file)},
        **{f"{mutual}KEY_PASSWORD": "opens the key"},
        **{f"{GRANT}TOKEN_URL": issuer.url, f"{GRANT}TLS__CA_FILE": str(ours.ca_file)},
        **{f"{GRANT}CLIENT_ID": "edge", f"{GRANT}CLIENT_SECRET": "s"},
    )
    with serving(environment, log=folder / "stderr") as edge:
        yield Secured(request.param, edge, downstreams)
    for downstream in (*downstreams.values(), issuer):
        downstream.close()


@pytest.mark.parametrize(
    ("service", "target"),
    [("BATCH_ORCHESTRATOR", BATCH), ("BFF_TEACHER", "/bff/v1/teacher/x")],
    ids=["mutual", "TLS-1.2-passthrough"],
)
def test_a_service_is_called_that_is_who_it_says(
    secured: Secured, service: str, target: str
) -> None:
    downstream = secured.downstreams[service]
    downstream.reset()
    for _ in range(2):
        assert secured.edge.request("GET", target, [bearer()]).status == 200
    assert [request.values("x-user-id") for request in downstream.requests] == [[b"alice"]] * 2


def test_a_token_of_the_edges_is_fetched_over_tls_of_its_own_settings(secured: Secured) -> None:
    downstream = secured.downstreams["BFF_TEACHER"]
    downstream.reset()
    assert secured.edge.request("GET", "/bff/v1/teacher/x", [bearer()]).status == 200
    assert downstream.only.values("authorization") == [b"Bearer t0ken"]


@pytest.mark.parametrize(
    ("service", "method", "target"),
    [
        ("CLASS_MANAGEMENT", "GET", "/v1/classes/9a"),
        ("FILE_SERVICE", "GET", "/v1/files/file-0001"),
        ("RESULT_AGGREGATOR", "GET", "/v1/results/batches"),
        ("IDENTITY", "GET", "/.well-known/jwks.json"),
        ("IDENTITY", "POST", "/v1/auth/login"),
    ],
    ids=["another-name", "expired", "self-signed", "no-client-certificate", "the-same-with-a-body"],
)
def test_a_failure_of_tls_is_503_of_kind_tls_without_a_word_on_why(
    secured: Secured, service: str, method: str, target: str
) -> None:
    edge, downstream = secured.edge, secured.downstreams[service]
    correlation = str(uuid.uuid4())
    lines = [bearer(), f"X-Correlation-ID: {correlation}"]
    body = None
    if method == "POST":
        lines.append("Content-Type: application/json")
        body = b'{"email": "a@b.test", "password": "a-long-password"}'
    got = edge.request(method, target, lines, body)
    assert (got.status, got.json) == (503, UNAVAILABLE)
    assert got.values("retry-after") == []
    finished = edge.finished(correlation)
    assert downstream.requests == []
    if body is not None and secured.transport == "httpx":
        # It writes a body before it reads, and a reset that meets it takes the alert away.
        assert finished["kind"] in ("tls", "reset_before_headers")
        return
    assert (finished["kind"], finished["level"]) == ("tls", "error")
    assert finished["error"] == "TLS with the downstream failed"


def test_no_password_of_a_key_is_in_the_log(secured: Secured) -> None:
    assert "opens the key" not in secured.edge.log_text
