"""One event when a request is forwarded and one when it ends, with standard `logging`; never a client's text.

A token, a cookie, a query, a body or a path is in no event: what identifies a request are its correlation id
and the names of its operation.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from pathlib import Path
from types import TracebackType
from typing import Any

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

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_VARYING = FIELDS[FIELDS.index("status") :]
_KEPT = 4096
"""Texts of one kind that are kept: of operations there are only so many."""
_NUMBERS = frozenset({int, float})
_LOADED = time.time()
_CONSTANT: dict[str, Any] = {
    **logging.makeLogRecord({}).__dict__,
    "name": LOGGER.name,
    "pathname": __file__,
    "filename": Path(__file__).name,
    "module": Path(__file__).stem,
    "args": (),
    "process": os.getpid(),
}
os.register_at_fork(after_in_child=lambda: _CONSTANT.update(process=os.getpid()))
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
            "correlation_id": context.correlation.canonical_text,
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
            "correlation_id": context.correlation.canonical_text,
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
            "correlation_id": context.correlation.canonical_text,
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
            "correlation_id": context.correlation.canonical_text,
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

    def __init__(self) -> None:
        super().__init__()
        self._second = 0
        self._minted = ""

    def format(self, record: logging.LogRecord) -> str:
        """The event's time (RFC 3339), level, logger, name and fields."""
        get = record.__dict__.get
        parts = [
            '{"time": "',
            self._time(record.created),
            _named(record.levelname, record.name, record.getMessage()),
            _field("correlation_id", get("correlation_id")),
            _routed(get("service"), get("operation"), get("method"), get("endpoint")),
        ]
        for name in _VARYING:
            value = get(name)
            if value is not None:
                parts.append(_field(name, value))
        if record.exc_info:
            parts.append(_field("exception", self.formatException(record.exc_info)))
        parts.append("}")
        return "".join(parts)

    def _time(self, created: float) -> str:
        """RFC 3339; the part that changes once a second is kept for as long."""
        second = int(created)
        if second != self._second:
            self._second = second
            self._minted = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._minted}.{int((created - second) * 1e6):06d}+00:00"


def _field(name: str, value: object) -> str:
    """A member after another; nothing for None."""
    if isinstance(value, str):
        return f', "{name}": {encode_basestring_ascii(value)}'
    if type(value) in _NUMBERS:
        return f', "{name}": {value!r}'
    # `json.dumps` makes an encoder for each.
    return "" if value is None else f', "{name}": {json.dumps(value, default=str)}'


@lru_cache(_KEPT)
def _named(level: str, logger: str, event: str) -> str:
    text = encode_basestring_ascii
    return f'", "level": {text(level.lower())}, "logger": {text(logger)}, "event": {text(event)}'


@lru_cache(_KEPT)
def _routed(service: object, operation: object, method: object, endpoint: object) -> str:
    named = (("service", service), ("operation", operation), ("method", method))
    return "".join(_field(name, value) for name, value in (*named, ("endpoint", endpoint)))


class EventRecord(logging.LogRecord):
    """The record of an event, made without what `LogRecord` looks up for each: a module, a line, its task."""

    def __init__(
        self,
        level: int,
        event: str,
        extra: Mapping[str, object],
        exc_info: ExceptionInfo | None = None,
    ) -> None:
        created = time.time()
        self.__dict__ = found = _CONSTANT.copy()
        found["msg"] = event
        found["levelname"] = logging.getLevelName(level)
        found["levelno"] = level
        found["exc_info"] = exc_info
        found["created"] = created
        found["msecs"] = created % 1 * 1000
        found["relativeCreated"] = (created - _LOADED) * 1000
        found["thread"] = threading.get_ident()
        found["threadName"] = threading.current_thread().name
        found.update(extra)


def _emit(
    level: int,
    event: str,
    extra: dict[str, object],
    exc_info: ExceptionInfo | None = None,
) -> None:
    """`Logger.log` would walk the stack for a line number that says nothing here."""
    if logging.getLogRecordFactory() is logging.LogRecord:
        record: logging.LogRecord = EventRecord(level, event, extra, exc_info)
    else:
        record = LOGGER.makeRecord(
            LOGGER.name, level, __file__, 0, event, (), exc_info, extra=extra
        )
    LOGGER.handle(record)
