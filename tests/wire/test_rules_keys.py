"""Keys: a public key or a published set instead of a secret; one family of algorithms per issuer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.wire.certificates import Authority
from tests.wire.client import Answer
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge, settings
from tests.wire.tokens import AUDIENCE, ISSUER

CLASS = "/v1/classes/9a"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Start = Callable[..., Edge]


def claims(**more: Any) -> dict[str, Any]:
    """Of a good token of alice's."""
    now = int(time.time())
    return {"sub": "alice", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, **more}


def signed(key: Any, algorithm: str, kid: str | None = None, **more: Any) -> str:
    """The header line of a token of alice's."""
    headers = {} if kid is None else {"kid": kid}
    return f"Authorization: Bearer {jwt.encode(claims(**more), key, algorithm, headers=headers)}"


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_set(**keys: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A JWK set (RFC 7517) of these keys by their ids."""
    found = []
    for kid, key in keys.items():
        if isinstance(key, rsa.RSAPrivateKey):
            member = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        else:
            member = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        found.append({**member, "kid": kid, "use": "sig"})
    return json.dumps({"keys": found}).encode()


@pytest.fixture(scope="module")
def classes() -> Iterator[Downstream]:
    downstream = Downstream()
    yield downstream
    downstream.close()


@pytest.fixture
def issuer() -> Iterator[Downstream]:
    downstream = Downstream()
    yield downstream
    downstream.close()


@pytest.fixture
def start(classes: Downstream, tmp_path: Path) -> Iterator[Start]:
    """Serves the committed edge with these settings instead of the tests' secret."""
    classes.reset()
    started: list[Edge] = []

    def begin(**environment: str) -> Edge:
        variables = settings(**dict.fromkeys(SERVICES.values(), classes.url), **environment)
        del variables["EDGE_TOKEN_SECRET"]
        edge = Edge(variables, log=tmp_path / "stderr")
        started.append(edge)
        edge.wait_until_up()
        return edge

    yield begin
    for edge in started:
        edge.process.kill()
        edge.process.wait()


class TestPublicKeys:
    @pytest.mark.parametrize(
        ("key", "algorithm", "other"), [(EC_KEY, "ES256", RSA_KEY), (RSA_KEY, "RS256", EC_KEY)]
    )
    def test_w81_one_family_and_never_the_key_as_a_secret(
        self, start: Start, classes: Downstream, key: Any, algorithm: str, other: Any
    ) -> None:
        edge = start(EDGE_TOKEN_PUBLIC_KEY=pem(key))
        assert edge.request("GET", CLASS, [signed(key, algorithm)]).status == 200
        wrong = "RS256" if algorithm == "ES256" else "ES256"
        assert edge.request("GET", CLASS, [signed(other, wrong)]).status == 401
        for secret in (pem(key), pem(key).strip(), pem(key).replace("\n", "\\n")):
            assert edge.request("GET", CLASS, [hs256_by_hand(secret)]).status == 401
        assert len(classes.requests) == 1


def hs256_by_hand(secret: str, kid: str | None = None) -> str:
    """PyJWT refuses to sign with a PEM, an attacker does not."""

    def encode(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    header = {"alg": "HS256"} if kid is None else {"alg": "HS256", "kid": kid}
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims()))
    return f"Authorization: Bearer {text}." + encode(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    )


def gauge(edge: Edge) -> float:
    """`jwks_stale`, which must be there once."""
    samples = edge.samples("jwks_stale")
    assert [labels for labels, _ in samples] == [{}]
    return samples[0][1]


def kinds(edge: Edge) -> set[str]:
    """Of the events at level error."""
    return {event["kind"] for event in edge.events if event["level"] == "error"}


class TestKeySets:
    def test_w81_w83_a_published_key_is_no_secret_and_no_token_says_where_its_key_is(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        published = key_set(one=RSA_KEY)
        issuer.respond(answer("200 OK", published))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        member = json.dumps(json.loads(published)["keys"][0])
        for secret in (pem(RSA_KEY), member, published.decode()):
            for kid in (None, "one"):
                assert edge.request("GET", CLASS, [hs256_by_hand(secret, kid)]).status == 401
        theirs = ec.generate_private_key(ec.SECP256R1())
        member = json.loads(key_set(one=theirs))["keys"][0]
        for header in ({"jku": classes.url}, {"x5u": classes.url}, {"jwk": member}):
            for kid in ("one", "theirs"):
                value = jwt.encode(claims(), theirs, "ES256", headers={"kid": kid, **header})
                assert edge.request("GET", CLASS, [f"Authorization: Bearer {value}"]).status == 401
        assert classes.connections == 0
        assert {request.target for request in issuer.requests} == {b"/jwks.json"}

    def test_an_issuer_is_asked_over_tls_with_authorities_of_its_own(
        self, start: Start, classes: Downstream, tmp_path: Path
    ) -> None:
        authority = Authority(tmp_path, "authority")
        issuer = Downstream(authority.issue("issuer").server())
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        one = signed(EC_KEY, "ES256", "one")
        known = {"EDGE_TOKEN_JWKS__TLS__CA_FILE": str(authority.ca_file)}
        for variables, status in (({}, 503), (known, 200)):
            edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json", **variables)
            assert edge.request("GET", CLASS, [one]).status == status
        issuer.close()

    def test_w96_a_thousand_unknown_keys_cause_one_fetch(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        assert len(issuer.requests) == 1
        unknown = [signed(EC_KEY, "ES256", f"unknown-{number}") for number in range(1000)]
        with ThreadPoolExecutor(8) as clients:
            statuses = set(
                clients.map(lambda line: edge.request("GET", CLASS, [line]).status, unknown)
            )
        assert statuses == {401}
        assert len(issuer.requests) == 2
        assert edge.request("GET", CLASS, [signed(EC_KEY, "ES256", "one")]).status == 200
        assert gauge(edge) == 0

    def test_w99_a_new_key_is_fetched_once_for_all_who_bring_it(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        assert edge.request("GET", CLASS, [signed(EC_KEY, "ES256", "one")]).status == 200

        def slowly(exchange: Exchange) -> None:
            time.sleep(0.2)
            exchange.send(answer("200 OK", key_set(two=RSA_KEY)))

        issuer.respond(slowly)
        fresh = [signed(RSA_KEY, "RS256", "two")] * 8
        with ThreadPoolExecutor(8) as clients:
            got = list(clients.map(lambda line: edge.request("GET", CLASS, [line]), fresh))
        assert {one.status for one in got} == {200}
        assert max(one.seconds for one in got) < 1
        assert len(issuer.requests) == 2

    def test_w97_what_was_fetched_goes_on_to_the_stale_limit(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        edge = start(
            EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json",
            EDGE_TOKEN_JWKS__REFRESH_SECONDS="0.1",
            EDGE_TOKEN_JWKS__STALE_SECONDS="4",
        )
        fetched = time.monotonic()
        assert gauge(edge) == 0
        issuer.close()

        def ask(number: int) -> Answer:
            """A token that was not seen before."""
            return edge.request("GET", CLASS, [signed(EC_KEY, "ES256", "one", n=number)])

        time.sleep(0.2)
        assert ask(1).status == 200
        assert edge.counts(lambda: gauge(edge) == 1)
        assert ask(2).status == 200
        assert edge.request("GET", "/readyz").status == 200
        assert kinds(edge) == {"jwks_stale"}
        time.sleep(max(0.0, fetched + 4.2 - time.monotonic()))
        assert (ask(3).status, ask(3).json) == (503, {"detail": "Service unavailable"})
        assert kinds(edge) == {"jwks_stale", "jwks_unavailable"}
        assert edge.request("GET", "/readyz").status == 503
        issuer.open()
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        assert edge.counts(lambda: ask(4).status == 200, limit=5)
        assert gauge(edge) == 0

    def test_w98_an_issuer_that_was_never_there_is_503(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("500 No"))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        correlation = str(uuid.uuid4())
        lines = [signed(EC_KEY, "ES256", "one"), f"X-Correlation-ID: {correlation}"]
        assert edge.request("GET", "/readyz").status == 503
        got = edge.request("GET", CLASS, lines)
        assert (got.status, got.json) == (503, {"detail": "Service unavailable"})
        assert got.values("retry-after") == ["1"]
        finished = edge.finished(correlation)
        assert (finished["kind"], finished["level"]) == ("jwks_unavailable", "error")
        assert edge.metric("api_errors_total", error_type="proxy_error") == 1
        assert edge.request("GET", CLASS, ["Authorization: Bearer a.b.c"]).status == 401
        assert classes.requests == []

    def test_an_answer_that_is_no_key_set_is_503(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json", HTTP_PROXY="http://127.0.0.1:9")
        for number, reply in enumerate(NO_KEY_SETS.values()):
            issuer.respond(reply)
            time.sleep(1.1)
            line = signed(EC_KEY, "ES256", "one", n=number)
            assert edge.request("GET", CLASS, [line]).status == 503
        assert len(issuer.requests) == 1 + len(NO_KEY_SETS)
        for request in issuer.requests:
            assert request.target == b"/jwks.json"
            assert request.matching("cookie|authorization") == []


NO_KEY_SETS = {
    "redirect": answer("302 Found", b"", "Location: http://127.0.0.1:9/"),
    "2 MB": answer("200 OK", b" " * 2_000_000),
    "no JSON": answer("200 OK", b"not JSON"),
    "no keys": answer("200 OK", b'{"keys": []}'),
    "204": answer("204 No Content"),
}
"""What an issuer's resource may answer, in place of keys."""
