"""`proxygen check`."""

from __future__ import annotations

import sys
from pathlib import Path
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
from proxygen.cli.building import build_command, built_or_exit, refusals
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import say, shown_diff, shown_line, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from proxygen.cache import Cache
    from proxygen.output.diff import Drift
    from proxygen.pipeline import Build
    from proxygen.report.finding import Finding, Report

EPILOG = "Examples, in CI: proxygen check specs/ | proxygen check specs/ --full"


def check(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    full: Annotated[
        bool, typer.Option("--full", help="Build and compare, whatever the manifest says.")
    ] = False,
    diff_lines: Annotated[
        int, typer.Option(min=0, help="Lines of the diff that are shown; 0 shows all.")
    ] = 120,
    form: Format = None,
    output_file: OutputFile = None,
    quiet: Quiet = False,
) -> None:
    """Write nothing; exit 1 where the output is not what a build would write, and say why.

    Without --full an output is clean when nothing moved that its manifest has a hash of.
    """
    from proxygen.cache import NO_CACHE, Cache

    reporting = Reporting(command="check", form=form, output_file=output_file)
    cache = NO_CACHE if full else Cache.of_user()
    if not full and _clean_by_manifest(specs, output, templates, config, cache):
        _say_clean(reporting, specs, "by its manifest; --full builds and compares", quiet=quiet)
        return
    from proxygen.drift import diff_markdown, drift_findings, short_diff
    from proxygen.incremental import note_build
    from proxygen.output.diff import compare
    from proxygen.output.tree import read_tree

    built = built_or_exit(
        specs, output, templates, config, reporting=reporting, quiet=quiet, cache=cache
    )
    with refusals(reporting, specs):
        tree = read_tree(built.config.output)
        drift = compare(tree, built.files)
    findings = [*_unsigned(built, reporting, specs), *_mapped(built)]
    if not drift and not findings:
        note_build(built, cache)
        _say_clean(reporting, specs, "built and compared", quiet=quiet)
        return
    command = build_command(specs, output, templates, config)
    summary = ""
    if drift:
        findings += drift_findings(built.config, tree, built.files, drift, command)
        lines, more = short_diff(tree, built.files, drift, diff_lines)
        summary = diff_markdown([shown_line(line) for line in lines], more, command)
        if reporting.for_people and not quiet:
            sys.stdout.write(shown_diff(lines, sys.stdout))
    reporting.emit(_report(tuple(findings)), specs, summary=summary)
    if drift and not quiet:
        _say_drift(built, drift, more, command)
    raise typer.Exit(FINDINGS)


def _clean_by_manifest(
    specs: Path, output: Path | None, templates: Path | None, config: Path | None, cache: Cache
) -> bool:
    """Whether nothing moved; what cannot be told without a build is not clean."""
    from proxygen.config.read import load_config
    from proxygen.diagnostics import InputRefused
    from proxygen.incremental import clean_by_manifest

    try:
        loaded = load_config(specs, output=output, config=config, templates=templates)
        if any(service.contracts for service in loaded.services):
            return False
        return clean_by_manifest(loaded, cache)
    except (InputRefused, OSError):
        return False


def _say_clean(reporting: Reporting, specs: Path, how: str, *, quiet: bool) -> None:
    reporting.emit(_report(()), specs)
    if not quiet and reporting.for_people:
        say(f"the output of {shown_path(specs)} is up to date ({how})")


def _report(findings: tuple[Finding, ...]) -> Report:
    from proxygen.diagnostic_rules import RULES
    from proxygen.report.finding import Report

    return Report(command="check", findings=findings, rules=RULES)


def _unsigned(built: Build, reporting: Reporting, specs: Path) -> Iterator[Finding]:
    """What became looser since the last build; errors until somebody signs for it."""
    from proxygen.audit.committed import committed_matrix
    from proxygen.audit.findings import loosened

    with refusals(reporting, specs):
        yield from loosened(built.gateway, committed_matrix(built.config.output))


def _mapped(built: Build) -> Iterator[Finding]:
    """Differences between documents and the team's own classes, which are found from this folder."""
    from proxygen.contracts.mapped import mapped_differences
    from proxygen.diagnostics import Location
    from proxygen.report.finding import Finding, Severity

    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        for service in built.gateway.services:
            for schemas in (service.requests, service.responses):
                for difference in mapped_differences(schemas):
                    yield Finding(
                        rule="contract-class",
                        severity=Severity.ERROR,
                        location=Location(service.document or service.name),
                        found=f"{difference}.",
                        cure="Change the class, or let proxygen write one: remove it from `contracts`.",
                    )
    finally:
        sys.path.remove(folder)


def _say_drift(built: Build, drift: Drift, more: int, command: str) -> None:
    if more:
        say(f"… {more} more lines of the diff: --diff-lines 0 shows all")
    count = len(drift.changed) + len(drift.added) + len(drift.removed)
    files = "1 file" if count == 1 else f"{count} files"
    say(f"{shown_path(built.config.output)} is not what a build would write ({files})")
    say(f"  = {command}")
