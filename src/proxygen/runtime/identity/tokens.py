"""Verified tokens: a compact JWS of a pinned algorithm family in, an `Identity` out, 401 for all else."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from prometheus_client import Gauge

from proxygen.runtime.base_url import split_http
from proxygen.runtime.identity.caller import MAX_TOKEN_BYTES, Identity, unauthenticated
from proxygen.runtime.identity.compact_jws import (
    BadTokenError,
    Claims,
    Key,
    key_of_pem,
    key_of_secret,
    read_header,
    verify_signature,
)
from proxygen.runtime.identity.issuer import IssuerResource
from proxygen.runtime.identity.jwks import KeySet
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import Transport

LATEST_TIME: Final = 253_402_300_800
"""9999-12-31 in seconds; a claim beyond it is no time (W85)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """How tokens are verified.

    Exactly one of `secret` (HS256), `public_key` (PEM: RS256, ES256 or EdDSA by the key's own kind) and
    `jwks_url` (by each key's kind) is given.

    Claims are tried in order of preference. Times are seconds. A token that is good for longer than
    `max_lifetime` from now on is refused. `remember_seconds` bounds how long a verified token is believed
    without another look, so that a withdrawn key stops counting. Of the tokens used last, half of `remember`
    are surely known; each is some 700 bytes.
    """

    secret: str | None = field(default=None, repr=False)
    public_key: str | None = None
    jwks_url: str | None = None
    jwks_tls: ssl.SSLContext | None = None
    issuer: str | None = None
    audience: tuple[str, ...] = ()
    leeway: float = 30.0
    max_lifetime: float | None = None
    user_id: tuple[str, ...] = ("sub",)
    org_id: tuple[str, ...] = ("org_id", "org", "organization_id")
    scopes: tuple[str, ...] = ("scope", "scp", "scopes")
    remember: int = 50_000
    remember_seconds: float = 300.0
    jwks_refresh_seconds: float = 300.0
    jwks_stale_seconds: float = 3600.0
    jwks_unknown_key_seconds: float = 30.0
    jwks_timeout_seconds: float = 5.0

    def __post_init__(self) -> None:
        given = [value for value in (self.secret, self.public_key, self.jwks_url) if value]
        if len(given) != 1:
            raise ValueError("exactly one of secret, public_key and jwks_url verifies tokens")
        if self.jwks_url:
            split_http(self.jwks_url)
        if not 0 <= self.leeway <= _LONGEST_LEEWAY:
            raise ValueError(f"leeway must be 0 to {_LONGEST_LEEWAY} seconds")
        if not self.user_id:
            raise ValueError("no claim is named for user_id")


_LONGEST_LEEWAY: Final = 300


class _ExpiredTokenError(BadTokenError):
    """A token that has proved a caller, until some time ago."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """A caller, the wall clock's time at which the token expires, and the steady clock's of the next look."""

    identity: Identity
    expires: float
    believed_until: float


class TokenVerifier:
    """Verifies tokens, and remembers the good ones by digest until they expire; bad ones never.

    `clock` tells the time (seconds of the epoch), `steady` how time passes; `transport` replaces the one that
    fetches the key set, `stale` is its gauge.
    """

    __slots__ = ("_clock", "_key", "_keys", "_older", "_policy", "_steady", "_verified")

    def __init__(
        self,
        policy: TokenPolicy,
        *,
        transport: Transport | None = None,
        stale: Gauge | None = None,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._steady = steady
        self._verified: dict[bytes, _Verified] = {}
        self._older: dict[bytes, _Verified] = {}
        self._key: Key | None = None
        self._keys: KeySet | None = None
        if policy.secret:
            self._key = key_of_secret(policy.secret)
        elif policy.public_key:
            self._key = key_of_pem(policy.public_key)
        elif policy.jwks_url:
            self._keys = KeySet(
                IssuerResource(
                    policy.jwks_url,
                    seconds=policy.jwks_timeout_seconds,
                    tls=policy.jwks_tls,
                    transport=transport,
                ),
                refresh_seconds=policy.jwks_refresh_seconds,
                stale_seconds=policy.jwks_stale_seconds,
                unknown_key_seconds=policy.jwks_unknown_key_seconds,
                stale=stale,
                clock=steady,
            )

    @property
    def jwks_stale(self) -> bool:
        """Whether the keys in use could not be refreshed when they should have been."""
        return self._keys is not None and self._keys.stale

    @property
    def ready(self) -> bool:
        """Whether a token could be verified now; a key set is ready once it has been fetched."""
        return self._keys is None or self._keys.usable

    async def prepare(self) -> None:
        """Fetch the key set ahead of the first token; its failure shows in `ready`."""
        if self._keys is not None:
            await self._keys.prepare()

    async def aclose(self) -> None:
        """Close what this verifier opened."""
        if self._keys is not None:
            await self._keys.aclose()

    def cached(self, token: str) -> Identity | None:
        """The identity of a token that was verified before and is still good."""
        digest = _digest(token)
        found = self._verified.get(digest)
        if found is None:
            found = self._older.pop(digest, None)
            if found is None:
                return None
            self._keep(digest, found)
        if found.expires <= self._clock() or found.believed_until <= self._steady():
            del self._verified[digest]
            return None
        return found.identity

    async def verify(self, token: str) -> Identity:
        """The caller that this token proves; raises 401, or 503 where no key could be fetched."""
        if len(token) > MAX_TOKEN_BYTES:
            raise unauthenticated()
        known = self.cached(token)
        if known is not None:
            return known
        try:
            algorithm, key_id = read_header(token)
            key = self._key
            if key is None:
                key = await self._fetched(key_id)
            claims = verify_signature(token, key, algorithm)
            self._check_parties(claims)
            identity = self._identity(claims)
            expires = self._check_times(claims)
        except _ExpiredTokenError:
            raise unauthenticated(Kind.AUTH_EXPIRED) from None
        except BadTokenError:
            raise unauthenticated() from None
        self._remember(token, identity, expires)
        return identity

    async def _fetched(self, key_id: str | None) -> Key:
        if self._keys is None:
            raise BadTokenError
        return await self._keys.find(key_id)

    def _remember(self, token: str, identity: Identity, expires: float) -> None:
        believed_until = self._steady() + self._policy.remember_seconds
        self._keep(_digest(token), _Verified(identity, expires, believed_until))

    def _keep(self, digest: bytes, verified: _Verified) -> None:
        """Two generations stand for an order of use: who was not seen while half of the places were filled
        is forgotten with the others of whom that is true."""
        if len(self._verified) >= self._policy.remember // 2:
            self._older = self._verified
            self._verified = {}
        self._verified[digest] = verified

    def _check_times(self, claims: Claims) -> float:
        """When the token stops being good, leeway included (RFC 7519, 4.1.4 to 4.1.6)."""
        now, leeway, longest = self._clock(), self._policy.leeway, self._policy.max_lifetime
        expires = _time(claims.get("exp")) + leeway
        for name in ("nbf", "iat"):
            if name in claims and _time(claims[name]) > now + leeway:
                raise BadTokenError
        if longest is not None and expires > now + longest + 2 * leeway:
            raise BadTokenError
        if expires <= now:
            raise _ExpiredTokenError
        return expires

    def _check_parties(self, claims: Claims) -> None:
        policy = self._policy
        if policy.issuer is not None and claims.get("iss") != policy.issuer:
            raise BadTokenError
        if policy.audience:
            audience = claims.get("aud")
            named = audience if isinstance(audience, list) else [audience]
            if not any(isinstance(one, str) and one in policy.audience for one in named):
                raise BadTokenError

    def _identity(self, claims: Claims) -> Identity:
        user_id = _first(claims, self._policy.user_id)
        org_id = _first(claims, self._policy.org_id)
        if not isinstance(user_id, str) or not isinstance(org_id, str | None):
            raise BadTokenError
        return Identity(user_id, org_id, _scopes(_first(claims, self._policy.scopes)))


_EMPTY: Final = hashlib.sha256()
"""Copied for each token: to find an algorithm takes longer than to use it."""


def _digest(token: str) -> bytes:
    digest = _EMPTY.copy()
    digest.update(token.encode("utf-8", "surrogatepass"))
    return digest.digest()


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadTokenError
    if not 0 <= value <= LATEST_TIME:
        raise BadTokenError
    return float(value)


def _first(claims: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of these claims that is there and not null."""
    return next((claims[name] for name in names if claims.get(name) is not None), None)


def _scopes(value: Any) -> frozenset[str]:
    """Scopes as text with blanks between (RFC 8693, 4.2) or as a list; anything else grants none."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset()
