"""`proxygen build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxygen.cli.arguments import SPECS, ConfigFile, Output, Quiet, Specs, Templates
from proxygen.cli.building import built_or_exit, refusals
from proxygen.cli.terminal import say, shown_path

if TYPE_CHECKING:
    from proxygen.pipeline import Build

EPILOG = "Examples: proxygen build specs/ | proxygen build api.yaml --output src/edge"


def build(
    specs: Specs = SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Write the edge: everything, or (after an error) nothing."""
    from proxygen.output.write import write_tree

    built = built_or_exit(specs, output, templates, config, quiet=quiet)
    with refusals():
        written = write_tree(built.config.output, built.files)
    if quiet:
        return
    drift = written.drift
    if drift:
        say(
            f"{shown_path(built.config.output)}: {len(built.files)} files "
            f"({len(drift.added)} new, {len(drift.changed)} changed, {len(drift.removed)} removed)"
        )
    else:
        say(f"{shown_path(built.config.output)}: {len(built.files)} files, nothing changed")
    _say_warnings(built)


def _say_warnings(built: Build) -> None:
    if built.diagnostics:
        count = len(built.diagnostics)
        noun = "warning" if count == 1 else "warnings"
        say(f"{count} {noun}: see {shown_path(built.config.output / 'LEDGER.md')}")
