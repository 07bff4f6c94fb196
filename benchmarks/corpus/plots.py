"""Scatter plots of a measure against the number of operations, both logarithmic, as SVG files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log10

Point = tuple[float, float]

_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 690, 20, 240
_LEAST_OPERATIONS = 100
"""Below, what every build costs hides what an operation costs."""


@dataclass(frozen=True, slots=True)
class Growth:
    """`measure = factor * operations ** exponent`, by least squares over the logarithms."""

    factor: float
    exponent: float


def growth(points: Sequence[Point]) -> Growth | None:
    """How a measure grows with the number of operations; None where too few documents have enough."""
    kept = [(log(x), log(y)) for x, y in points if x >= _LEAST_OPERATIONS and y > 0]
    if len(kept) < 2:
        return None
    mean_x = sum(x for x, _ in kept) / len(kept)
    mean_y = sum(y for _, y in kept) / len(kept)
    spread = sum((x - mean_x) ** 2 for x, _ in kept)
    if not spread:
        return None
    exponent = sum((x - mean_x) * (y - mean_y) for x, y in kept) / spread
    return Growth(factor=exp(mean_y - exponent * mean_x), exponent=exponent)


def scatter(points: Sequence[Point], unit: str) -> str:
    """One dot a document, the fitted growth, and a line of proportional growth to hold it against."""
    shown = [(log10(x), log10(y)) for x, y in points if x > 0 and y > 0]
    width = max((x for x, _ in shown), default=1.0) or 1.0
    low = min((y for _, y in shown), default=0.0)
    height = (max((y for _, y in shown), default=1.0) - low) or 1.0

    def place(x: float, y: float) -> str:
        across = _LEFT + (_RIGHT - _LEFT) * x / width
        return f"{across:.0f},{_BOTTOM - (_BOTTOM - _TOP) * (y - low) / height:.0f}"

    def line(exponent: float, factor: float, style: str) -> str:
        """The part of `factor * x ** exponent` that the plot shows."""
        start = max(0.0, (low - log10(factor)) / exponent)
        end = min(width, (low + height - log10(factor)) / exponent)
        ends = (place(x, log10(factor) + exponent * x) for x in (start, end))
        return f'<path d="M{" L".join(ends)}" fill="none" {style}/>'

    lines = ""
    fitted = growth(points)
    if fitted is not None and fitted.exponent > 0:
        middle = 10 ** (width / 2)
        level = fitted.factor * middle**fitted.exponent / middle
        lines = line(1.0, level, 'stroke="#98a2b3" stroke-dasharray="4 4"')
        lines += line(fitted.exponent, fitted.factor, 'stroke="#d92d20" stroke-width="1.5"')
    dots = "".join(
        '<circle cx="{}" cy="{}" r="2"/>'.format(*place(x, y).split(",")) for x, y in shown
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 280" role="img" '
        f'aria-label="{unit} against operations" font-family="sans-serif" font-size="12">\n'
        f'<rect width="720" height="280" fill="#fff"/>\n'
        f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="#667085"/>\n'
        f'<text x="{_LEFT}" y="262">1</text>'
        f'<text x="{_RIGHT}" y="262" text-anchor="end">{10**width:,.0f} operations</text>\n'
        f'<text x="{_LEFT - 5}" y="{_BOTTOM}" text-anchor="end">{10**low:,.1f}</text>'
        f'<text x="{_LEFT - 5}" y="34" text-anchor="end">{10 ** (low + height):,.0f}</text>'
        f'<text x="{_LEFT + 8}" y="16">{unit}</text>\n'
        f'<g fill="#6938ef" fill-opacity="0.35">{dots}</g>\n{lines}\n</svg>\n'
    )
