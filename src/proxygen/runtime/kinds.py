"""The closed list of what can go wrong between the edge and a downstream, for logs, metrics and answers."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """`kind` of a log event; `error_type` of the seed's metric is derived from it."""

    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_FAILED = "connect_failed"
    DNS = "dns"
    TLS = "tls"
    RESET_BEFORE_HEADERS = "reset_before_headers"
    PROTOCOL = "protocol"
    HEADERS_TOO_LARGE = "headers_too_large"
    READ_TIMEOUT = "read_timeout"
    WRITE_TIMEOUT = "write_timeout"
    TOTAL_TIMEOUT = "total_timeout"
    BODY_TIMEOUT = "body_timeout"
    BODY_TRUNCATED = "body_truncated"
    BODY_TOO_LARGE = "body_too_large"
    UPSTREAM_5XX = "upstream_5xx"
    UPSTREAM_407 = "upstream_407"
    BREAKER_OPEN = "breaker_open"
    POOL_TIMEOUT = "pool_timeout"
    OVERLOAD = "overload"
    CLIENT_DISCONNECT = "client_disconnect"
    CLIENT_DISCONNECT_UPLOAD = "client_disconnect_upload"
    CLIENT_DISCONNECT_DOWNLOAD = "client_disconnect_download"
    CLIENT_STALLED = "client_stalled"
    DRAIN = "drain"
    AUTH_EXPIRED = "auth_expired"
    JWKS_STALE = "jwks_stale"
    JWKS_UNAVAILABLE = "jwks_unavailable"
    CREDENTIAL_UNAVAILABLE = "credential_unavailable"
    PROXY_ERROR = "proxy_error"
