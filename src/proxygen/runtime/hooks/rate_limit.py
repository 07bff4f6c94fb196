"""A token bucket for each caller and operation, and what a client is told of it.

The fields are those of draft-ietf-httpapi-ratelimit-headers-11. Buckets are this process's own: a caller of
an edge with several workers has one in each.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil

from proxygen.runtime.errors import TOO_MANY_REQUESTS, EdgeError
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Operation, Passthrough, RateLimit

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_NETWORK_BITS = 64
"""Of an IPv6 address; the rest is the client's to choose (RFC 4291, 2.5.4)."""


class OperationRateLimit:
    """The limit of one operation: 429 for a caller whose bucket is empty.

    A caller is a `user_id` or, without an identity, a client's address: all of a /64 network for IPv6. Those
    of unknown address share one bucket.
    """

    __slots__ = ("_buckets", "_key", "_limit", "_name", "_policy")

    def __init__(
        self, operation: Operation | Passthrough, limit: RateLimit, buckets: TokenBuckets
    ) -> None:
        self._limit = limit
        self._buckets = buckets
        self._key = name_of(operation)
        self._name = _sf_string(self._key)
        self._policy = f"{self._name};q={limit.burst};w={ceil(limit.burst / limit.rate)}"

    def take(self, identity: Identity | None, address: str | None) -> tuple[tuple[str, str], ...]:
        """RateLimit and RateLimit-Policy for the answer; raises 429 with them and `Retry-After`."""
        if identity is not None:
            key = (self._key, "user", identity.user_id)
        else:
            key = (self._key, "address", _network(address))
        level = self._buckets.take(key, self._limit)
        seconds = ceil(level.wait)
        lines = (
            ("RateLimit", f"{self._name};r={level.remaining};t={seconds}"),
            ("RateLimit-Policy", self._policy),
        )
        if level.granted:
            return lines
        raise EdgeError(429, TOO_MANY_REQUESTS, headers=(("Retry-After", str(seconds)), *lines))


def name_of(operation: Operation | Passthrough) -> str:
    """What the policy is called: the service and the operation, or the service that is passed through."""
    if isinstance(operation, Passthrough):
        return operation.service
    return f"{operation.service}.{operation.operation_id}"


def _sf_string(text: str) -> str:
    """A String (RFC 9651, 3.3.3); what cannot be in one is `_`."""
    printable = _UNPRINTABLE.sub("_", text)
    return '"' + printable.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=4096)
def _network(address: str | None) -> str:
    """The part of an address that its holder cannot change at will; as it is where it is no address."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS))
