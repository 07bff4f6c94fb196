"""`proxygen upgrade`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from proxygen.cli.arguments import (
    SPECS,
    ConfigFile,
    Format,
    Output,
    OutputFile,
    Quiet,
    Specs,
    Templates,
)
from proxygen.cli.building import build_command, refusals
from proxygen.cli.exit_codes import FINDINGS, REFUSED
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import progress, say, shown_diff, shown_line, shown_path
from proxygen.report.formats import ReportFormat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from proxygen.config.model import Config
    from proxygen.diagnostics import Diagnostic
    from proxygen.pipeline import Build, Refused
    from proxygen.report.finding import Finding, Report
    from proxygen.upgrade.preview import Preview

EPILOG = (
    "Examples: uvx --from 'proxygen[cli]==1.2.0' proxygen upgrade --preview specs/ | "
    "proxygen upgrade --preview specs/ --diff"
)


def upgrade(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would change; write nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the diff of every file as well, on stdout.")
    ] = False,
    form: Format = None,
    output_file: OutputFile = None,
    quiet: Quiet = False,
) -> None:
    """Say what this version of proxygen would change in an output that another version wrote.

    Run it with the new version before you install that; exit 1 where something would change.
    """
    if not preview:
        say("error: nothing is upgraded by this command: say --preview to see what would change")
        say("  = to upgrade: pip install -U 'proxygen[cli]', then: proxygen build SPECS")
        raise typer.Exit(REFUSED)
    reporting = Reporting(command="upgrade", form=form, output_file=output_file)
    with progress(f"Building {specs}", quiet=quiet), refusals(reporting, specs):
        built, behind = _built(specs, output, templates, config)
    command = build_command(specs, output, templates, config)
    _report(built, behind, command, specs, reporting=reporting, diff=diff, quiet=quiet)


def _built(
    specs: Path, output: Path | None, templates: Path | None, config: Path | None
) -> tuple[Build, tuple[Diagnostic, ...]]:
    """What this version writes, its overrides as if they had been looked at; raises `InputRefused`."""
    from proxygen.config.read import load_config
    from proxygen.diagnostics import InputRefused
    from proxygen.pipeline import Refused, build
    from proxygen.upgrade.overrides import built_with_overrides

    loaded: Config = load_config(specs, output=output, config=config, templates=templates)

    def with_templates(folder: Path | None) -> Build | Refused:
        return build(replace(loaded, templates=folder))

    built, behind = built_with_overrides(loaded.templates, with_templates)
    if isinstance(built, Refused):
        raise InputRefused((*behind, *built.diagnostics))
    return built, behind


def _report(
    built: Build,
    behind: tuple[Diagnostic, ...],
    command: str,
    specs: Path,
    *,
    reporting: Reporting,
    diff: bool,
    quiet: bool,
) -> None:
    from proxygen.diagnostic_rules import RULES
    from proxygen.drift import in_output
    from proxygen.output.diff import compare, unified
    from proxygen.output.tree import read_tree
    from proxygen.report.finding import Level, Report, finding_of
    from proxygen.report.markdown import markdown_report
    from proxygen.upgrade.findings import file_findings
    from proxygen.upgrade.preview import preview_of
    from proxygen.upgrade.table import markdown_table, text_table

    with refusals(reporting, specs):
        tree = read_tree(built.config.output)
    if tree.manifest is None:
        say(f"error: proxygen has built nothing in {shown_path(built.config.output)} yet")
        say(f"  = proxygen build {shown_path(specs)}")
        raise typer.Exit(REFUSED)
    drift = compare(tree, built.files)
    seen = preview_of(built, tree, drift, tree.manifest.origin)
    cure = f"Install proxygen {seen.now.version} where the edge runs, then: {command}"
    files = tuple(file_findings(seen, in_output("", built.config), cure))
    rest = (*map(finding_of, behind), *_beside(built, seen, specs))
    for_people = Report(command="upgrade", findings=rest, rules=RULES, fail_on=Level.NOTE)
    whole = replace(for_people, findings=(*files, *rest))
    lines = list(unified(tree, built.files, drift)) if diff else []

    def own(report: Report, wanted: ReportFormat) -> str | None:
        match wanted:
            case ReportFormat.TEXT:
                return text_table(seen) + shown_diff(lines, sys.stdout)
            case ReportFormat.MARKDOWN:
                return markdown_table(seen) + (f"\n{markdown_report(for_people)}" if rest else "")
            case _:
                return None

    reporting.emit(for_people if reporting.for_people else whole, specs, own=own)
    if not quiet:
        _say(seen, built, cure)
    if whole.failing:
        raise typer.Exit(FINDINGS)


def _beside(built: Build, seen: Preview, specs: Path) -> Iterator[Finding]:
    """Keys and variables, and what moved without the upgrade."""
    from proxygen.diagnostics import Location
    from proxygen.drift import in_output
    from proxygen.upgrade.findings import elsewhere_findings, key_findings
    from proxygen.upgrade.known_keys import known_keys

    yield from elsewhere_findings(seen, in_output("", built.config))
    before, after = known_keys(seen.then.version), known_keys(seen.now.version)
    if before is None or after is None:
        unknown = seen.then.version if before is None else seen.now.version
        say(f"the keys and variables of proxygen {shown_line(unknown)} are not known here")
        return
    file = built.config.file or specs
    yield from key_findings(before, after, Location(shown_path(file)))


def _say(seen: Preview, built: Build, cure: str) -> None:
    then, now = shown_line(seen.then.version), seen.now.version
    where = shown_path(built.config.output)
    if not seen.files:
        say(f"{where}: proxygen {now} writes the same")
        return
    count = len(seen.files)
    files = "1 file" if count == 1 else f"{count} files"
    wrote = f"proxygen {then} wrote it" if then != now else "this version wrote it"
    say(f"{where}: {wrote}, and {now} would change {files} of {len(built.files)}")
    say(f"  = {cure}")
