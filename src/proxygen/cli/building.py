"""The build that a command works on: made, or its errors printed and the process ended with 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from proxygen.cache import NO_CACHE, Cache
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import progress
from proxygen.cores import Cores

if TYPE_CHECKING:
    from proxygen.incremental import Known
    from proxygen.pipeline import Build


def built_or_exit(
    specs: Path,
    output: Path | None,
    templates: Path | None,
    config: Path | None,
    *,
    reporting: Reporting,
    quiet: bool,
    cache: Cache = NO_CACHE,
) -> Build:
    """The build of these arguments; reports its errors and exits where it was refused."""
    with progress(f"Building {specs}", quiet=quiet):
        from proxygen.pipeline import Refused, build_specs

        built = build_specs(
            specs,
            output=output,
            templates=templates,
            config=config,
            cache=cache,
            cores=Cores.of_machine(),
        )
    if isinstance(built, Refused):
        raise reporting.refuse(built.diagnostics, specs)
    return built


def known_or_built_or_exit(
    specs: Path,
    output: Path | None,
    templates: Path | None,
    config: Path | None,
    *,
    reporting: Reporting,
    quiet: bool,
    cache: Cache,
) -> Known | Build:
    """What a build of these arguments writes: as it lies there where that is known, else made now."""
    from proxygen.incremental import Known, build_incrementally

    with progress(f"Building {specs}", quiet=quiet):
        built = build_incrementally(
            specs,
            output=output,
            templates=templates,
            config=config,
            cache=cache,
            cores=Cores.of_machine(),
        )
    if isinstance(built, Known):
        return built
    from proxygen.pipeline import Refused

    if isinstance(built, Refused):
        raise reporting.refuse(built.diagnostics, specs)
    return built


@contextmanager
def refusals(reporting: Reporting, specs: Path) -> Iterator[None]:
    """Reports what `InputRefused` carries, and exits with 2."""
    from proxygen.diagnostics import InputRefused

    try:
        yield
    except InputRefused as refused:
        raise reporting.refuse(refused.diagnostics, specs) from None


def build_command(
    specs: Path, output: Path | None, templates: Path | None, config: Path | None
) -> str:
    """What to type in a shell to write what these arguments say."""
    options = (("--output", output), ("--templates", templates), ("--config", config))
    given = "".join(f" {name} {quote(str(value))}" for name, value in options if value is not None)
    return f"proxygen build {quote(str(specs))}{given}"
