"""Accounts for the parts of a document that no operation is made of: webhooks, callbacks, links, servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proxygen.ir.ledger import Outcome
from proxygen.lower.ledger import Findings
from proxygen.openapi.model import Contract

_DETAIL: Final[Mapping[str, tuple[Outcome, str]]] = {
    "webhook": (Outcome.REFUSED, "the service calls it, past the edge"),
    "callback": (Outcome.REFUSED, "the service calls it, past the edge"),
    "server": (Outcome.PASSED, "the target comes from the configuration alone"),
    "operation": (Outcome.REFUSED, "the method is not proxied"),
    "parameter": (Outcome.PASSED, "OpenAPI says to ignore a header parameter of this name"),
}


def note_unread(contract: Contract, findings: Findings) -> None:
    """A line for what a reader may miss at the edge; links are counted only."""
    for noun, pointer in contract.set_aside:
        if noun not in _DETAIL:
            findings.count(noun, Outcome.PASSED)
            continue
        outcome, detail = _DETAIL[noun]
        enter = findings.refused if outcome is Outcome.REFUSED else findings.passed
        enter(noun, f"{noun}-set-aside", contract.document.locate(pointer), detail)
