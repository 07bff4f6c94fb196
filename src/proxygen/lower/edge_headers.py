"""The header parameters that a document may describe and that no client's value gets through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

WRITTEN_BY_THE_EDGE: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-correlation-id",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-proxied-by",
        "x-request-id",
    }
)
"""Those of one connection (RFC 9110, 7.6.1), of framing, and those that every forwarded request gets."""

ALLOWED_BY_CONFIGURATION_ONLY: Final = frozenset(
    {
        "authorization",
        "cookie",
        "remote-user",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-http-method-override",
        "x-real-ip",
    }
)
"""Those that say who asks, from where, or for what: a document alone does not open them."""

ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES: Final = ("x-forwarded-", "x-original-", "x-rewrite-")


def is_withheld(name: str, allowed: Sequence[str]) -> bool:
    """Whether a header, in any case, is forwarded only if `headers.allow` had it, which it has not."""
    lowered = name.lower()
    return lowered not in allowed and (
        lowered in ALLOWED_BY_CONFIGURATION_ONLY
        or lowered.startswith(ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES)
    )
