"""Accounts for the parts of a document that no operation is made of: webhooks, callbacks, links, servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proxygen.ir.ledger import Outcome
from proxygen.lower.ledger import Findings
from proxygen.openapi.model import Contract

_DETAIL: Final[Mapping[str, tuple[Outcome, str, str]]] = {
    "webhook": (Outcome.REFUSED, "webhook-set-aside", "the service calls it, past the edge"),
    "callback": (Outcome.REFUSED, "callback-set-aside", "the service calls it, past the edge"),
    "server": (Outcome.PASSED, "server-set-aside", "the target comes from the configuration alone"),
    "operation": (Outcome.REFUSED, "operation-set-aside", "the method is not proxied"),
    "operation of an unread query": (
        Outcome.REFUSED,
        "path-query",
        "the query in its path is not of pairs `name=value` or `name`",
    ),
    "parameter": (
        Outcome.PASSED,
        "parameter-set-aside",
        "OpenAPI says to ignore a header parameter of this name",
    ),
}
_NOT_AT_THE_EDGE: Final = frozenset({"excluded operation"})


def note_unread(contract: Contract, findings: Findings) -> None:
    """A line for what a reader may miss at the edge; everything else is counted only."""
    for noun, pointer in contract.set_aside:
        if noun not in _DETAIL:
            outcome = Outcome.REFUSED if noun in _NOT_AT_THE_EDGE else Outcome.PASSED
            findings.leave(noun, pointer, outcome)
            continue
        outcome, rule, detail = _DETAIL[noun]
        enter = findings.refused if outcome is Outcome.REFUSED else findings.passed
        enter(noun, rule, contract.document.locate(pointer), detail)
