"""The headers that a document may describe and that the edge keeps from the service, or from clients."""

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

KEPT_FROM_CLIENTS: Final = frozenset(
    {
        "alt-svc",
        "b3",
        "baggage",
        "connection",
        "date",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "refresh",
        "server",
        "server-timing",
        "te",
        "traceparent",
        "traceresponse",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "uber-trace-id",
        "upgrade",
        "via",
        "x-accel-redirect",
        "x-amzn-trace-id",
        "x-aspnet-version",
        "x-aspnetmvc-version",
        "x-backend-server",
        "x-cloud-trace-context",
        "x-correlation-id",
        "x-generator",
        "x-org-id",
        "x-powered-by",
        "x-proxied-by",
        "x-runtime",
        "x-sendfile",
        "x-served-by",
        "x-trace-id",
        "x-user-id",
    }
)
"""Headers of answers that stop at the edge, whatever a document says of them."""

KEPT_FROM_CLIENTS_PREFIXES: Final = (
    "access-control-",
    "proxy-",
    "x-b3-",
    "x-datadog-",
    "x-envoy-",
    "x-internal-",
)


def reaches_clients(name: str, denied: Sequence[str]) -> bool:
    """Whether a header of an answer passes the edge; `denied` are the configuration's, in lower case."""
    lowered = name.lower()
    return not (
        lowered in denied
        or lowered in KEPT_FROM_CLIENTS
        or lowered.startswith(KEPT_FROM_CLIENTS_PREFIXES)
    )


def is_withheld(name: str, allowed: Sequence[str]) -> bool:
    """Whether a header, in any case, is forwarded only if `headers.allow` had it, which it has not."""
    lowered = name.lower()
    return lowered not in allowed and (
        lowered in ALLOWED_BY_CONFIGURATION_ONLY
        or lowered.startswith(ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES)
    )
