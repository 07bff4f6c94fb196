"""Findings for people at a terminal: place and rule, what was found, and what to do about it."""

from __future__ import annotations

from typing import Final

from proxygen.diagnostics import Location
from proxygen.report.escaping import printable
from proxygen.report.finding import Finding, Report, Severity

_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_RED: Final = "\x1b[1;31m"
_YELLOW: Final = "\x1b[1;33m"
_CYAN: Final = "\x1b[1;36m"
_GREEN: Final = "\x1b[1;32m"
_COLOR: Final = {
    Severity.BREAKING: _RED,
    Severity.DANGEROUS: _YELLOW,
    Severity.COMPATIBLE: _GREEN,
    Severity.ERROR: _RED,
    Severity.WARNING: _YELLOW,
    Severity.NOTE: _CYAN,
}


def text_report(report: Report, *, color: bool = False) -> str:
    """All findings under their groups, with a closing count; "" for none."""
    if not report.findings:
        return ""
    paint = _paint if color else _leave
    blocks = []
    group = ""
    for one in report.ordered:
        if one.group != group:
            group = one.group
            blocks.append(paint(printable(group), _BOLD) + "\n")
        blocks.append(_block(one, color=color))
    return "\n".join([*blocks, paint(report.summary, _BOLD)]) + "\n"


def _block(one: Finding, *, color: bool) -> str:
    paint = _paint if color else _leave
    head = (
        f"{paint(_place(one.location), _BOLD)}: "
        f"{paint(f'{one.severity}[{one.rule}]', _COLOR[one.severity])}"
    )
    for detail in (one.operation, one.location.pointer):
        if detail:
            head += f" {paint(printable(detail), _DIM)}"
    lines = [head, f"  {printable(one.found)}"]
    lines += [
        f"  {paint(printable(other.role), _DIM)} {_with_pointer(other.location)}"
        for other in one.related
    ]
    lines.append(f"  {paint('=', _DIM)} {printable(one.cure)}")
    return "\n".join(lines) + "\n"


def _place(location: Location) -> str:
    file = printable(location.file)
    return f"{file}:{location.line}:{location.column}" if location.line else file


def _with_pointer(location: Location) -> str:
    pointer = printable(location.pointer)
    return f"{_place(location)} {pointer}" if pointer else _place(location)


def _paint(text: str, code: str) -> str:
    return f"{code}{text}{_RESET}"


def _leave(text: str, _: str) -> str:
    return text
