"""The build that a command works on: made, or its errors printed and the process ended with 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proxygen.cli.exit_codes import REFUSED
from proxygen.cli.terminal import print_diagnostics, progress

if TYPE_CHECKING:
    from proxygen.pipeline import Build


def built_or_exit(
    specs: Path,
    output: Path | None,
    templates: Path | None,
    config: Path | None,
    *,
    quiet: bool,
) -> Build:
    """The build of these arguments; prints its errors and exits where it was refused."""
    with progress(f"Building {specs}", quiet=quiet):
        from proxygen.pipeline import Refused, build_specs

        built = build_specs(specs, output=output, templates=templates, config=config)
    if isinstance(built, Refused):
        print_diagnostics(built.diagnostics)
        raise typer.Exit(REFUSED)
    return built


@contextmanager
def refusals() -> Iterator[None]:
    """Prints what `InputRefused` carries, and exits with 2."""
    from proxygen.diagnostics import InputRefused

    try:
        yield
    except InputRefused as refused:
        print_diagnostics(refused.diagnostics)
        raise typer.Exit(REFUSED) from None
