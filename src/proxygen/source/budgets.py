"""How much of a document is read before it is refused: depth, size and expansion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Limits of one document.

    `size` is in bytes. `depth` counts nested objects and arrays; the deepest published documents stay
    below 40. `expanded` is how many nodes YAML aliases may add to those that are written.
    """

    size: int = 128 * 1024 * 1024
    depth: int = 100
    expanded: int = 1_000_000


BUDGETS: Final = Budgets()
"""The limits that hold unless a caller says otherwise."""
