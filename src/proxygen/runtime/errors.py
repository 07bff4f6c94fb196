"""The edge's own answers: an exception with a status, and how it is written for a client."""

from __future__ import annotations

import json
from enum import StrEnum
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any

from proxygen.runtime.kinds import Kind

if TYPE_CHECKING:
    from proxygen.runtime.correlation import CorrelationContext
    from proxygen.runtime.transport.seam import HeaderList

UNAUTHENTICATED = "Not authenticated"
FORBIDDEN = "Forbidden"
SERVICE_UNAVAILABLE = "Service unavailable"
GATEWAY_TIMEOUT = "Gateway timeout"
DOWNSTREAM_ERROR = "Downstream service error"
NOT_FOUND = "Not Found"
METHOD_NOT_ALLOWED = "Method Not Allowed"
TOO_MANY_REQUESTS = "Too Many Requests"

_TIMEOUTS = frozenset(
    {Kind.CONNECT_TIMEOUT, Kind.READ_TIMEOUT, Kind.WRITE_TIMEOUT, Kind.TOTAL_TIMEOUT}
)
_MASKED = frozenset({Kind.UPSTREAM_5XX, Kind.UPSTREAM_407})
_SOON = frozenset({Kind.CONNECT_REFUSED, Kind.POOL_TIMEOUT, Kind.OVERLOAD, Kind.BREAKER_OPEN})


class ErrorFormat(StrEnum):
    """DETAIL is FastAPI's shape, PROBLEM is RFC 9457."""

    DETAIL = "detail"
    PROBLEM = "problem"


class EdgeError(Exception):
    """An answer that the edge makes itself (design: "Answers").

    `detail` is text or FastAPI's list of validation errors; it never carries a downstream's words, a token,
    or an exception's text. `headers` go out with the answer (`Retry-After`, `WWW-Authenticate`, `Allow`).
    """

    def __init__(
        self,
        status: int,
        detail: str | list[dict[str, Any]],
        *,
        kind: Kind | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.headers = headers


def downstream_failure(kind: Kind, *, wait: float = 1.0) -> EdgeError:
    """The answer to a downstream that failed before its head (the table of design's "Answers"); `wait` is in
    seconds, for the kinds that pass."""
    if kind in _TIMEOUTS:
        return EdgeError(504, GATEWAY_TIMEOUT, kind=kind)
    detail = DOWNSTREAM_ERROR if kind is Kind.UPSTREAM_5XX else SERVICE_UNAVAILABLE
    headers = (("Retry-After", str(max(1, ceil(wait)))),) if kind in _SOON else ()
    return EdgeError(503, detail, kind=kind, headers=headers)


def error_type(kind: Kind) -> str | None:
    """The seed's word for a kind, as `api_errors_total` counts it; None where nothing of ours failed."""
    if kind in _TIMEOUTS or kind is Kind.BODY_TIMEOUT:
        return "timeout"
    if kind in _MASKED or kind is Kind.BODY_TOO_LARGE:
        return "downstream_error"
    if kind in _OURS:
        return "proxy_error"
    return None if kind in _NO_ERROR else "connection_error"


_OURS = frozenset(
    {
        Kind.PROXY_ERROR,
        Kind.POOL_TIMEOUT,
        Kind.OVERLOAD,
        Kind.JWKS_UNAVAILABLE,
        Kind.CREDENTIAL_UNAVAILABLE,
    }
)
_NO_ERROR = frozenset(
    {
        Kind.CLIENT_DISCONNECT,
        Kind.CLIENT_DISCONNECT_UPLOAD,
        Kind.CLIENT_DISCONNECT_DOWNLOAD,
        Kind.CLIENT_STALLED,
        Kind.DRAIN,
        Kind.AUTH_EXPIRED,
    }
)


def render_error(
    error: EdgeError, *, form: ErrorFormat, correlation: CorrelationContext
) -> tuple[HeaderList, bytes]:
    """Headers (framing included) and body of this answer; the correlation id of the body is the canonical."""
    body = _problem(error, correlation) if form is ErrorFormat.PROBLEM else {"detail": error.detail}
    content = _encode(body)
    media_type = b"application/problem+json" if form is ErrorFormat.PROBLEM else b"application/json"
    headers: HeaderList = [
        (b"content-type", media_type),
        (b"content-length", b"%d" % len(content)),
        (b"x-correlation-id", correlation.original.encode("ascii")),
    ]
    headers += [
        (name.lower().encode("ascii"), value.encode("latin-1")) for name, value in error.headers
    ]
    return headers, content


def _problem(error: EdgeError, correlation: CorrelationContext) -> dict[str, Any]:
    """RFC 9457, 3.1: `detail` is text there, so validation errors are a member of their own."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": _reason(error.status),
        "status": error.status,
    }
    if isinstance(error.detail, str):
        problem["detail"] = error.detail
    else:
        problem["detail"] = "The request does not meet the contract"
        problem["errors"] = error.detail
    problem["correlation_id"] = correlation.canonical_text
    return problem


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _encode(body: dict[str, Any]) -> bytes:
    """ASCII, so that a lone surrogate in a client's value is no failure; `default` for its other types."""
    return json.dumps(body, separators=(",", ":"), default=str).encode("ascii")
