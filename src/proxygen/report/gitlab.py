"""Findings as a Code Quality report of GitLab, which shows them in a merge request."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from proxygen.report.escaping import printable
from proxygen.report.finding import Level, Report

_SEVERITY: Final = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def gitlab_report(report: Report) -> str:
    """A JSON array; a fingerprint that two findings share is told apart by their order."""
    seen: Counter[str] = Counter()
    entries = []
    for one in report.ordered:
        fingerprint = one.fingerprint
        seen[fingerprint] += 1
        if seen[fingerprint] > 1:
            fingerprint += f"-{seen[fingerprint]}"
        subject = f"{one.operation}: " if one.operation else ""
        entries.append(
            {
                "description": printable(subject + one.sentences),
                "check_name": one.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITY[one.severity.level],
                "location": {
                    "path": one.location.file,
                    "lines": {"begin": max(one.location.line, 1)},
                },
            }
        )
    return json.dumps(entries, indent=2) + "\n"
