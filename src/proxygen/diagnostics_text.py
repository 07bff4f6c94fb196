"""Renders diagnostics for people: place and rule, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from proxygen.diagnostics import Diagnostic, Location, Severity

_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_SEVERITY_COLOR: Final = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}


def render_diagnostics(diagnostics: Iterable[Diagnostic], *, color: bool) -> str:
    """All diagnostics, in the order of files and lines, with a closing count; "" for none."""
    ordered = sorted(
        diagnostics, key=lambda item: (item.location, item.severity, item.rule, item.found)
    )
    if not ordered:
        return ""
    paint = _paint if color else _leave
    blocks = [_block(item, color=color) for item in ordered]
    return "\n".join([*blocks, paint(_summary(ordered), _BOLD)]) + "\n"


def _block(item: Diagnostic, *, color: bool) -> str:
    paint = _paint if color else _leave
    head = (
        f"{paint(_place(item.location), _BOLD)}: "
        f"{paint(f'{item.severity}[{item.rule}]', _SEVERITY_COLOR[item.severity])}"
    )
    if item.location.pointer:
        head += f" {paint(printable(item.location.pointer), _DIM)}"
    lines = [head, f"  {printable(item.found)}"]
    lines += [f"  {paint('see', _DIM)} {_with_pointer(place)}" for place in item.related]
    lines.append(f"  {paint('=', _DIM)} {printable(item.cure)}")
    return "\n".join(lines) + "\n"


def printable(text: str) -> str:
    """A text of a document as it may go to a terminal: nothing that moves, hides or breaks lines."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _place(location: Location) -> str:
    file = printable(location.file)
    return f"{file}:{location.line}:{location.column}" if location.line else file


def _with_pointer(location: Location) -> str:
    pointer = printable(location.pointer)
    return f"{_place(location)} {pointer}" if pointer else _place(location)


def _summary(ordered: list[Diagnostic]) -> str:
    errors = sum(item.severity is Severity.ERROR for item in ordered)
    counts = [_count(errors, "error"), _count(len(ordered) - errors, "warning")]
    return ", ".join(count for count in counts if count)


def _count(number: int, noun: str) -> str:
    if not number:
        return ""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _paint(text: str, code: str) -> str:
    return f"{code}{text}{_RESET}"


def _leave(text: str, _: str) -> str:
    return text
