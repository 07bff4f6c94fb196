"""Marks on a logarithmic scale, one line for each subject, in groups, as an SVG file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _LEFT, _RIGHT, _STEP = 890, 330, 800, 24
_GROUP = 34
_OURS, _OTHERS, _PALE = "#6938ef", "#475467", "#e4e7ec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subject, and its value in each series that has one; `ours` is set apart by colour."""

    label: str
    values: Mapping[str, float]
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines that can be compared, under a heading."""

    title: str
    lines: Sequence[Line]


def dots(title: str, series: Sequence[str], main: str, groups: Sequence[Group]) -> str:
    """A mark for each series (up to three); that of `main` is filled, and its value is written beside."""
    found = [value for group in groups for line in group.lines for value in line.values.values()]
    low, high = floor(log10(min(found))), ceil(log10(max(found)))
    bottom = 44 + sum(_GROUP + _STEP * len(group.lines) for group in groups)

    def across(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (log10(value) - low) / max(1, high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 34}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12" fill="#101828">',
        f'<rect width="{_WIDTH}" height="{bottom + 34}" fill="#fff"/>',
        f'<text x="14" y="26" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for number, name in enumerate(series):
        start = 470.0 + 120 * number
        parts.append(_mark(start, 22, number, filled=name == main, colour=_OTHERS))
        parts.append(f'<text x="{start + 10:.0f}" y="26">{escape(name)}</text>')
    for power in range(low, high + 1):
        x = across(10.0**power)
        parts.append(f'<path d="M{x:.0f} 48V{bottom + 4}" stroke="{_PALE}"/>')
        parts.append(
            f'<text x="{x:.0f}" y="{bottom + 20}" text-anchor="middle" fill="#667085">'
            f"{10.0**power:,.10g}</text>"
        )
    y = 44
    for group in groups:
        y += _GROUP
        parts.append(f'<text x="14" y="{y - 12}" font-weight="bold">{escape(group.title)}</text>')
        for line in group.lines:
            marks = [
                (across(line.values[name]), number, name)
                for number, name in enumerate(series)
                if name in line.values
            ]
            parts += _line(line, marks, main, y)
            y += _STEP
    return "\n".join([*parts, "</svg>", ""])


def _line(line: Line, marks: Sequence[tuple[float, int, str]], main: str, y: int) -> Iterator[str]:
    colour = _OURS if line.ours else _OTHERS
    if line.ours:
        yield f'<rect x="8" y="{y - 8}" width="{_WIDTH - 16}" height="{_STEP}" rx="4" fill="#f4f0ff"/>'
    yield (
        f'<text x="{_LEFT - 16}" y="{y + 8}" text-anchor="end" fill="{colour}">'
        f"{escape(line.label)}</text>"
    )
    places = [x for x, _, _ in marks]
    yield f'<path d="M{min(places):.1f} {y + 4}H{max(places):.1f}" stroke="{colour}" opacity=".4"/>'
    for x, number, name in sorted(marks, key=lambda mark: mark[2] == main):
        said = escape(f"{line.label}, {name}: {line.values[name]:,.0f}")
        mark = _mark(x, y + 4, number, filled=name == main, colour=colour)
        yield f"<g><title>{said}</title>{mark}</g>"
    if main in line.values:
        yield (
            f'<text x="{_WIDTH - 16}" y="{y + 8}" text-anchor="end" fill="{colour}">'
            f"{line.values[main]:,.0f}</text>"
        )


def _mark(x: float, y: int, number: int, *, filled: bool, colour: str) -> str:
    """A ring, a disc or a square: told apart without colour."""
    fill = colour if filled else "#fff"
    style = f'fill="{fill}" stroke="{colour}" stroke-width="1.5"'
    if number == 2:
        return f'<rect x="{x - 4:.1f}" y="{y - 4}" width="8" height="8" {style}/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="{5 if filled else 4}" {style}/>'
