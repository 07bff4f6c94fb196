"""Every rule of `proxygen diff`, by what it is about."""

from __future__ import annotations

from collections.abc import Iterable

from proxygen.changes.model import Direction
from proxygen.changes.rules import RULES, Rule

from .table import sentence, table

_SECTIONS = (
    (None, "Routes, access and rules of the edge"),
    (Direction.REQUEST, "What a request may be"),
    (Direction.RESPONSE, "What an answer may be"),
)


def markdown() -> str:
    """A section for each direction, each rule with an anchor of its name."""
    sections = [
        f"## {title}\n\n" + _table(rule for rule in RULES.values() if rule.direction is direction)
        for direction, title in _SECTIONS
    ]
    return f"There are {len(RULES)} rules.\n\n" + "\n".join(sections)


def _table(rules: Iterable[Rule]) -> str:
    head = ("rule", "severity", "what has happened", "what to do")
    return table(
        head,
        [
            (
                f"[`{rule.id}`]{{#{rule.id}}}",
                rule.severity.value,
                sentence(rule.title[0].upper() + rule.title[1:]),
                rule.cure,
            )
            for rule in rules
        ],
    )
