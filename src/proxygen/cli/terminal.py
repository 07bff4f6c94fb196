"""What a person sees: lines on stderr, diagnostics, colour, and a moving line while something takes time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO


class Color(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


COLOR: Final[ContextVar[Color]] = ContextVar("COLOR", default=Color.AUTO)
"""What `--color` says; it stands before the command, and each command's output heeds it."""


def shown_line(line: str) -> str:
    """A line of source on a terminal, its unprintable characters escaped, its spaces kept."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


@contextmanager
def progress(text: str, *, quiet: bool) -> Iterator[None]:
    """A moving line while something takes its time, on a terminal only."""
    if quiet or not _is_terminal(sys.stderr):
        yield
        return
    from rich.console import Console

    with Console(stderr=True, no_color=not has_colour(sys.stderr)).status(text):
        yield


def shown_path(path: Path) -> str:
    """A path as a person would write it: `generated`, not `specs/../generated`, nor from the root on."""
    plain = Path(os.path.normpath(path))
    here = Path.cwd()
    return shown_line(str(plain.relative_to(here) if plain.is_relative_to(here) else plain))


_DIFF_COLOURS: Final = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


def shown_diff(lines: Iterable[str], stream: TextIO) -> str:
    """Lines of a unified diff as text for a stream, in colour where somebody looks who wants it."""
    coloured = has_colour(stream)

    def shown(line: str) -> str:
        colour = _DIFF_COLOURS.get(line[:1]) if coloured else None
        text = shown_line(line)
        return f"{colour}{text}\x1b[0m\n" if colour else f"{text}\n"

    return "".join(map(shown, lines))


def has_colour(stream: TextIO) -> bool:
    """What `--color` says; else whether somebody looks who wants colour (no-color.org)."""
    said = COLOR.get()
    if said is not Color.AUTO:
        return said is Color.ALWAYS
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """One line for people, on stderr: stdout is for data."""
    sys.stderr.write(line + "\n")
