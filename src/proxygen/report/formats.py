"""The formats of a report, by the word that a person gives on the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxygen.report.finding import Report


class ReportFormat(StrEnum):
    """`text` is for people, `markdown` for a pull request, the others are for tools."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def written(report: Report, form: ReportFormat, *, color: bool = False) -> str:
    """The report in this format; `color` matters to text only."""
    match form:
        case ReportFormat.TEXT:
            from proxygen.report.text import text_report

            return text_report(report, color=color)
        case ReportFormat.JSON:
            from proxygen.report.json_format import json_report

            return json_report(report)
        case ReportFormat.GITHUB:
            from proxygen.report.github import github_report

            return github_report(report)
        case ReportFormat.GITLAB:
            from proxygen.report.gitlab import gitlab_report

            return gitlab_report(report)
        case ReportFormat.SARIF:
            from proxygen.report.sarif import sarif_report

            return sarif_report(report)
        case ReportFormat.JUNIT:
            from proxygen.report.junit import junit_report

            return junit_report(report)
        case ReportFormat.MARKDOWN:
            from proxygen.report.markdown import markdown_report

            return markdown_report(report)
