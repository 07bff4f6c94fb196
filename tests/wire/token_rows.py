"""Tokens that prove nobody, and some that do, each made when it is used: leeway is shorter than a suite."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.tokens import AUDIENCE, ISSUER, SECRET, bearer, token

Mint = Callable[[], str]


def by_hand(header: str, payload: str, secret: str = SECRET) -> str:
    """A token of texts that no library would write, signed with HMAC-SHA-256 whatever its header says."""
    text = f"{_encode(header.encode())}.{_encode(payload.encode())}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_encode(signature)}"


def claims(**changes: Any) -> str:
    """The payload of a good token, with these changes, as JSON."""
    now = int(time.time())
    good = {"sub": "alice", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    return json.dumps({**good, **changes})


def headed(**header: Any) -> str:
    """A token whose signature is right, with this header."""
    return by_hand(json.dumps({"alg": "HS256", **header}), claims())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unsigned(algorithm: str) -> str:
    return by_hand(json.dumps({"alg": algorithm}), claims()).rpartition(".")[0] + "."


def _twice(name: str, first: str, second: str) -> str:
    """Good claims, but that one is there twice."""
    return by_hand('{"alg":"HS256"}', claims()[:-1] + f', "{name}": {first}, "{name}": {second}}}')


def _at(seconds: float) -> float:
    return int(time.time()) + seconds


def _row(name: str, mint: Mint) -> Any:
    return pytest.param(mint, id=name)


REFUSED = [
    *(
        _row(f"W80-alg-{alg or 'empty'}", lambda alg=alg: _unsigned(alg))  # type: ignore[misc]
        for alg in ("none", "None", "NONE", "nOnE", "")
    ),
    _row("W80-none-with-a-signature", lambda: headed(alg="none")),
    _row("W81-another-algorithm-of-the-family", lambda: token(algorithm="HS512")),
    _row("W81-RS256-in-name-only", lambda: headed(alg="RS256")),
    _row("W81-another-key", lambda: token(key="b" + SECRET[1:])),
    _row("W81-no-algorithm", lambda: by_hand('{"typ":"JWT"}', claims())),
    _row("W81-algorithm-twice", lambda: by_hand('{"alg":"none","alg":"HS256"}', claims())),
    _row("W82-kid-of-10-kB", lambda: headed(kid="k" * 5_000)),
    _row("W82-kid-is-a-number", lambda: headed(kid=5)),
    _row("W83-jwk-of-its-own", lambda: _with_own_key()),
    _row("W84-crit", lambda: headed(crit=["x"], x=1)),
    _row("W84-crit-empty", lambda: headed(crit=[])),
    _row("W84-crit-known", lambda: headed(crit=["exp"])),
    _row("W84-b64", lambda: headed(b64=False)),
    _row("W85-past-leeway-by-1-s", lambda: token(exp=_at(-31))),
    _row("W85-exp-absent", lambda: token(exp=None)),
    _row("W85-exp-null", lambda: by_hand('{"alg":"HS256"}', claims(exp=None))),
    _row("W85-exp-text", lambda: token(exp=str(_at(600)))),
    _row("W85-exp-1e30", lambda: token(exp=1e30)),
    _row("W85-exp-true", lambda: token(exp=True)),
    _row("W85-exp-infinite", lambda: by_hand('{"alg":"HS256"}', claims(exp=float("inf")))),
    _row("W85-exp-negative", lambda: token(exp=-1)),
    _row("W85-exp-twice", lambda: _twice("exp", "0", str(_at(600)))),
    _row("W86-nbf-3600", lambda: token(nbf=_at(3600))),
    _row("W86-nbf-beyond-leeway", lambda: token(nbf=_at(35))),
    _row("W86-iat-3600", lambda: token(iat=_at(3600))),
    _row("W86-iat-beyond-leeway", lambda: token(iat=_at(35))),
    _row("W86-nbf-text", lambda: token(nbf="0")),
    _row("W87-another-audience", lambda: token(aud="other")),
    _row("W87-no-audience", lambda: token(aud=None)),
    _row("W87-list-without-ours", lambda: token(aud=["other", "another"])),
    _row("W87-audience-begins-like-ours", lambda: token(aud=AUDIENCE + "/x")),
    _row("W87-another-issuer", lambda: token(iss="https://evil.test")),
    _row("W87-no-issuer", lambda: token(iss=None)),
    _row("W87-issuer-in-a-list", lambda: by_hand('{"alg":"HS256"}', claims(iss=[ISSUER]))),
    _row("W87-issuer-twice", lambda: _twice("iss", '"https://evil.test"', f'"{ISSUER}"')),
    _row("W88-sub-absent", lambda: token(None)),
    _row("W88-sub-twice", lambda: _twice("sub", '"mallory"', '"alice"')),
    *(
        _row(f"W88-sub-{name}", lambda sub=sub: by_hand('{"alg":"HS256"}', claims(sub=sub)))  # type: ignore[misc]
        for name, sub in (
            ("empty", ""),
            ("blank", " "),
            ("number", 5),
            ("true", True),
            ("list", ["alice"]),
            ("null", None),
            ("CR-LF", "a\r\nX-User-ID: root"),
            ("LF-at-its-end", "alice\n"),
            ("NUL", "a\0"),
            ("129-characters", "a" * 129),
            ("5-kB", "a" * 5_000),
            ("beyond-ASCII", "å"),
            ("lone-surrogate", "\ud800"),
            ("comma", "alice,root"),
        )
    ),
    _row("W88-org-with-CR-LF", lambda: token(org_id="o\r\nX-User-ID: root")),
    _row("W92-beyond-8-KiB", lambda: token(pad="a" * 8_000)),
    _row("W92-9-kB-of-nothing", lambda: "a" * 9_000),
    _row("claims-nested-too-deep", lambda: by_hand('{"alg":"HS256"}', "[" * 3_000)),
    _row("no-token-at-all", lambda: "no-token-at-all"),
    _row("two-parts", lambda: token().rpartition(".")[0]),
    _row("four-parts", lambda: token() + ".a"),
]
"""Every one is 401, with one and the same answer."""

REFUSED_LINES = [
    pytest.param(lines, id=name)
    for name, lines in {
        "no-token": list[str],
        "W90-two-lines": lambda: [bearer(), bearer("bob")],
        "W90-two-lines-of-one": lambda: [bearer()] * 2,
        "W91-Basic": lambda: ["Authorization: Basic YWxpY2U6cHc="],
        "W91-Basic-with-a-token": lambda: [f"Authorization: Basic {token()}"],
        "W91-empty": lambda: ["Authorization:"],
        "W91-scheme-alone": lambda: ["Authorization: Bearer"],
        "W91-no-scheme": lambda: [f"Authorization: {token()}"],
        "W91-two-blanks": lambda: [f"Authorization: Bearer  {token()}"],
        "W91-tab": lambda: [f"Authorization: Bearer\t{token()}"],
        "W91-list": lambda: [f"Authorization: Bearer {token()}, Bearer {token('bob')}"],
        "W91-two-values": lambda: [f"Authorization: Bearer {token()} {token()}"],
        "W91-quoted": lambda: [f'Authorization: Bearer "{token()}"'],
        "W94-cookie": lambda: [f"Cookie: access_token={token()}; token={token()}"],
        "W94-other-header": lambda: [f"X-Access-Token: {token()}"],
    }.items()
]
"""Header lines that are no bearer token of one caller's: 401 too."""

BELIEVED = [
    _row("W82-kid-of-a-path", lambda: headed(kid="../../../../dev/null")),
    _row("W82-kid-of-SQL", lambda: headed(kid="' OR 1=1 --")),
    _row("W85-within-leeway", lambda: token(exp=_at(-5))),
    _row("W85-exp-is-a-fraction", lambda: token(exp=_at(600) + 0.5)),
    _row("W86-nbf-5", lambda: token(nbf=_at(5))),
    _row("W86-iat-5", lambda: token(iat=_at(5))),
    _row("W87-list-with-ours", lambda: token(aud=["other", AUDIENCE])),
    _row("W88-128-characters", lambda: token("a" * 128)),
]


def _with_own_key() -> str:
    key = {"kty": "oct", "k": _encode(b"z" * 32)}
    return by_hand(json.dumps({"alg": "HS256", "jwk": key}), claims(), "z" * 32)
