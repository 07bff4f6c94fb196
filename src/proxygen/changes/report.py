"""Changes as findings of a report, the gravest first, and what only the services notice last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from proxygen.changes.ignored import Remaining
from proxygen.changes.model import ABSENT, Audience, Change
from proxygen.changes.rules import RULES
from proxygen.report.finding import Finding, Level, Related, Report, Severity

Json = Any

MOST_NAMED: Final = 50
"""Operations that a change lists for tools; `operation_count` says how many there are."""
_GROUPS: Final = {
    Severity.BREAKING: "Breaking for callers of the edge",
    Severity.DANGEROUS: "Dangerous for callers of the edge",
    Severity.COMPATIBLE: "Compatible for callers of the edge",
}
_DOWNSTREAM: Final = "Only downstream"


def report_of(remaining: Remaining, fail_on: Level | None) -> Report:
    """The report of a comparison, after the ignore file."""
    return Report(
        command="diff",
        findings=(*_findings(remaining.changes), *remaining.findings),
        rules={rule.id: rule.title for rule in RULES.values()},
        fail_on=fail_on,
    )


def _findings(changes: tuple[Change, ...]) -> Iterator[Finding]:
    for severity, group in _GROUPS.items():
        for one in changes:
            if one.audience is Audience.CALLERS and one.severity is severity:
                yield _finding(one, group, one.found, one.cure)
    for one in changes:
        if one.audience is Audience.DOWNSTREAM:
            found = f"{one.found} Callers of the edge do not notice; for others it is {one.direct}."
            yield _finding(one, _DOWNSTREAM, found, "Build the edge again.")


def _finding(one: Change, group: str, found: str, cure: str) -> Finding:
    properties: dict[str, Json] = {
        "audience": one.audience.name.lower(),
        "direct_severity": one.direct,
        "operations": list(islice(one.operations, MOST_NAMED)),
        "operation_count": len(one.operations),
    }
    written = {"before": one.before, "after": one.after}
    properties |= {name: value for name, value in written.items() if value is not ABSENT}
    return Finding(
        rule=one.rule,
        severity=one.severity,
        location=one.revision,
        found=found,
        cure=cure,
        related=(Related("base", one.base),),
        operation=one.operations.title,
        group=group,
        properties=properties,
    )
