"""`docs/reliability.md` and its plot, from the results of the long runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

from tests.soak.figure import Figure
from tests.soak.results import ROOT, Result
from tests.soak.scenarios import SCENARIOS
from tests.soak.stage import MEGABYTE

REPORT: Final = ROOT / "docs" / "reliability.md"
PLOT: Final = ROOT / "docs" / "memory.svg"
_HEAD = """# What the edge holds under attack, faults and load

Written by `make soak` from `reliability.json`; the runs are in `tests/soak/`, each in small in `make test`.
The generated edge is served by its pinned server, in one worker, before downstreams on the loopback of the
same two-core machine.
"""
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 240, 56, 16


def write(results: Mapping[str, Result]) -> None:
    """Writes the page, and the plot where a run has samples."""
    REPORT.write_text(page(results), encoding="utf-8")
    for result in results.values():
        if result.outcome.samples:
            PLOT.write_text(plot(result.outcome.samples), encoding="utf-8")


def page(results: Mapping[str, Result]) -> str:
    """The page: what each run proves, how large it was, its figures, and what went wrong."""
    parts = [_HEAD]
    for scenario in SCENARIOS:
        result = results.get(scenario.name)
        said = (sys.modules[scenario.run.__module__].__doc__ or "").strip()
        parts.append(f"\n## {scenario.name.capitalize()}\n\n{said}\n\n")
        if result is None:
            parts.append("Not run yet.\n")
            continue
        parts.append(_size(result, scenario.count, scenario.counted))
        parts.append(_table(result.outcome.figures))
        parts += [f"- {fault}\n" for fault in result.outcome.faults]
        if result.outcome.samples:
            parts.append("\n![Memory of the worker against requests](memory.svg)\n")
    return "".join(parts)


def _size(result: Result, count: int, counted: str) -> str:
    short = "" if result.count >= count else f" (of {count:,} in the whole run)"
    return f"{result.count:,} {counted}{short}, in {result.seconds:,.0f} s.\n\n"


def _table(figures: Iterable[Figure]) -> str:
    rows = ["| figure | measured | limit | held |", "| --- | --- | --- | --- |"]
    for figure in figures:
        unit = f" {figure.unit}" if figure.unit else ""
        sign = "≥" if figure.least else "≤"
        held = "yes" if figure.held else "**no**"
        rows.append(
            f"| {figure.what} | {figure.measured:,}{unit} | {sign} {figure.limit:,}{unit} | {held} |"
        )
    return "\n".join(rows) + "\n"


def plot(samples: tuple[tuple[int, int], ...]) -> str:
    """Memory in MB against requests."""
    most_requests = max(requests for requests, _ in samples)
    top = (max(memory for _, memory in samples) // (20 * MEGABYTE) + 1) * 20
    right, bottom = _WIDTH - 16, _HEIGHT - 32

    def x(requests: float) -> float:
        return round(_LEFT + (right - _LEFT) * requests / most_requests, 1)

    def y(megabytes: float) -> float:
        return round(bottom - (bottom - _TOP) * megabytes / top, 1)

    line = " ".join(f"{x(requests)},{y(memory / MEGABYTE)}" for requests, memory in samples)
    rows = [
        f'<line x1="{_LEFT}" y1="{y(mark)}" x2="{right}" y2="{y(mark)}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 6}" y="{y(mark) + 4}" text-anchor="end">{mark} MB</text>'
        for mark in range(0, top + 1, 20)
    ]
    columns = [
        f'<text x="{x(mark)}" y="{bottom + 18}" text-anchor="{anchor}">{mark:,.0f}</text>'
        for mark, anchor in ((0, "start"), (most_requests / 2, "middle"), (most_requests, "end"))
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            'font-family="sans-serif" font-size="11">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            *rows,
            *columns,
            f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="1.5"/>',
            "</svg>\n",
        ]
    )
