"""Dots on a logarithmic scale, one line for each subject, as an SVG file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_LEFT, _RIGHT, _TOP, _STEP = 370, 770, 46, 24
_COLOURS = ("#6938ef", "#d92d20", "#0e9384", "#b54708")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subject, and its value in each series that has one; `ours` is set in bold."""

    label: str
    values: Mapping[str, float]
    ours: bool


def dots(title: str, series: Sequence[str], lines: Sequence[Line]) -> str:
    """A scale in powers of ten, the series told apart by colour and by a word in the head."""
    found = [value for line in lines for value in line.values.values()]
    low, high = floor(log10(min(found))), ceil(log10(max(found)))
    bottom = _TOP + _STEP * len(lines)

    def across(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (log10(value) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {bottom + 30}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12">',
        f'<rect width="800" height="{bottom + 30}" fill="#fff"/>',
        f'<text x="10" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        x = across(10.0**power)
        parts.append(f'<path d="M{x:.0f} {_TOP - 8}V{bottom - 8}" stroke="#e4e7ec"/>')
        parts.append(
            f'<text x="{x:.0f}" y="{bottom + 10}" text-anchor="middle">{10.0**power:,.10g}</text>'
        )
    for number, name in enumerate(series):
        x = 420 + 125 * number
        parts.append(f'<circle cx="{x}" cy="16" r="5" fill="{_COLOURS[number]}"/>')
        parts.append(f'<text x="{x + 9}" y="20">{escape(name)}</text>')
    for number, line in enumerate(lines):
        y = _TOP + _STEP * number + 8
        weight = ' font-weight="bold"' if line.ours else ""
        parts.append(
            f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end"{weight}>{escape(line.label)}</text>'
        )
        ends = [across(value) for value in line.values.values()]
        parts.append(f'<path d="M{min(ends):.1f} {y}H{max(ends):.1f}" stroke="#d0d5dd"/>')
        parts += [
            f'<circle cx="{across(line.values[name]):.1f}" cy="{y}" r="5" fill="{_COLOURS[index]}">'
            f"<title>{escape(f'{line.label}, {name}: {line.values[name]:,.0f}')}</title></circle>"
            for index, name in enumerate(series)
            if name in line.values
        ]
    return "\n".join([*parts, "</svg>", ""])
