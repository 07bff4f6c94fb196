"""Scatter plots of a measure against the number of operations, both logarithmic, as SVG files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, log10
from statistics import median

Point = tuple[float, float]

_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 690, 20, 240
_LEAST_OPERATIONS = 50
"""Below, what every build costs hides what an operation costs."""
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Growth:
    """`measure = fixed + factor * operations ** exponent`.

    `fixed` is the median over the documents of at most one operation, the rest by least squares over the
    logarithms of so many `documents`.
    """

    fixed: float
    factor: float
    exponent: float
    documents: int

    def at(self, operations: float) -> float:
        """The measure of a document of so many operations."""
        return self.fixed + float(self.factor * operations**self.exponent)


def fixed_cost(points: Sequence[Point]) -> float:
    """What a build costs whose document has next to nothing in it."""
    return median([y for x, y in points if x <= 1] or [0.0])


def growth(points: Sequence[Point]) -> Growth | None:
    """How a measure grows with the number of operations; None where too few documents have enough."""
    fixed = fixed_cost(points)
    kept = [(log(x), log(y - fixed)) for x, y in points if x >= _LEAST_OPERATIONS and y > fixed]
    if len(kept) < 2:
        return None
    mean_x = sum(x for x, _ in kept) / len(kept)
    mean_y = sum(y for _, y in kept) / len(kept)
    spread = sum((x - mean_x) ** 2 for x, _ in kept)
    if not spread:
        return None
    exponent = sum((x - mean_x) * (y - mean_y) for x, y in kept) / spread
    return Growth(
        fixed=fixed,
        factor=exp(mean_y - exponent * mean_x),
        exponent=exponent,
        documents=len(kept),
    )


def scatter(points: Sequence[Point], unit: str) -> str:
    """One dot a document, the fitted growth, and one in proportion to hold it against."""
    shown = [(log10(x), log10(y)) for x, y in points if x > 0 and y > 0]
    width = max((x for x, _ in shown), default=1.0) or 1.0
    low = min((y for _, y in shown), default=0.0)
    height = (max((y for _, y in shown), default=1.0) - low) or 1.0

    def place(x: float, y: float) -> str:
        across = _LEFT + (_RIGHT - _LEFT) * x / width
        return f"{across:.0f},{_BOTTOM - (_BOTTOM - _TOP) * (y - low) / height:.0f}"

    def curve(growth: Growth, style: str) -> str:
        """As much of a growth as the plot shows."""
        across = (width * step / _STEPS for step in range(_STEPS + 1))
        found = [(x, log10(growth.at(10**x))) for x in across]
        shown = [place(x, y) for x, y in found if low <= y <= low + height]
        return f'<path d="M{" L".join(shown)}" fill="none" {style}/>'

    lines = ""
    fitted = growth(points)
    if fitted is not None:
        middle = 10 ** (width / 2)
        level = fitted.factor * middle**fitted.exponent / middle
        proportional = replace(fitted, factor=level, exponent=1.0)
        lines = curve(proportional, 'stroke="#98a2b3" stroke-dasharray="4 4"')
        lines += curve(fitted, 'stroke="#d92d20" stroke-width="1.5"')
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
