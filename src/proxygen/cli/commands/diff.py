"""`proxygen diff`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxygen.cache import NO_CACHE, Cache
from proxygen.cli.arguments import SPECS, ConfigFile, NoCache, OutputFile, Quiet, Specs
from proxygen.cli.building import refusals
from proxygen.cli.comparing import lowered, remaining_changes
from proxygen.cli.completing import revisions
from proxygen.cli.exit_codes import FINDINGS, REFUSED
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import progress, say
from proxygen.report.formats import ReportFormat

if TYPE_CHECKING:
    from proxygen.changes.ignored import Remaining
    from proxygen.pipeline import Lowered
    from proxygen.report.finding import Level

EPILOG = (
    "Examples: proxygen diff --against main | proxygen diff new.yaml --against old.yaml -f html"
)


class DiffFormat(StrEnum):
    """The formats of a report, and a page for a browser."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


class FailOn(StrEnum):
    """The least severity for which the command fails."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    COMPATIBLE = "compatible"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class _Ends:
    """What is compared with what."""

    specs: Path
    config: Path | None
    against: str
    cache: Cache


def diff(
    specs: Specs = SPECS,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="What was before: a revision of git, a folder, a document.",
            autocompletion=revisions,
        ),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The least severity that makes the exit code 1.")
    ] = FailOn.BREAKING,
    ignore: Annotated[
        Path | None,
        typer.Option("--ignore", help="Ignore file; default: SPECS/proxygen.ignore.toml."),
    ] = None,
    list_rules: Annotated[
        bool, typer.Option("--list-rules", help="List the rules (with --format json as JSON).")
    ] = False,
    config: ConfigFile = None,
    form: Annotated[
        DiffFormat | None,
        typer.Option(
            "--format", "-f", help="Form of the report on stdout. Default: text on stderr."
        ),
    ] = None,
    output_file: OutputFile = None,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Say what changes for callers of the edge, and what only the services notice."""
    if list_rules:
        _list_rules(as_json=form is DiffFormat.JSON)
        return
    if against is None or not against.strip():
        say("error: say with --against what was before: a revision of git, a folder or a document")
        raise typer.Exit(REFUSED)
    cache = NO_CACHE if no_cache else Cache.of_user()
    own = None if form in (None, DiffFormat.HTML) else ReportFormat(form.value)
    reporting = Reporting(command="diff", form=own, output_file=output_file)
    with progress(f"Comparing {specs}", quiet=quiet), refusals(reporting, specs):
        remaining = _compared(_Ends(specs, config, against, cache), ignore)
    from proxygen.changes.report import report_of

    report = report_of(remaining, _level(fail_on))
    page = None
    if form is DiffFormat.HTML:
        from proxygen.changes.page.render import html_page

        page = html_page(report, against)
    reporting.emit(report, specs, page=page)
    if not quiet and remaining.ignored:
        say(f"{remaining.ignored} more in the ignore file")
    if not quiet and not report.findings:
        say(f"nothing changed since {against}")
    if report.failing:
        raise typer.Exit(FINDINGS)


def _compared(ends: _Ends, ignore: Path | None) -> Remaining:
    folder = ends.specs if ends.specs.is_dir() else ends.specs.parent
    new = lowered(ends.specs, ends.config, cache=ends.cache)
    with _base(ends, new) as old:
        return remaining_changes(old, new, folder, ignore)


@contextmanager
def _base(ends: _Ends, new: Lowered) -> Iterator[Lowered]:
    """The version that is compared with: of a path where there is one, else of a revision."""
    path = Path(ends.against)
    if path.exists():
        yield lowered(path, like=new, cache=ends.cache)
        return
    from proxygen.changes.git_version import restored
    from proxygen.diagnostics import InputRefused

    with restored(ends.against, ends.specs, ends.config) as there:
        try:
            old = lowered(there.specs, there.config, like=new, cache=ends.cache)
        except InputRefused as refused:
            raise there.told(refused) from None
        yield old


def _level(fail_on: FailOn) -> Level | None:
    from proxygen.report.finding import Severity

    return None if fail_on is FailOn.NEVER else Severity(fail_on.value).level


def _list_rules(*, as_json: bool) -> None:
    from proxygen.changes.rules import RULES

    if as_json:
        listed = [
            {
                "id": rule.id,
                "severity": rule.severity,
                "direction": rule.direction,
                "title": rule.title,
                "cure": rule.cure,
            }
            for rule in RULES.values()
        ]
        sys.stdout.write(json.dumps(listed, indent=2) + "\n")
        return
    width = max(map(len, RULES))
    for rule in RULES.values():
        sys.stdout.write(f"{rule.id:<{width}}  {rule.severity:<10}  {rule.title}\n")
