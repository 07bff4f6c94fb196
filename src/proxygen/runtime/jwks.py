"""An issuer's key set (RFC 7517): fetched once, kept fresh, and used for a while when it cannot be."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import httpx
import jwt

from proxygen.runtime.compact_jws import BadTokenError, Key, key_of_public
from proxygen.runtime.errors import SERVICE_UNAVAILABLE, EdgeError

MAX_KEY_SET_BYTES: Final = 1024 * 1024
FAILED_FETCH_SECONDS: Final = 1.0
"""After a failed fetch nobody asks again for so long; every caller is answered at once."""

_ALGORITHM_OF: Final = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
_log = logging.getLogger("proxygen.jwks")


class KeySet:
    """The keys behind one URL, by key id. One fetch at a time, shared by all who wait for it."""

    __slots__ = (
        "_client",
        "_clock",
        "_failed_at",
        "_fetched_at",
        "_fetching",
        "_keys",
        "_owns_client",
        "_refresh",
        "_stale",
        "_timeout",
        "_unknown",
        "_unknown_at",
        "_url",
    )

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient | None,
        *,
        refresh_seconds: float,
        stale_seconds: float,
        unknown_key_seconds: float,
        timeout_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._owns_client = client is None
        self._client = client or httpx.AsyncClient(trust_env=False)
        self._refresh = refresh_seconds
        self._stale = stale_seconds
        self._unknown = unknown_key_seconds
        self._timeout = timeout_seconds
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._unknown_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether there are keys, not older than the stale limit."""
        return self._fetched_at is not None and self._age() <= self._stale

    @property
    def stale(self) -> bool:
        """Whether the keys are older than they should be because a refresh failed."""
        return self._fetched_at is not None and self._failed_at is not None

    async def find(self, key_id: str | None) -> Key:
        """The key of this id; `BadTokenError` where the issuer has none, 503 where it cannot be asked."""
        if not self.usable:
            await self._fetch()
            if not self.usable:
                raise EdgeError(503, SERVICE_UNAVAILABLE, headers=(("Retry-After", "1"),))
        elif self._age() > self._refresh and not self._failed_lately():
            self._start()
        key = self._keys.get(key_id)
        if key is None and self._may_ask_for_unknown():
            self._unknown_at = self._clock()
            await self._fetch()
            key = self._keys.get(key_id)
        if key is None:
            raise BadTokenError
        return key

    async def prepare(self) -> None:
        """Fetch now."""
        await self._fetch()

    async def aclose(self) -> None:
        """Stop a fetch in flight; close the client if it was made here."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        if self._owns_client:
            await self._client.aclose()

    def _age(self) -> float:
        return 0.0 if self._fetched_at is None else self._clock() - self._fetched_at

    def _failed_lately(self) -> bool:
        return (
            self._failed_at is not None and self._clock() - self._failed_at < FAILED_FETCH_SECONDS
        )

    def _may_ask_for_unknown(self) -> bool:
        return self._unknown_at is None or self._clock() - self._unknown_at >= self._unknown

    async def _fetch(self) -> None:
        if self._failed_lately():
            return
        # A waiter that is cancelled must not take the fetch of all the others with it.
        await asyncio.shield(self._start())

    def _start(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._load())
        return self._fetching

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                keys = _read_key_set(await self._download())
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            TimeoutError,
            ValueError,
            RecursionError,
        ) as error:
            self._failed_at = self._clock()
            _log.warning("key set not fetched", extra={"error": type(error).__name__})
            return
        self._keys = keys
        self._fetched_at = self._clock()
        self._failed_at = None

    async def _download(self) -> bytes:
        content = b""
        async with self._client.stream(
            "GET", self._url, headers={"Accept": "application/json"}, follow_redirects=False
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise ValueError("not 200")
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_KEY_SET_BYTES:
                    raise ValueError("too large")
        return content


def _read_key_set(content: bytes) -> dict[str | None, Key]:
    """The usable signature keys by id; without an id only where the set has one such key alone."""
    document = json.loads(content)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("no keys")
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
        raise ValueError("no usable key")
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
