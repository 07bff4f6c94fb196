"""Tokens (W80 to W88, W96 to W99): what proves a caller, and what happens when the issuer is away."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.identity.tokens import TokenPolicy, TokenVerifier
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import Inbound, Outbound
from tests.unit.runtime_core.scripted import Answer, failure, json_answer

SECRET = "s" * 32
NOW = 1_800_000_000
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def pem(key: Any) -> str:
    public: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode()


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def raw_token(header: str, payload: str, secret: str = SECRET) -> str:
    """An HS256 token of texts that no library would write."""
    signed = f"{b64(header.encode())}.{b64(payload.encode())}"
    return f"{signed}.{b64(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def claims(**more: Any) -> dict[str, Any]:
    found = {"sub": "alice", "exp": NOW + 600, **more}
    return {name: value for name, value in found.items() if value is not ...}


def token(header: Mapping[str, Any] | None = None, /, **more: Any) -> str:
    return raw_token(json.dumps({"alg": "HS256", **(header or {})}), json.dumps(claims(**more)))


def verifier(**policy: Any) -> TokenVerifier:
    return TokenVerifier(TokenPolicy(**{"secret": SECRET, **policy}), clock=lambda: NOW)


async def assert_refused(verifier: TokenVerifier, bad: str) -> None:
    with pytest.raises(EdgeError) as caught:
        await verifier.verify(bad)
    assert (caught.value.status, caught.value.detail) == (401, "Not authenticated")
    assert caught.value.headers == (("WWW-Authenticate", "Bearer"),)


async def test_a_good_token_is_its_subject() -> None:
    assert await verifier().verify(token()) == Identity("alice")


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")],
    ids=["RSA", "EC", "Ed25519"],
)
async def test_the_public_key_pins_its_algorithm(key: Any, algorithm: str) -> None:
    own = verifier(secret=None, public_key=pem(key))
    good = jwt.encode(claims(), key, algorithm=algorithm)
    assert await own.verify(good) == Identity("alice")
    await assert_refused(own, raw_token('{"alg":"HS256"}', json.dumps(claims()), pem(key)))
    await assert_refused(own, raw_token(f'{{"alg":"{algorithm}"}}', json.dumps(claims())))
    other = {"RS256": "PS256"}.get(algorithm)
    if other:
        await assert_refused(own, jwt.encode(claims(), key, algorithm=other))


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "", "HS384", "RS256", None, 5, ["HS256"]]
)
async def test_no_other_algorithm_is_accepted(algorithm: object) -> None:
    await assert_refused(verifier(), token({"alg": algorithm}))


async def test_an_unsigned_token_is_refused() -> None:
    header, payload = b'{"alg":"none"}', json.dumps(claims()).encode()
    unsigned = f"{b64(header)}.{b64(payload)}."
    await assert_refused(verifier(), unsigned)
    await assert_refused(verifier(), unsigned + "AA")


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["x"]},
        {"crit": []},
        {"b64": False},
        {"kid": 5},
        {"kid": "k" * 10_000},
    ],
    ids=str,
)
async def test_headers_that_change_the_meaning_are_refused(header: dict[str, Any]) -> None:
    await assert_refused(verifier(), token(header))


async def test_keys_and_addresses_in_the_header_are_not_used() -> None:
    header = {"jku": "http://127.0.0.1:9/", "x5u": "http://127.0.0.1:9/", "kid": "../../dev/null"}
    assert await verifier().verify(token(header)) == Identity("alice")
    jwk = {"kty": "oct", "k": b64(b"z" * 32)}
    forged = raw_token(json.dumps({"alg": "HS256", "jwk": jwk}), json.dumps(claims()), "z" * 32)
    await assert_refused(verifier(), forged)


@pytest.mark.parametrize(
    "payload",
    [
        f'{{"sub":"mallory","sub":"alice","exp":{NOW + 9}}}',
        f'{{"sub":"mallory","\\u0073ub":"alice","exp":{NOW + 9}}}',
        f'{{"sub":"alice","exp":{NOW + 9},"x":{{"a":1,"a":2}}}}',
        f'{{"sub":"alice","exp":{NOW + 9},"x":NaN}}',
        '{"sub":"alice","exp":Infinity}',
        f'["alice",{NOW + 9}]',
        "null",
        "",
        "[" * 3000,
    ],
)
async def test_a_payload_that_readers_disagree_on_is_refused(payload: str) -> None:
    await assert_refused(verifier(), raw_token('{"alg":"HS256"}', payload))


async def test_a_doubled_header_name_is_refused() -> None:
    await assert_refused(
        verifier(), raw_token('{"alg":"none","alg":"HS256"}', json.dumps(claims()))
    )


@pytest.mark.parametrize(
    "bad", ["", "a", "a.b", "a.b.c.d", "..", "a..c", "a.b.c", "é.b.c", "a.b.c="]
)
async def test_what_is_no_compact_jws_is_refused(bad: str) -> None:
    await assert_refused(verifier(), bad)


async def test_a_huge_token_is_refused_unread() -> None:
    big = token(pad="x" * 8192)
    await assert_refused(verifier(), big)
    started = time.perf_counter()
    await assert_refused(verifier(), "a" * 10_000_000)
    assert time.perf_counter() - started < 0.2


@pytest.mark.parametrize(
    "exp",
    [..., None, "1800000600", True, 1e30, 10**30, -1, NOW - 30, NOW - 31, [NOW], 1e400],
    ids=str,
)
async def test_exp_must_be_a_sane_time_in_the_future(exp: object) -> None:
    await assert_refused(verifier(), token(exp=exp))


async def test_only_what_was_good_once_has_expired() -> None:
    """The kind is for the log; the answer is that of any bad token."""
    for bad, kind in (
        (token(exp=NOW - 31), Kind.AUTH_EXPIRED),
        (token(exp=NOW - 31, sub="a b"), None),
        (token(exp=NOW - 31, nbf=NOW + 31), None),
        (raw_token('{"alg":"HS256"}', json.dumps(claims(exp=NOW - 31)), "z" * 32), None),
    ):
        with pytest.raises(EdgeError) as caught:
            await verifier().verify(bad)
        assert (caught.value.status, caught.value.kind) == (401, kind)


@pytest.mark.parametrize(("exp", "good"), [(NOW + 630, True), (NOW + 631, False)])
async def test_a_lifetime_may_have_a_limit(exp: float, good: bool) -> None:
    own = verifier(max_lifetime=600.0)
    if good:
        assert await own.verify(token(exp=exp)) == Identity("alice")
    else:
        await assert_refused(own, token(exp=exp))


@pytest.mark.parametrize("exp", [NOW - 29, NOW + 1.5, NOW + 10**8, 253_402_300_800])
async def test_exp_has_a_leeway_and_may_be_a_fraction(exp: float) -> None:
    assert await verifier().verify(token(exp=exp)) == Identity("alice")


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize(
    ("offset", "good"),
    [
        (5, True),
        (30, True),
        (31, False),
        (3600, False),
        (-9, True),
        (-NOW, True),
        (-NOW - 1, False),
    ],
)
async def test_times_in_the_future_have_a_leeway(name: str, offset: int, good: bool) -> None:
    sample = token(**{name: NOW + offset})
    if good:
        assert await verifier().verify(sample) == Identity("alice")
    else:
        await assert_refused(verifier(), sample)


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize("value", ["1", True, 1e30, None])
async def test_times_must_be_numbers(name: str, value: object) -> None:
    await assert_refused(verifier(), token(**{name: value}))


@pytest.mark.parametrize(
    ("audience", "good"),
    [("edge", True), (["x", "edge"], True), ("x", False), ([], False), (..., False), (5, False)],
)
async def test_the_audience_must_name_the_edge(audience: object, good: bool) -> None:
    own = verifier(audience=("edge", "edge-2"))
    if good:
        assert await own.verify(token(aud=audience)) == Identity("alice")
    else:
        await assert_refused(own, token(aud=audience))


@pytest.mark.parametrize("issuer", [..., "other", "iss ", ["iss"], None])
async def test_another_issuer_is_refused(issuer: object) -> None:
    own = verifier(issuer="iss")
    assert await own.verify(token(iss="iss")) == Identity("alice")
    await assert_refused(own, token(iss=issuer))


@pytest.mark.parametrize(
    "subject",
    [..., None, "", " ", 5, True, "a\r\nX: y", "a\x00", "a" * 10_000, "å", "\ud800", ["alice"], {}],
)
async def test_a_subject_outside_the_grammar_is_401(subject: object) -> None:
    await assert_refused(verifier(), token(sub=subject))


@pytest.mark.parametrize("org", ["a b", "", 5, ["x"], "x\n"])
async def test_an_organisation_outside_the_grammar_is_401(org: object) -> None:
    await assert_refused(verifier(), token(org_id=org))


async def test_claims_are_read_in_the_order_of_preference() -> None:
    assert (await verifier().verify(token(org="b", organization_id="c"))).org_id == "b"
    assert (await verifier().verify(token(org_id=None, organization_id="c"))).org_id == "c"
    own = verifier(user_id=("uid", "sub"))
    assert (await own.verify(token(uid="bob"))).user_id == "bob"


@pytest.mark.parametrize(
    ("more", "scopes"),
    [
        ({"scope": "a b  c"}, {"a", "b", "c"}),
        ({"scp": ["a", "b"]}, {"a", "b"}),
        ({"scope": ""}, set()),
        ({"scope": 5}, set()),
        ({"scope": {"a": 1}}, set()),
        ({}, set()),
    ],
)
async def test_scopes_are_text_or_a_list(more: dict[str, Any], scopes: set[str]) -> None:
    assert (await verifier().verify(token(**more))).scopes == scopes


async def test_a_verified_token_is_remembered_until_it_expires() -> None:
    now = [float(NOW)]
    own = TokenVerifier(TokenPolicy(secret=SECRET, remember_seconds=1e6), clock=lambda: now[0])
    good = token(exp=NOW + 60)
    assert own.cached(good) is None
    first = await own.verify(good)
    assert own.cached(good) is first
    now[0] = NOW + 89
    assert own.cached(good) is first
    now[0] = NOW + 90
    assert own.cached(good) is None
    await assert_refused(own, good)


async def test_a_token_is_not_remembered_longer_than_the_policy_says() -> None:
    """By the clock that no one sets."""
    passed = [0.0]
    policy = TokenPolicy(secret=SECRET, remember_seconds=10)
    own = TokenVerifier(policy, clock=lambda: NOW, steady=lambda: passed[0])
    good = token()
    await own.verify(good)
    passed[0] = 10.0
    assert own.cached(good) is None
    assert await own.verify(good) == Identity("alice")


async def test_bad_tokens_are_not_remembered_and_good_ones_only_so_many() -> None:
    own = verifier(remember=2)
    bad = token(exp=NOW - 99)
    await assert_refused(own, bad)
    assert own.cached(bad) is None
    tokens = [token(n=n) for n in range(3)]
    for one in tokens:
        await own.verify(one)
    assert [own.cached(one) is not None for one in tokens] == [False, True, True]


async def test_a_changed_signature_is_refused_after_the_token_was_seen() -> None:
    own = verifier()
    good = token()
    await own.verify(good)
    flipped = good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:]
    await assert_refused(own, flipped)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({}, "exactly one"),
        ({"secret": SECRET, "jwks_url": "https://i/k"}, "exactly one"),
        ({"jwks_url": "file:///etc/passwd"}, "https"),
        ({"secret": SECRET, "leeway": -1}, "leeway"),
        ({"secret": SECRET, "leeway": 1e9}, "leeway"),
        ({"secret": "short"}, "32 bytes"),
        ({"secret": pem(RSA)}, "PEM"),
        ({"public_key": "nonsense"}, "PEM"),
        ({"public_key": pem(ec.generate_private_key(ec.SECP384R1()))}, "P-256"),
    ],
    ids=[
        "no key",
        "two keys",
        "a file",
        "a negative leeway",
        "a huge leeway",
        "a short secret",
        "a key as a secret",
        "no key at all",
        "another curve",
    ],
)
def test_an_impossible_policy_says_why(policy: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TokenVerifier(TokenPolicy(**policy))


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(TokenPolicy(secret=SECRET))


def to_jwk(key: Any) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPublicKey):
        return RSAAlgorithm.to_jwk(key, as_dict=True)
    return ECAlgorithm.to_jwk(key, as_dict=True)


class Issuer:
    """An issuer's key endpoint that counts, and can be down."""

    def __init__(self, **keys: Any) -> None:
        self.keys = keys
        self.down = False
        self.answer: Answer | None = None
        self.asked: list[Outbound] = []

    @property
    def fetches(self) -> int:
        return len(self.asked)

    async def send(self, request: Outbound) -> Inbound:
        self.asked.append(request)
        await asyncio.sleep(0)
        if self.down:
            raise failure(Kind.CONNECT_REFUSED)
        if self.answer is not None:
            return self.answer
        entries: list[dict[str, Any]] = [
            {**to_jwk(key.public_key()), "kid": kid} for kid, key in self.keys.items()
        ]
        entries.append({"kty": "oct", "k": b64(SECRET.encode()), "kid": "symmetric"})
        return json_answer(json.dumps({"keys": entries}).encode())

    async def aclose(self) -> None:
        return

    def verifier(
        self, *, steady: Callable[[], float] = time.monotonic, **policy: Any
    ) -> TokenVerifier:
        return TokenVerifier(
            TokenPolicy(jwks_url="https://issuer/keys", **policy),
            transport=self,
            clock=lambda: NOW,
            steady=steady,
        )


def signed(key: Any, kid: str | None, **more: Any) -> str:
    algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    return jwt.encode(claims(**more), key, algorithm=algorithm, headers={"kid": kid} if kid else {})


async def test_keys_are_fetched_once_for_all_who_wait() -> None:
    issuer = Issuer(a=RSA, b=EC)
    own = issuer.verifier()
    tokens = [signed(RSA, "a", n=n) for n in range(5)] + [signed(EC, "b")]
    assert not own.ready
    found = await asyncio.gather(*(own.verify(one) for one in tokens))
    assert found == [Identity("alice")] * 6
    assert issuer.fetches == 1
    assert own.ready
    assert not own.jwks_stale


async def test_a_key_set_never_verifies_hs256() -> None:
    issuer = Issuer(a=RSA)
    own = issuer.verifier()
    await assert_refused(own, token({"kid": "symmetric"}))
    await assert_refused(
        own, raw_token('{"alg":"HS256","kid":"a"}', json.dumps(claims()), pem(RSA))
    )


@pytest.mark.parametrize(
    "change",
    [{"use": "enc"}, {"alg": "PS256"}, {"alg": "HS256"}, {"kty": "EC"}, {"n": 5}, {"n": "AQAB"}],
    ids=str,
)
async def test_a_key_that_is_not_for_its_signatures_is_not_used(change: dict[str, Any]) -> None:
    issuer = Issuer()
    bad = {**to_jwk(RSA.public_key()), "kid": "a", **change}
    other = {**to_jwk(EC.public_key()), "kid": "b", "use": "sig"}
    issuer.answer = json_answer(json.dumps({"keys": ["nonsense", None, bad, other]}).encode())
    own = issuer.verifier()
    await assert_refused(own, signed(RSA, "a"))
    assert await own.verify(signed(EC, "b")) == Identity("alice")


async def test_unknown_keys_cause_one_fetch_in_thirty_seconds() -> None:
    issuer = Issuer(a=RSA)
    own = issuer.verifier()
    await own.verify(signed(RSA, "a"))
    for number in range(50):
        await assert_refused(own, signed(RSA, f"x{number}"))
    assert issuer.fetches == 2


async def test_a_new_key_is_found_after_one_fetch() -> None:
    issuer = Issuer(a=RSA)
    own = issuer.verifier()
    await own.verify(signed(RSA, "a"))
    issuer.keys = {"b": EC}
    assert await own.verify(signed(EC, "b")) == Identity("alice")
    assert issuer.fetches == 2


async def test_down_and_never_fetched_is_503_and_asks_seldom() -> None:
    issuer = Issuer(a=RSA)
    issuer.down = True
    own = issuer.verifier()
    for _ in range(20):
        with pytest.raises(EdgeError) as caught:
            await own.verify(signed(RSA, "a"))
        assert (caught.value.status, caught.value.detail) == (503, "Service unavailable")
    assert issuer.fetches == 1
    assert not own.ready


async def test_down_and_asked_for_an_unknown_key_is_503() -> None:
    """It may be a key of this minute's."""
    issuer = Issuer(a=RSA)
    own = issuer.verifier()
    await own.verify(signed(RSA, "a"))
    issuer.down = True
    for _ in range(20):
        with pytest.raises(EdgeError) as caught:
            await own.verify(signed(EC, "b"))
        assert (caught.value.status, caught.value.kind) == (503, Kind.JWKS_UNAVAILABLE)
    assert issuer.fetches == 2
    assert await own.verify(signed(RSA, "a", n=1)) == Identity("alice")


async def test_stale_keys_are_asked_for_again_once_in_ten_seconds() -> None:
    passed = [0.0]
    issuer = Issuer(a=RSA)
    own = issuer.verifier(steady=lambda: passed[0], jwks_stale_seconds=3600)
    await own.verify(signed(RSA, "a"))
    issuer.down = True
    passed[0] = 301
    for number in range(20):
        await own.verify(signed(RSA, "a", n=number))
        await asyncio.sleep(0.001)
    assert issuer.fetches == 2
    passed[0] = 311
    await own.verify(signed(RSA, "a", n=20))
    await asyncio.sleep(0.001)
    assert issuer.fetches == 3
    passed[0] = 3601
    with pytest.raises(EdgeError) as caught:
        await own.verify(signed(RSA, "a", n=21))
    assert caught.value.kind is Kind.JWKS_UNAVAILABLE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys":[]}',
        b'{"keys":5}',
        b'{"keys":[{"kty":["RSA"],"crv":{}}]}',
        b'{"keys":[{"kty":"RSA","n":5,"e":[]}]}',
        b"[" * 9000,
        b" " * 2_000_000,
    ],
)
async def test_an_answer_that_is_no_key_set_is_503(body: bytes) -> None:
    issuer = Issuer()
    issuer.answer = json_answer(body)
    with pytest.raises(EdgeError) as caught:
        await issuer.verifier().verify(signed(RSA, "a"))
    assert caught.value.status == 503


async def test_a_redirect_of_the_key_endpoint_is_not_followed() -> None:
    issuer = Issuer()
    issuer.answer = Answer(302, [(b"Location", b"http://169.254.169.254/keys")])
    with pytest.raises(EdgeError) as caught:
        await issuer.verifier().verify(signed(RSA, "a"))
    assert caught.value.status == 503
    assert [request.target for request in issuer.asked] == [b"/keys"]


async def test_the_own_client_fetches_ahead_and_ignores_the_environments_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    keys = json.dumps({"keys": [{**to_jwk(RSA.public_key()), "kid": "a"}]}).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(keys) + keys)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    own = TokenVerifier(TokenPolicy(jwks_url=f"http://127.0.0.1:{port}/keys"), clock=lambda: NOW)
    async with server:
        assert not own.ready
        await own.prepare()
        assert own.ready
    assert await own.verify(signed(RSA, "a")) == Identity("alice")
    await own.aclose()


async def test_down_with_keys_goes_on_up_to_the_stale_limit() -> None:
    issuer = Issuer(a=RSA)
    own = issuer.verifier(jwks_refresh_seconds=0.0, jwks_stale_seconds=0.3)
    await own.verify(signed(RSA, "a"))
    issuer.down = True
    assert await own.verify(signed(RSA, "a", n=1)) == Identity("alice")
    await asyncio.sleep(0.05)
    assert own.jwks_stale
    assert await own.verify(signed(RSA, "a", n=2)) == Identity("alice")
    await asyncio.sleep(0.3)
    with pytest.raises(EdgeError) as caught:
        await own.verify(signed(RSA, "a", n=3))
    assert caught.value.status == 503
    assert not own.ready


async def test_a_waiter_that_leaves_does_not_stop_the_others() -> None:
    issuer = Issuer(a=RSA)
    own = issuer.verifier()
    first = asyncio.create_task(own.verify(signed(RSA, "a", n=1)))
    second = asyncio.create_task(own.verify(signed(RSA, "a", n=2)))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Identity("alice")
    assert issuer.fetches == 1
    await own.aclose()
