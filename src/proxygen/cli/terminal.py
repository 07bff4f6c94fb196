"""What a person sees: lines on stderr, diagnostics, colour, and a moving line while something takes time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def shown_line(line: str) -> str:
    """A line of source on a terminal, its unprintable characters escaped, its spaces kept."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


@contextmanager
def progress(text: str, *, quiet: bool) -> Iterator[None]:
    """A moving line while something takes its time, on a terminal only."""
    if quiet or not has_colour(sys.stderr):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def shown_path(path: Path) -> str:
    """A path as a person would write it: `generated`, not `specs/../generated`."""
    return shown_line(os.path.normpath(path))


def has_colour(stream: TextIO) -> bool:
    """Whether somebody looks who wants colour (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """One line for people, on stderr: stdout is for data."""
    sys.stderr.write(line + "\n")
