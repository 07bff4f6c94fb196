"""Events as lines at once, where only the edge's own handler and formatter would see their records."""

from __future__ import annotations

import logging
import time
from operator import attrgetter
from typing import Any, Final

from proxygen.runtime.context import RequestContext
from proxygen.runtime.telemetry.json_lines import JsonFormatter
from proxygen.runtime.telemetry.log_lines import LineHandler

_RECORD: Final = logging.LogRecord
_on_the_way: Final = attrgetter(
    "filters", "propagate", "handlers", "parent.propagate", "parent.handlers"
)
_at_the_end: Final = attrgetter("level", "filters", "formatter")


class StraightLines:
    """The way from a logger, which is not the root, to the one handler that gets what it logs.

    A team may change anything on it at any time, so it is compared for each event with what it was when it
    was last looked at. It is as long as in a served edge: the logger, and the one above.
    """

    __slots__ = ("_end", "_handler", "_logger", "_way")

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._handler: LineHandler | None = None
        self._way: tuple[Any, ...] = ()
        self._end: tuple[Any, ...] = ()

    def write(self, event: str, context: RequestContext, method: str, rest: str = "") -> bool:
        """Whether this event has become a line; `rest` are the fields after its endpoint, as text."""
        if _on_the_way(self._logger) != self._way:
            self._look()
        handler = self._handler
        if handler is None or logging.getLogRecordFactory() is not _RECORD:
            return False
        if _at_the_end(handler) != self._end:
            self._look()
            return False
        formatter: JsonFormatter = self._end[2]
        correlation_id = context.correlation.canonical_text
        routed = (context.service, context.operation_id, method, context.endpoint)
        name = self._logger.name
        handler.write_line(formatter.line(time.time(), name, event, correlation_id, routed, rest))
        return True

    def _look(self) -> None:
        """Notes what is on the way, lists as they are now; no handler where somebody would see a record."""
        found = _on_the_way(self._logger)
        self._way = tuple(each[:] if isinstance(each, list) else each for each in found)
        filters, goes_on, handlers, goes_further, above = found
        if goes_on:
            handlers = handlers + above
        only = handlers[0] if len(handlers) == 1 and not filters else None
        self._handler = None
        if type(only) is LineHandler and type(only.formatter) is JsonFormatter:
            self._handler = None if goes_on and goes_further else only
            self._end = (logging.NOTSET, [], only.formatter)
