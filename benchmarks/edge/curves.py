"""Small plots beside one another over the same logarithmic scale, as one SVG file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

_WIDTH, _HEIGHT, _ACROSS = 270, 190, 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 40, 30
_COLOURS = ("#6938ef", "#0e9384", "#b54708", "#d92d20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Points (x, y) of each curve, by its name; `unit` stands behind the title."""

    title: str
    unit: str
    curves: Mapping[str, Sequence[tuple[float, float]]]


def panels(title: str, below: str, ticks: Sequence[int], plots: Sequence[Panel]) -> str:
    """The plots, three in a line; each has a scale of its own from 0 on, and all share that of `below`."""
    rows = -(-len(plots) // _ACROSS)
    width, height = _WIDTH * _ACROSS, 30 + _HEIGHT * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="{width - 14}" y="20" text-anchor="end" fill="#667085">{escape(below)}</text>',
    ]
    for number, plot in enumerate(plots):
        x, y = _WIDTH * (number % _ACROSS), 30 + _HEIGHT * (number // _ACROSS)
        parts += [f'<g transform="translate({x} {y})">', *_panel(plot, ticks), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(plot: Panel, ticks: Sequence[int]) -> Sequence[str]:
    most = _round(max(y for points in plot.curves.values() for _, y in points))
    low, high = log10(ticks[0]), log10(ticks[-1])
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT

    def across(x: float) -> float:
        return _LEFT + (right - _LEFT) * (log10(x) - low) / (high - low)

    def up(y: float) -> float:
        return bottom - (bottom - _TOP) * y / most

    parts = [
        f'<text x="{_LEFT}" y="16" font-weight="bold">{escape(plot.title)}'
        f'<tspan font-weight="normal" fill="#667085"> {escape(plot.unit)}</tspan></text>'
    ]
    for step in range(5):
        y = most * step / 4
        parts.append(f'<path d="M{_LEFT} {up(y):.1f}H{right}" stroke="#e4e7ec"/>')
        parts.append(f'<text x="{_LEFT - 5}" y="{up(y) + 4:.1f}" text-anchor="end">{y:,.4g}</text>')
    parts += [
        f'<text x="{across(x):.1f}" y="{bottom + 15}" '
        f'text-anchor="{"end" if x == ticks[-1] else "middle"}">{x:,}</text>'
        for x in ticks
    ]
    at = _LEFT
    for number, (name, points) in enumerate(plot.curves.items()):
        colour = _COLOURS[number]
        line = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.5" fill="{colour}">'
            f"<title>{escape(f'{name}, {x:,.0f}: {y:,.4g}')}</title></circle>"
            for x, y in points
        ]
        if len(plot.curves) > 1:
            parts.append(f'<circle cx="{at + 4}" cy="27" r="4" fill="{colour}"/>')
            parts.append(f'<text x="{at + 11}" y="31">{escape(name)}</text>')
            at += 22 + 6 * len(name)
    return parts


def _round(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 times a power of ten."""
    power = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 0.1
    while value / power < 1:
        power /= 10
    return next(step for step in (1, 2, 4, 6, 8, 10) if value <= step * power) * power
