"""Nothing becomes public or the client's to choose unless somebody has signed for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proxygen.cli.building import refusals
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting

if TYPE_CHECKING:
    from proxygen.pipeline import Build


def signed_or_exit(built: Build, reporting: Reporting, specs: Path) -> None:
    """Compares with the access matrix of the output; exits with 1 where a signature is missing."""
    from proxygen.audit.committed import committed_matrix
    from proxygen.audit.findings import loosened
    from proxygen.diagnostic_rules import RULES
    from proxygen.report.finding import Report

    with refusals(reporting, specs):
        before = committed_matrix(built.config.output)
    report = Report(
        command=reporting.command, findings=loosened(built.gateway, before), rules=RULES
    )
    if report.failing:
        reporting.emit(report, specs)
        raise typer.Exit(FINDINGS)
