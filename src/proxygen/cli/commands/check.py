"""`proxygen check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proxygen.cli.arguments import SPECS, ConfigFile, Output, Quiet, Specs, Templates
from proxygen.cli.building import built_or_exit, refusals
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import say, shown_line, shown_path

if TYPE_CHECKING:
    from proxygen.output.diff import Drift
    from proxygen.output.tree import Tree
    from proxygen.pipeline import Build

EPILOG = "Example, in CI: proxygen check specs/"


def check(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Write nothing; exit 1 and print a diff where the output is not what a build would write."""
    from proxygen.output.diff import compare
    from proxygen.output.tree import read_tree

    reporting = Reporting(command="check")
    built = built_or_exit(specs, output, templates, config, reporting=reporting, quiet=quiet)
    with refusals(reporting, specs):
        tree = read_tree(built.config.output)
        drift = compare(tree, built.files)
    differences = _mapped(built)
    if not drift and not differences:
        if not quiet:
            say(f"{shown_path(built.config.output)} is up to date")
        return
    if drift:
        _say_drift(tree, built, drift, _build_command(specs, output, templates, config))
    for difference in differences:
        say(f"error[contract-class] {shown_line(difference)}")
    raise typer.Exit(FINDINGS)


def _mapped(built: Build) -> list[str]:
    """Differences between documents and the team's own classes, which are found from this folder."""
    from proxygen.contracts.mapped import mapped_differences

    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        return [
            f"{service.name}: {difference}"
            for service in built.gateway.services
            for schemas in (service.requests, service.responses)
            for difference in mapped_differences(schemas)
        ]
    finally:
        sys.path.remove(folder)


def _say_drift(tree: Tree, built: Build, drift: Drift, cure: str) -> None:
    """The diff on stdout; its causes and the command that cures it on stderr."""
    from proxygen.output.diff import unified

    for line in unified(tree, built.files, drift):
        sys.stdout.write(shown_line(line) + "\n")
    say(f"{shown_path(built.config.output)} is not what a build would write:")
    for cause in drift.causes or ("the generator changed without a new version",):
        say(f"  {cause}")
    say(f"  = {cure}")


def _build_command(
    specs: Path, output: Path | None, templates: Path | None, config: Path | None
) -> str:
    from shlex import quote

    options = (("--output", output), ("--templates", templates), ("--config", config))
    given = "".join(f" {name} {quote(str(value))}" for name, value in options if value is not None)
    return f"proxygen build {quote(str(specs))}{given}"
