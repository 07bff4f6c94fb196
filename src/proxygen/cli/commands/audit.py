"""`proxygen audit`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from proxygen.cli.arguments import SPECS, ConfigFile, Format, Output, OutputFile, Specs, Templates
from proxygen.cli.building import built_or_exit, refusals
from proxygen.cli.completing import revisions
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.report.formats import ReportFormat

EPILOG = "Examples: proxygen audit specs/ | proxygen audit specs/ --against origin/main -f markdown"


def audit(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    against: Annotated[
        str,
        typer.Option(
            help="Commit whose output is compared with; default: the output on disk.",
            autocompletion=revisions,
        ),
    ] = "",
    form: Format = None,
    output_file: OutputFile = None,
) -> None:
    """Say who may call which route and where identity goes; exit 1 where somebody has to sign for it."""
    from proxygen.audit.committed import committed_matrix
    from proxygen.audit.findings import loosened, noted
    from proxygen.audit.json_format import audit_json
    from proxygen.audit.matrix import access_matrix
    from proxygen.audit.table import markdown_table, text_table
    from proxygen.diagnostic_rules import RULES
    from proxygen.report.finding import Report
    from proxygen.report.markdown import markdown_report

    reporting = Reporting(command="audit", form=form, output_file=output_file)
    built = built_or_exit(specs, output, templates, config, reporting=reporting, quiet=True)
    with refusals(reporting, specs):
        before = committed_matrix(built.config.output, revision=against)
    routes = access_matrix(built.gateway)
    grave = Report(command="audit", findings=loosened(built.gateway, before), rules=RULES)
    whole = replace(grave, findings=(*grave.findings, *noted(routes)))

    def own(report: Report, wanted: ReportFormat) -> str | None:
        match wanted:
            case ReportFormat.TEXT:
                return text_table(routes)
            case ReportFormat.JSON:
                return audit_json(routes, report)
            case ReportFormat.MARKDOWN:
                return markdown_table(routes) + (markdown_report(grave) if grave.findings else "")
            case _:
                return None

    reporting.emit(grave if reporting.for_people else whole, specs, own=own)
    if grave.failing:
        raise typer.Exit(FINDINGS)
