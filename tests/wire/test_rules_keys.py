"""Keys: a public key or a published set instead of a secret; one family of algorithms per issuer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream, answer
from tests.wire.edge import Edge, settings
from tests.wire.tokens import AUDIENCE, ISSUER

CLASS = "/v1/classes/9a"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Start = Callable[..., Edge]


def signed(key: Any, algorithm: str, kid: str | None = None) -> str:
    """The header line of a token of alice's."""
    now = int(time.time())
    claims = {"sub": "alice", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    headers = {} if kid is None else {"kid": kid}
    return f"Authorization: Bearer {jwt.encode(claims, key, algorithm, headers=headers)}"


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


def hs256_by_hand(secret: str) -> str:
    """PyJWT refuses to sign with a PEM, an attacker does not."""

    def encode(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    now = int(time.time())
    claims = {"sub": "alice", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
    return f"Authorization: Bearer {text}." + encode(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    )


class TestKeySets:
    def test_w96_w99_a_new_key_is_fetched_once_and_unknown_ones_do_not_flood(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("200 OK", key_set(one=EC_KEY)))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        one, two = signed(EC_KEY, "ES256", "one"), signed(RSA_KEY, "RS256", "two")
        for _ in range(3):
            assert edge.request("GET", CLASS, [one]).status == 200
        assert len(issuer.requests) == 1
        issuer.respond(answer("200 OK", key_set(one=EC_KEY, two=RSA_KEY)))
        assert edge.request("GET", CLASS, [two]).status in (200, 401)
        for number in range(30):
            unknown = signed(EC_KEY, "ES256", f"unknown-{number}")
            assert edge.request("GET", CLASS, [unknown]).status == 401
        assert len(issuer.requests) <= 2
        issuer.close()
        assert edge.request("GET", CLASS, [one]).status == 200

    def test_w97_w98_an_issuer_that_is_down_is_503_and_what_was_fetched_goes_on(
        self, start: Start, classes: Downstream, issuer: Downstream
    ) -> None:
        issuer.respond(answer("500 No"))
        edge = start(EDGE_TOKEN_JWKS_URL=f"{issuer.url}/jwks.json")
        one = signed(EC_KEY, "ES256", "one")
        assert edge.request("GET", "/readyz").status == 503
        got = edge.request("GET", CLASS, [one])
        assert (got.status, got.json) == (503, {"detail": "Service unavailable"})
        assert classes.requests == []
