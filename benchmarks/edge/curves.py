"""Small plots beside one another, logarithmic both ways, over the same scale across, as one SVG file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT, _ACROSS = 290, 200, 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 22, 42, 30
_COLOURS = ("#6938ef", "#0e9384", "#b54708", "#d92d20")
_BARE = 2
"""Powers of ten from which on no lines stand between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Points (x, y) of each curve, all above zero, by its name; `unit` stands behind the title."""

    title: str
    unit: str
    curves: Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From the power of ten below the smallest value to that above the largest, between two heights."""

    low: int
    high: int
    bottom: int
    top: int

    @classmethod
    def of(cls, values: Sequence[float], bottom: int, top: int) -> _Scale:
        low = floor(log10(min(values)))
        return cls(low=low, high=max(low + 1, ceil(log10(max(values)))), bottom=bottom, top=top)

    def place(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * share

    @property
    def ticks(self) -> Sequence[float]:
        """Powers of ten; also 2 and 5 times of each where there are few."""
        steps = (1, 2, 5) if self.high - self.low < _BARE else (1,)
        found = [step * 10.0**power for power in range(self.low, self.high) for step in steps]
        return [*found, 10.0**self.high]


def panels(title: str, below: str, ticks: Sequence[int], plots: Sequence[Panel]) -> str:
    """The plots, three in a line; each has a scale of its own upwards, and all share that of `below`."""
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
    low, high = log10(ticks[0]), log10(ticks[-1])
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    scale = _Scale.of([y for points in plot.curves.values() for _, y in points], bottom, _TOP)

    def across(x: float) -> float:
        return _LEFT + (right - _LEFT) * (log10(x) - low) / (high - low)

    parts = [
        f'<text x="{_LEFT}" y="16" font-weight="bold">{escape(plot.title)}'
        f'<tspan font-weight="normal" fill="#667085"> {escape(plot.unit)}</tspan></text>'
    ]
    for y in scale.ticks:
        at = scale.place(y)
        parts.append(f'<path d="M{_LEFT} {at:.1f}H{right}" stroke="#e4e7ec"/>')
        parts.append(f'<text x="{_LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{y:,.10g}</text>')
    parts += [
        f'<text x="{across(x):.1f}" y="{bottom + 16}" text-anchor="middle">{x:,}</text>'
        for x in ticks
    ]
    start = _LEFT
    for number, (name, points) in enumerate(plot.curves.items()):
        colour = _COLOURS[number]
        line = " ".join(f"{across(x):.1f},{scale.place(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(x):.1f}" cy="{scale.place(y):.1f}" r="3.5" fill="{colour}">'
            f"<title>{escape(f'{name}, {x:,.0f}: {y:,.4g}')}</title></circle>"
            for x, y in points
        ]
        if len(plot.curves) > 1:
            parts.append(f'<circle cx="{start + 4}" cy="27" r="4" fill="{colour}"/>')
            parts.append(f'<text x="{start + 11}" y="31">{escape(name)}</text>')
            start += 22 + 6 * len(name)
    return parts
