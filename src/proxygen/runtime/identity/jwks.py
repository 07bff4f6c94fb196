"""An issuer's key set (RFC 7517): fetched once, kept fresh, and used for a while when it cannot be."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import jwt
from prometheus_client import Gauge

from proxygen.runtime.errors import SERVICE_UNAVAILABLE, EdgeError
from proxygen.runtime.identity.compact_jws import BadTokenError, Key, key_of_public
from proxygen.runtime.identity.issuer import IssuerError, IssuerResource
from proxygen.runtime.identity.shared_fetch import SharedFetch
from proxygen.runtime.kinds import Kind
from proxygen.runtime.telemetry.metrics import EdgeMetrics

FAILED_FETCH_SECONDS: Final = 1.0
"""Without keys, nobody asks again for so long after a failed fetch; every caller is answered at once."""
FAILED_REFRESH_SECONDS: Final = 10.0
"""The same where there are keys still to be used."""

_ALGORITHM_OF: Final = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
_log = logging.getLogger("proxygen.jwks")


def stale_gauge(metrics: EdgeMetrics) -> Gauge:
    """`jwks_stale`: 1 while the keys in use could not be fetched again, in any worker; else 0."""
    return Gauge(
        f"{metrics.prefix}jwks_stale",
        "Whether the keys that verify tokens could not be fetched again",
        registry=metrics.registry,
        multiprocess_mode="livemax",
    )


class KeySet:
    """The keys behind one URL, by key id. One fetch at a time, shared by all who wait for it.

    Keys are fetched again when they are older than `refresh_seconds`, and for a key id that they have not,
    the latter once in `unknown_key_seconds`; they are used until they are older than `stale_seconds`. `clock`
    is monotonic, in seconds; `stale` is set to 0 or 1 with each fetch.
    """

    __slots__ = (
        "_clock",
        "_fetch",
        "_fetched_at",
        "_gauge",
        "_keys",
        "_refresh",
        "_resource",
        "_stale",
        "_unknown",
        "_unknown_at",
    )

    def __init__(
        self,
        resource: IssuerResource,
        *,
        refresh_seconds: float,
        stale_seconds: float,
        unknown_key_seconds: float,
        stale: Gauge | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resource = resource
        self._refresh = refresh_seconds
        self._stale = stale_seconds
        self._unknown = unknown_key_seconds
        self._gauge = stale
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched_at: float | None = None
        self._unknown_at: float | None = None
        self._fetch = SharedFetch(self._load, clock=clock)

    @property
    def usable(self) -> bool:
        """Whether there are keys, not older than the stale limit."""
        return self._fetched_at is not None and self._age() <= self._stale

    @property
    def stale(self) -> bool:
        """Whether the keys are older than they should be because a refresh failed."""
        return self._fetched_at is not None and self._fetch.failed

    async def find(self, key_id: str | None) -> Key:
        """The key of this id; `BadTokenError` where the issuer has none, 503 where it cannot be asked."""
        if not self.usable:
            if self._fetch.running or not self._fetch.failed_within(FAILED_FETCH_SECONDS):
                await self._fetch.wait()
            if not self.usable:
                raise _unavailable()
        elif self._age() > self._refresh and not self._fetch.failed_within(FAILED_REFRESH_SECONDS):
            self._fetch.start()
        key = self._keys.get(key_id)
        if key is None:
            await self._look_again()
            key = self._keys.get(key_id)
        if key is None:
            # An issuer that cannot be asked may have this key by now.
            raise _unavailable() if self._fetch.failed else BadTokenError
        return key

    async def prepare(self) -> None:
        """Fetch now."""
        await self._fetch.wait()

    async def aclose(self) -> None:
        """Stop a fetch in flight."""
        await self._fetch.aclose()
        await self._resource.aclose()

    def _age(self) -> float:
        return 0.0 if self._fetched_at is None else self._clock() - self._fetched_at

    async def _look_again(self) -> None:
        """One fetch for a whole burst of unknown keys: those that come while it runs wait for it too."""
        now = self._clock()
        asked = self._unknown_at
        if not self._fetch.running:
            if asked is not None and now - asked < self._unknown:
                return
            self._unknown_at = now
        await self._fetch.wait()

    async def _load(self) -> None:
        try:
            keys = _read_key_set(await self._resource.get())
        except IssuerError as error:
            kind = Kind.JWKS_STALE if self.usable else Kind.JWKS_UNAVAILABLE
            _log.error("key set not fetched", extra={"kind": str(kind), "error": str(error)})
            self._tell(stale=self._fetched_at is not None)
            raise
        self._keys = keys
        self._fetched_at = self._clock()
        self._tell(stale=False)

    def _tell(self, *, stale: bool) -> None:
        if self._gauge is not None:
            self._gauge.set(stale)


def _unavailable() -> EdgeError:
    """What a token is answered that may be good."""
    return EdgeError(
        503, SERVICE_UNAVAILABLE, kind=Kind.JWKS_UNAVAILABLE, headers=(("Retry-After", "1"),)
    )


def _read_key_set(content: bytes) -> dict[str | None, Key]:
    """The usable signature keys by id; without an id only where the set has one such key alone."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise IssuerError("no JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise IssuerError("no keys")
    keys: dict[str | None, Key] = {}
    usable: list[Key] = []
    for entry in entries:
        key = _read_key(entry)
        if key is None:
            continue
        usable.append(key)
        if isinstance(entry.get("kid"), str):
            keys[entry["kid"]] = key
    if not usable:
        raise IssuerError("no usable key")
    if len(usable) == 1:
        keys[None] = usable[0]
    return keys


def _read_key(entry: Any) -> Key | None:
    """A public signature key; None for symmetric, encryption and unknown ones, which are left alone."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    kind = (entry.get("kty"), entry.get("crv"))
    # Compared, not looked up: an issuer's mistake need not be hashable.
    algorithm = next((name for known, name in _ALGORITHM_OF.items() if known == kind), None)
    if algorithm is None or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        return key_of_public(jwt.PyJWK(entry, algorithm=algorithm).key)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
