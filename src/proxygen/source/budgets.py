"""How much of a document is read before it is refused: depth, size and expansion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Limits of one document.

    `size` is in bytes. `depth` counts nested objects and arrays; the deepest published documents stay
    below 40. `expanded` is how many nodes YAML aliases may add to those that are written. `files` is how many
    others a document may refer to, `inlined` how many path items may be put in from there. `chain` is
    how many `$ref`s and `allOf`s may lead from a schema to its innermost part, `composed` how many parts they
    may put it together from, each counted as often as it is referred to.
    """

    size: int = 128 * 1024 * 1024
    depth: int = 100
    expanded: int = 1_000_000
    files: int = 2_000
    inlined: int = 20_000
    chain: int = 100
    composed: int = 2_000


BUDGETS: Final = Budgets()
"""The limits that hold unless a caller says otherwise."""
