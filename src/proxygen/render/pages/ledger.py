"""The pages `LEDGER.md` and, as data, `ledger.json`."""

from __future__ import annotations

from typing import Any, Final

from proxygen.diagnostic_rules import RULES, cure_of
from proxygen.ir.gateway import Gateway
from proxygen.ir.ledger import LedgerEntry, Outcome
from proxygen.render.views import LedgerLine, LedgerRow, LedgerRule, LedgerView, Page

SHOWN: Final = 12
"""Lines of one rule in `LEDGER.md`; a large document has thousands, which `ledger.json` has all."""


def ledger_page(gateway: Gateway) -> Page:
    """Counts first, then by rule the lines that deserve a reader."""
    counts: dict[tuple[str, str], dict[Outcome, int]] = {}
    for count in gateway.counts:
        row = counts.setdefault((count.service, count.construct), {})
        row[count.outcome] = row.get(count.outcome, 0) + count.count
    rows = tuple(
        LedgerRow(
            service=service,
            construct=construct,
            handled=row.get(Outcome.HANDLED, 0),
            passed=row.get(Outcome.PASSED, 0),
            refused=row.get(Outcome.REFUSED, 0),
        )
        for (service, construct), row in counts.items()
    )
    groups: dict[tuple[bool, str], list[LedgerEntry]] = {}
    for entry in gateway.ledger:
        groups.setdefault((entry.outcome is not Outcome.REFUSED, entry.rule), []).append(entry)
    rules = tuple(_rule(groups[key]) for key in sorted(groups))
    view = LedgerView(gateway=gateway.name, rows=rows, rules=rules)
    return Page(path="LEDGER.md", template="LEDGER.md.jinja", view=view, skeleton=None)


def ledger_json(gateway: Gateway) -> dict[str, Any]:
    """The ledger as JSON."""
    return {
        "counts": [
            {
                "service": count.service,
                "construct": count.construct,
                "outcome": count.outcome.value,
                "count": count.count,
            }
            for count in gateway.counts
        ],
        "entries": [
            {
                "service": entry.service,
                "outcome": entry.outcome.value,
                "construct": entry.construct,
                "rule": entry.rule,
                "file": entry.location.file,
                "line": entry.location.line,
                "column": entry.location.column,
                "pointer": entry.location.pointer,
                "detail": entry.detail,
                "cure": entry.cure or cure_of(entry.rule),
            }
            for entry in gateway.ledger
        ],
    }


def _rule(entries: list[LedgerEntry]) -> LedgerRule:
    first, more = entries[0], len(entries) - SHOWN
    return LedgerRule(
        rule=first.rule,
        meaning=RULES[first.rule],
        outcome=first.outcome.value,
        count=len(entries),
        cure=first.cure or cure_of(first.rule),
        lines=tuple(_line(entry) for entry in entries[:SHOWN]),
        rest=(f"{more} more are in ledger.json.",) if more > 0 else (),
    )


def _line(entry: LedgerEntry) -> LedgerLine:
    return LedgerLine(
        service=entry.service,
        construct=entry.construct,
        place=str(entry.location),
        detail=entry.detail,
    )
