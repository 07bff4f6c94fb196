"""What became of each construct of a document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from proxygen.diagnostics import Location


class Outcome(StrEnum):
    """Handled by the edge; passed through for the downstream to judge; or refused (not routed)."""

    HANDLED = "handled"
    PASSED = "passed through"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One construct that deserves a reader: `construct` is OpenAPI's noun, `rule` a stable id.

    `cure` is what a reader can do about it, empty where that is the same for every line of the rule.
    """

    service: str
    outcome: Outcome
    construct: str
    rule: str
    location: Location
    detail: str
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCount:
    """How many of a construct ended how, per service; `places` are the pointers of those without a line."""

    service: str
    construct: str
    outcome: Outcome
    count: int
    places: tuple[str, ...] = ()
