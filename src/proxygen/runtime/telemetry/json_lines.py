"""An event of the log as one line of ASCII JSON, so that no value can begin a line of its own."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Final

FIELDS: Final = (
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

_VARYING = FIELDS[FIELDS.index("status") :]
_KEPT = 4096
"""Texts of one kind that are kept: of operations there are only so many."""
_NUMBERS = frozenset({int, float})


class JsonFormatter(logging.Formatter):
    """One line per event, also where no record has been made of it."""

    def __init__(self) -> None:
        super().__init__()
        self._second = 0
        self._minted = ""

    def format(self, record: logging.LogRecord) -> str:
        """The event's time (RFC 3339), level, logger, name and fields."""
        get = record.__dict__.get
        parts = [
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

    def line(
        self,
        created: float,
        logger: str,
        event: str,
        correlation_id: str,
        routed: tuple[object, object, object, object],
        rest: str = "",
    ) -> str:
        """What `format` makes of an event of level INFO with these fields; `routed` are its service,
        operation, method and endpoint, `rest` the others as text."""
        return (
            f'{self._time(created)}{_named("INFO", logger, event)}, "correlation_id": '
            f"{encode_basestring_ascii(correlation_id)}{_routed(*routed)}{rest}}}"
        )

    def _time(self, created: float) -> str:
        """The begin of a line, with its time (RFC 3339); what changes once a second is kept for as long."""
        second = int(created)
        if second != self._second:
            self._second = second
            self._minted = f'{{"time": "{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}'
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
