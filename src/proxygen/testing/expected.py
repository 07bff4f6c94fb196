"""What the documents and the configuration say of a route: the generated tests' own word, not the route's."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An input that identity fills: `name` is a JSON pointer where `place` is body.

    `field` is user_id or org_id; `absent` is what becomes of it without that: null, omit or forbid (403).
    """

    field: str
    place: str
    name: str
    absent: str = "forbid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One operation: `path` is the edge's template, `downstream` the downstream's.

    `headers` are the declared ones that arrive, in lower case. `attempts` is how often the example is sent at
    most to a service that cannot be reached. `rate_limit` is its own: requests a second, and at once.
    """

    service: str
    method: str
    path: str
    downstream: str
    auth: str = "required"
    scopes: tuple[tuple[str, ...], ...] = ()
    identity: tuple[Filled, ...] = ()
    headers: tuple[str, ...] = ()
    attempts: int = 1
    rate_limit: tuple[float, int] | None = None
    validation: str = "enforce"
    on_client_value: str = "reject"

    def filled(self, *places: str) -> tuple[Filled, ...]:
        """What identity fills at these places."""
        return tuple(one for one in self.identity if one.place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedProxy:
    """A complete service proxy: what is below `prefix` is sent below `downstream`."""

    service: str
    prefix: str
    downstream: str
    methods: tuple[str, ...]
    auth: str = "required"
    rate_limit: tuple[float, int] | None = None


def policy_of(rate_limit: tuple[float, int]) -> str:
    """What RateLimit-Policy says of this limit, after its name."""
    rate, burst = rate_limit
    return f"q={burst};w={ceil(burst / rate)}"
