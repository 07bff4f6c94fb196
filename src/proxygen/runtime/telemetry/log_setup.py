"""Where the events of an edge go, and which of its libraries' are left out."""

from __future__ import annotations

import io
from typing import Any, Literal, TextIO


def log_setup(level: str, form: Literal["json", "text"]) -> dict[str, Any]:
    """For `logging.config.dictConfig`: events from this level on to stderr, as lines of JSON or as text.

    Libraries only warn: what they inform of has URLs with queries in it.
    """
    console = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "proxygen.runtime.telemetry.logs.JsonFormatter"},
            "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "proxygen.runtime.telemetry.log_lines.LineHandler",
                "formatter": form,
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "_granian": console,
            # A line for each chunk that is sent after its client has left.
            "_granian.asgi": {"level": "WARNING"},
            # The text of exceptions; `Drain` logs what leaves the application without it.
            "_granian.utils": {"level": "CRITICAL"},
            "granian.access": console,
            "proxygen": {**console, "level": level.upper()},
        },
    }


def unbuffered(stream: TextIO) -> TextIO:
    """The same file without a buffer: what a full disk does not take is lost, and not kept to fail where a
    process is started, which flushes what its parent has."""
    raw = io.FileIO(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
