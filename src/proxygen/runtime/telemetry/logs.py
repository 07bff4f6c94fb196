"""One event when a request is forwarded and one when it ends, with standard `logging`; never a client's text.

A token, a cookie, a query, a body or a path is in no event: what identifies a request are its correlation id
and the names of its operation.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from proxygen.runtime.context import RequestContext
from proxygen.runtime.kinds import Kind
from proxygen.runtime.telemetry.json_lines import JsonFormatter as JsonFormatter
from proxygen.runtime.telemetry.straight import StraightLines

LOGGER = logging.getLogger("proxygen.edge")
_STRAIGHT = StraightLines(LOGGER)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_FORWARDED = "request forwarded"
_FINISHED = "request finished"
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
    if _STRAIGHT.write(_FORWARDED, context, method):
        return
    _emit(
        logging.INFO,
        _FORWARDED,
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
    kind = context.kind
    level = logging.INFO if kind is None else level_of(kind)
    if not LOGGER.isEnabledFor(level):
        return
    if kind is None and context.error is None and not context.reports:
        status, answered = context.status, context.downstream_status
        rest = f', "elapsed": {elapsed!r}'
        if status is not None:
            rest = f', "status": {status}{rest}'
        if answered is not None:
            rest = f'{rest}, "downstream_status": {answered}'
        if _STRAIGHT.write(_FINISHED, context, method, rest):
            return
    _emit(
        level,
        _FINISHED,
        {
            "correlation_id": context.correlation.canonical_text,
            "service": context.service,
            "operation": context.operation_id,
            "method": method,
            "endpoint": context.endpoint,
            "status": context.status,
            "elapsed": elapsed,
            "kind": None if kind is None else str(kind),
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
