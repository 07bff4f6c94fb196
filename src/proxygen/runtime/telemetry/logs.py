"""One event when a request is forwarded and one when it ends, with standard `logging`; never a client's text.

A token, a cookie, a query, a body or a path is in no event: what identifies a request are its correlation id
and the names of its operation.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from types import TracebackType

from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind

LOGGER = logging.getLogger("proxygen.edge")

FIELDS = (
    "correlation_id",
    "service",
    "operation",
    "method",
    "endpoint",
    "status",
    "elapsed",
    "kind",
    "attempt",
    "downstream_status",
    "error",
    "reports",
    "state",
)
"""What `extra` may have; `elapsed` is in seconds."""

_ERRORS = frozenset(
    {
        Kind.DNS,
        Kind.TLS,
        Kind.PROTOCOL,
        Kind.HEADERS_TOO_LARGE,
        Kind.BODY_TRUNCATED,
        Kind.PROXY_ERROR,
        Kind.JWKS_STALE,
        Kind.JWKS_UNAVAILABLE,
        Kind.CREDENTIAL_UNAVAILABLE,
    }
)
_NOTICES = frozenset(
    {
        Kind.CLIENT_DISCONNECT,
        Kind.CLIENT_DISCONNECT_UPLOAD,
        Kind.CLIENT_DISCONNECT_DOWNLOAD,
        Kind.CLIENT_STALLED,
        Kind.DRAIN,
    }
)


class UnexpectedError(RuntimeError):
    """Stands for an exception in a log: its type and its frames, not its text, which may hold a client's."""


def log_forwarded(context: RequestContext, method: str) -> None:
    """A request goes to its downstream."""
    if not LOGGER.isEnabledFor(logging.INFO):
        return
    _emit(
        logging.INFO,
        "request forwarded",
        {
            "correlation_id": str(context.correlation.canonical),
            "service": context.service,
            "operation": context.operation_id,
            "method": method,
            "endpoint": context.endpoint,
        },
    )


def log_attempt_failed(
    context: RequestContext,
    kind: Kind,
    downstream_status: int | None,
    error: str | None,
    attempt: int,
) -> None:
    """An attempt failed, and another follows; `error` is the transport's own words, not the wire's."""
    level = level_of(kind)
    if not LOGGER.isEnabledFor(level):
        return
    _emit(
        level,
        "attempt failed",
        {
            "correlation_id": str(context.correlation.canonical),
            "service": context.service,
            "operation": context.operation_id,
            "endpoint": context.endpoint,
            "kind": str(kind),
            "attempt": attempt,
            "downstream_status": downstream_status,
            "error": error,
        },
    )


def log_finished(context: RequestContext, method: str, elapsed: float) -> None:
    """A request has ended: its last byte went out, or it broke off."""
    level = level_of(context.kind)
    if not LOGGER.isEnabledFor(level):
        return
    _emit(
        level,
        "request finished",
        {
            "correlation_id": str(context.correlation.canonical),
            "service": context.service,
            "operation": context.operation_id,
            "method": method,
            "endpoint": context.endpoint,
            "status": context.status,
            "elapsed": elapsed,
            "kind": None if context.kind is None else str(context.kind),
            "downstream_status": context.downstream_status,
            "error": context.error,
            "reports": context.reports or None,
        },
    )


def log_breaker(service: str, state: str) -> None:
    """The circuit breaker of a service has changed."""
    if LOGGER.isEnabledFor(logging.INFO):
        _emit(logging.INFO, "breaker changed", {"service": service, "state": state})


def log_unexpected(context: RequestContext, error: BaseException) -> None:
    """A fault of the edge's own, with the frames that it went through."""
    exc_info = (UnexpectedError, UnexpectedError(type(error).__qualname__), error.__traceback__)
    _emit(
        logging.ERROR,
        "unexpected error",
        {
            "correlation_id": str(context.correlation.canonical),
            "service": context.service,
            "operation": context.operation_id,
            "endpoint": context.endpoint,
            "kind": str(Kind.PROXY_ERROR),
            "error": type(error).__qualname__,
        },
        exc_info,
    )


def level_of(kind: Kind | None) -> int:
    """How loud a kind is (the table of `faults.md`)."""
    if kind is None or kind in _NOTICES:
        return logging.INFO
    return logging.ERROR if kind in _ERRORS else logging.WARNING


class JsonFormatter(logging.Formatter):
    """One line of ASCII JSON per event, so that no value can begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The event's time (RFC 3339), level, logger, name and fields."""
        event: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        for name in FIELDS:
            value = record.__dict__.get(name)
            if value is not None:
                event[name] = value
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, default=str)


def _emit(
    level: int,
    event: str,
    extra: dict[str, object],
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | None = None,
) -> None:
    """`Logger.log` would walk the stack for a line number that says nothing here."""
    LOGGER.handle(
        LOGGER.makeRecord(LOGGER.name, level, __file__, 0, event, (), exc_info, extra=extra)
    )
