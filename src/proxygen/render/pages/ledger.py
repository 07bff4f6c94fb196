"""The pages `LEDGER.md` and, as data, `ledger.json`."""

from __future__ import annotations

from typing import Any

from proxygen.ir.gateway import Gateway
from proxygen.ir.ledger import LedgerEntry, Outcome
from proxygen.render.views import LedgerLine, LedgerRow, LedgerView, Page


def ledger_page(gateway: Gateway) -> Page:
    """Counts first, then the lines that deserve a reader."""
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
    view = LedgerView(
        gateway=gateway.name, rows=rows, lines=tuple(_line(entry) for entry in gateway.ledger)
    )
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
            }
            for entry in gateway.ledger
        ],
    }


def _line(entry: LedgerEntry) -> LedgerLine:
    location = entry.location
    place = f"{location.file}:{location.line}" if location.line else location.file
    return LedgerLine(
        service=entry.service,
        outcome=entry.outcome.value,
        construct=entry.construct,
        rule=entry.rule,
        place=place,
        detail=entry.detail,
    )
