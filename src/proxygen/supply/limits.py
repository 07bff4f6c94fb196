"""How much may come, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from proxygen.source.budgets import BUDGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`size` in bytes, after decoding; `seconds` for the whole fetch; `redirects` that are followed."""

    size: int = BUDGETS.size
    seconds: float = 60.0
    redirects: int = 5
