"""Where a report goes: people read stderr, tools read stdout or a file, a CI its annotations and summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proxygen.cli.exit_codes import REFUSED
from proxygen.cli.terminal import has_colour, say, shown_path
from proxygen.report.formats import ReportFormat, written

if TYPE_CHECKING:
    from proxygen.diagnostics import Diagnostic, Location
    from proxygen.report.finding import Finding, Report

OwnForms = Callable[["Report", ReportFormat], str | None]
"""A command's own text of a report in a format; None where it has none."""


def _no_own_form(_: Report, __: ReportFormat) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What the caller asked for: `form` None is text, and annotations where GitHub runs the command."""

    command: str
    form: ReportFormat | None = None
    output_file: Path | None = None

    @property
    def for_people(self) -> bool:
        """Whether stdout is read by a person and not by a tool."""
        return self.form in (None, ReportFormat.TEXT)

    def refuse(self, found: Iterable[Diagnostic], specs: Path) -> typer.Exit:
        """Report diagnostics of the documents at `specs`; the exit that the command then raises."""
        from proxygen.diagnostic_rules import RULES
        from proxygen.report.finding import Report, finding_of

        findings = tuple(finding_of(one) for one in found)
        self.emit(Report(command=self.command, findings=findings, rules=RULES), specs)
        return typer.Exit(REFUSED)

    def emit(
        self,
        report: Report,
        specs: Path,
        *,
        own: OwnForms = _no_own_form,
        page: str | None = None,
        summary: str = "",
    ) -> None:
        """Write the report of the documents at `specs`.

        `own` writes the forms that the command has itself, such as a table: its text is data, on stdout.
        `page` is the report in a form that no other command has, which goes where others go.
        `summary` is more Markdown for a job's summary.
        """
        placed = placed_in_repository(report, specs)
        form = self.form or ReportFormat.TEXT
        text = page or own(placed, form) or written(placed, form)
        for_people = self.for_people and page is None
        if self.output_file is not None:
            self._write_file(text, self.output_file)
        elif not for_people:
            sys.stdout.write(text)
        else:
            sys.stdout.write(own(placed, ReportFormat.TEXT) or "")
        if for_people or self.output_file is not None:
            near = _placed(report, _from_here)
            sys.stderr.write(written(near, ReportFormat.TEXT, color=has_colour(sys.stderr)))
        if self.form is None and os.environ.get("GITHUB_ACTIONS") == "true":
            sys.stderr.write(written(placed, ReportFormat.GITHUB))
        if report.findings or summary:
            markdown = own(placed, ReportFormat.MARKDOWN) or written(placed, ReportFormat.MARKDOWN)
            _add_summary(markdown + summary)

    def _write_file(self, text: str, path: Path) -> None:
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            say(f"error: {shown_path(path)} cannot be written: {error.strerror or error}")
            raise typer.Exit(REFUSED) from None


def placed_in_repository(report: Report, specs: Path) -> Report:
    """The report with files relative to the root of the repository, as CI systems want them."""
    folder = (specs if specs.is_dir() else specs.parent).resolve().parent
    root = _repository_root()

    def place(location: Location) -> Location:
        for base in (folder, Path.cwd()):
            path = Path(os.path.normpath(base / location.file))
            if path.exists() and path.is_relative_to(root):
                return replace(location, file=path.relative_to(root).as_posix())
        return location

    return _placed(report, place)


def _placed(report: Report, place: Callable[[Location], Location]) -> Report:
    def place_finding(one: Finding) -> Finding:
        related = tuple(replace(other, location=place(other.location)) for other in one.related)
        return replace(one, location=place(one.location), related=related)

    return replace(report, findings=tuple(place_finding(one) for one in report.findings))


def _from_here(location: Location) -> Location:
    """A place below the current folder as a person would write it; others are as they are."""
    here = Path.cwd()
    path = Path(os.path.normpath(location.file))
    inside = path.is_absolute() and path.is_relative_to(here)
    return replace(location, file=path.relative_to(here).as_posix()) if inside else location


def _repository_root() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _add_summary(markdown: str) -> None:
    from proxygen.report.step_summary import VARIABLE, add_step_summary

    try:
        add_step_summary(markdown, os.environ)
    except OSError as error:
        say(f"the file that {VARIABLE} names cannot be written: {error.strerror or error}")
