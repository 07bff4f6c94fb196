"""`proxygen build`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxygen.cli.arguments import (
    SPECS,
    ConfigFile,
    Format,
    NoCache,
    Output,
    OutputFile,
    Quiet,
    Specs,
    Templates,
)
from proxygen.cli.building import known_or_built_or_exit, refusals
from proxygen.cli.reporting import Reporting
from proxygen.cli.signing import signed_or_exit
from proxygen.cli.terminal import say, shown_path

if TYPE_CHECKING:
    from proxygen.cache import Cache
    from proxygen.incremental import Known
    from proxygen.pipeline import Build
    from proxygen.report.finding import Report

EPILOG = (
    "Examples: proxygen build specs/ | proxygen build api.yaml --output src/edge | "
    "proxygen build specs/ --watch"
)


def build(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    form: Format = None,
    output_file: OutputFile = None,
    no_cache: NoCache = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Build again after each change, until Ctrl-C.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write the edge: everything, or (after an error) nothing."""
    from proxygen.cache import NO_CACHE, Cache

    reporting = Reporting(command="build", form=form, output_file=output_file)
    cache = NO_CACHE if no_cache else Cache.of_user()

    def once() -> Path:
        return _build_once(
            specs, output, templates, config, reporting=reporting, quiet=quiet, cache=cache
        )

    if not watch:
        once()
        return
    from proxygen.cli.watching import build_and_watch

    build_and_watch(once, _watched(specs, templates, config))


def _watched(specs: Path, templates: Path | None, config: Path | None) -> list[Path]:
    """What a build of these arguments reads, the overrides that the configuration names included."""
    from proxygen.config.read import load_config
    from proxygen.diagnostics import InputRefused

    if templates is None:
        with suppress(InputRefused):
            templates = load_config(specs, config=config).templates
    return [path for path in (specs, templates, config) if path is not None]


def _build_once(
    specs: Path,
    output: Path | None,
    templates: Path | None,
    config: Path | None,
    *,
    reporting: Reporting,
    quiet: bool,
    cache: Cache,
) -> Path:
    """Builds, writes and says what was written; the folder of the output. Exits where it was refused."""
    from proxygen.incremental import Known
    from proxygen.output.write import write_tree

    built = known_or_built_or_exit(
        specs, output, templates, config, reporting=reporting, quiet=quiet, cache=cache
    )
    if not isinstance(built, Known):
        signed_or_exit(built, reporting, specs)
    with refusals(reporting, specs):
        written = write_tree(built.config.output, built.files)
    if reporting.form is not None or reporting.output_file is not None:
        reporting.emit(_warnings(built), specs)
    if quiet:
        return built.config.output
    drift = written.drift
    if drift:
        say(
            f"{shown_path(built.config.output)}: {len(built.files)} files "
            f"({len(drift.added)} new, {len(drift.changed)} changed, {len(drift.removed)} removed)"
        )
    else:
        say(f"{shown_path(built.config.output)}: {len(built.files)} files, nothing changed")
    _say_warnings(built)
    return built.config.output


def _warnings(built: Known | Build) -> Report:
    from proxygen.diagnostic_rules import RULES
    from proxygen.report.finding import Report, finding_of

    findings = tuple(finding_of(one) for one in built.diagnostics)
    return Report(command="build", findings=findings, rules=RULES)


def _say_warnings(built: Known | Build) -> None:
    if built.diagnostics:
        count = len(built.diagnostics)
        noun = "warning" if count == 1 else "warnings"
        say(f"{count} {noun}: see {shown_path(built.config.output / 'LEDGER.md')}")
