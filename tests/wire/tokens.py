"""Tokens for the tests: whom the edge believes, and how they are signed."""

from __future__ import annotations

import time
from typing import Any

import jwt

SECRET = "a-secret-of-the-tests-that-is-long-enough-for-every-algorithm-of-its-family"
ISSUER = "https://login.edge.test"
AUDIENCE = "edge"
_LIFETIME = 86_400
"""Seconds; some tokens are made when tests are collected, and the last test may run much later."""


def token(
    user: object = "alice", *, key: str = SECRET, algorithm: str = "HS256", **claims: Any
) -> str:
    """A token that the edge accepts, but for these claims; a claim of None is left out."""
    now = int(time.time())
    times = {"iat": now, "exp": now + _LIFETIME}
    payload = {"sub": user, "iss": ISSUER, "aud": AUDIENCE, **times, **claims}
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def bearer(user: object = "alice", **claims: Any) -> str:
    """The header line of such a token."""
    return f"Authorization: Bearer {token(user, **claims)}"
