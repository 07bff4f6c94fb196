"""Every rule that a diagnostic or a line of the ledger may name."""

from __future__ import annotations

from proxygen.diagnostic_rules import RULES, cure_of

from .table import sentence, table


def markdown() -> str:
    """A table, each rule with an anchor of its name."""
    general = cure_of("")
    rows = [
        (
            f"[`{rule}`]{{#{rule}}}",
            sentence(meaning[0].upper() + meaning[1:]),
            "" if (cure := cure_of(rule)) == general else cure,
        )
        for rule, meaning in sorted(RULES.items())
    ]
    head = ("rule", "meaning", "what to do about its line in the ledger")
    return f"There are {len(rows)} rules.\n\n" + table(head, rows)
