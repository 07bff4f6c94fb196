"""Findings as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from proxygen.diagnostics import Location
from proxygen.report.escaping import code_span, markdown_sentence
from proxygen.report.finding import Finding, Report

_HEAD = "| | rule | where | what | what to do |\n| --- | --- | --- | --- | --- |\n"


def markdown_report(report: Report) -> str:
    """A heading, and a table for each group."""
    text = f"### proxygen {report.command}: {report.summary or 'nothing found'}\n"
    group: str | None = None
    for one in report.ordered:
        if one.group != group:
            group = one.group
            text += f"\n#### {markdown_sentence(group)}\n\n{_HEAD}" if group else f"\n{_HEAD}"
        text += _row(one)
    return text


def _row(one: Finding) -> str:
    places = [_place(one.location)]
    places += [f"{markdown_sentence(other.role)} {_place(other.location)}" for other in one.related]
    subject = f"{code_span(one.operation)}: " if one.operation else ""
    cells = (
        f"**{one.severity}**",
        code_span(one.rule),
        "<br>".join(places),
        subject + markdown_sentence(one.found),
        markdown_sentence(one.cure),
    )
    return "| " + " | ".join(cells) + " |\n"


def _place(location: Location) -> str:
    return code_span(f"{location.file}:{location.line}" if location.line else location.file)
