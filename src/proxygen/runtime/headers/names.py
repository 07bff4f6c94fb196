"""The published tables of header names: what goes to a downstream, what never does, what never comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A header's name (RFC 9110, 5.1)."""

REQUEST_ALLOWED: Final = frozenset(
    {
        "accept",
        "baggage",
        "cache-control",
        "date",
        "dnt",
        "idempotency-key",
        "if",
        "last-event-id",
        "pragma",
        "prefer",
        "priority",
        "range",
        "sec-gpc",
        "traceparent",
        "tracestate",
        "user-agent",
        "want-content-digest",
        "want-digest",
        "want-repr-digest",
        "digest",
        "repr-digest",
    }
)
"""Request headers that every operation forwards, with those of `REQUEST_ALLOWED_PREFIXES`."""

REQUEST_ALLOWED_PREFIXES: Final = ("accept-", "content-", "if-")
"""Families of request headers that every operation forwards, less `NEVER_FORWARDED`."""

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, 7.6.1), dropped both ways with those that Connection names."""

NEVER_FORWARDED: Final = HOP_BY_HOP | {
    "content-length",
    "expect",
    "host",
    "max-forwards",
    "x-correlation-id",
    "x-request-id",
}
"""Request headers that the configuration cannot allow: framing is the transport's, ids are the context's."""

BODY_DIGESTS: Final = frozenset({"content-digest", "content-md5", "digest", "repr-digest"})
"""Request headers that are true of the client's bytes only."""

ALLOWED_BY_CONFIGURATION_ONLY: Final = frozenset(
    {
        "authorization",
        "cookie",
        "forwarded",
        "remote-user",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-http-method-override",
        "x-real-ip",
    }
)
"""Request headers that a document cannot declare into the forwarded set; `headers.allow` can."""

ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES: Final = ("x-forwarded-", "x-original-", "x-rewrite-")
"""Families of them: what a proxy in front says of the client, or what replaces the target."""

OWNED: Final = frozenset({"x-user-id", "x-org-id", "x-proxied-by"})
"""The edge's own request headers: every inbound spelling is dropped, and so is a downstream's."""

RESPONSE_DENIED: Final = HOP_BY_HOP | {
    "alt-svc",
    "b3",
    "baggage",
    "date",
    "refresh",
    "server",
    "server-timing",
    "traceparent",
    "traceresponse",
    "tracestate",
    "uber-trace-id",
    "via",
    "x-accel-redirect",
    "x-amzn-trace-id",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-backend-server",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-generator",
    "x-powered-by",
    "x-runtime",
    "x-sendfile",
    "x-served-by",
    "x-trace-id",
}
"""Response headers that stop at the edge: what describes or traces a downstream, what commands a proxy, and
`Date`, which the edge's server writes (two lines of a singleton are malformed)."""

RESPONSE_DENIED_PREFIXES: Final = (
    "access-control-",
    "proxy-",
    "x-b3-",
    "x-datadog-",
    "x-envoy-",
    "x-internal-",
)
"""Families of response headers that stop at the edge: CORS is the edge's own policy."""


def check_own_name(name: str) -> None:
    """ValueError where a header of the edge's own cannot have this name: no token, or another's already."""
    if not TOKEN.fullmatch(name):
        raise ValueError("is not a header name")
    taken = NEVER_FORWARDED | REQUEST_ALLOWED | ALLOWED_BY_CONFIGURATION_ONLY | OWNED
    families = (*REQUEST_ALLOWED_PREFIXES, *ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES)
    folded = fold_header(name)
    if folded in map(fold_header, taken) or folded.startswith(tuple(map(fold_header, families))):
        raise ValueError("is a header with a meaning of its own")


def fold_header(name: str) -> str:
    """A header's name as a lenient downstream may read it: case, `-`, `_`, `.` and blanks do not count."""
    return name.lower().translate(_SEPARATORS)


def fold_name(name: str) -> str:
    """A field's name as a lenient downstream may read it: case, separators and control characters do not
    count, nor does anything behind a NUL."""
    return name.partition("\0")[0].casefold().translate(_SEPARATORS_AND_CONTROLS)


def may_hold(names: Iterable[str], folded: Iterable[bytes]) -> bool:
    """Whether one of these names could be, as `fold_name` has it, one of those (in UTF-8): False is certain.

    All at once: what is part of no name together is part of none alone. As bytes: those that do not count
    are ASCII, and so part of no other character.
    """
    text = ",".join(names).casefold().encode("utf-8", "surrogatepass")
    return any(map(text.translate(None, _UNCOUNTED).__contains__, folded))


_SEPARATORS: Final = {ord(character): None for character in "-_. "}
_SEPARATORS_AND_CONTROLS: Final = {**_SEPARATORS, **dict.fromkeys((*range(32), 127))}
_UNCOUNTED: Final = bytes(_SEPARATORS_AND_CONTROLS)
