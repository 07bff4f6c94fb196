"""The commands: arguments, printing, exit codes, nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from proxygen import __version__

if TYPE_CHECKING:
    from proxygen.diagnostics import Diagnostic
    from proxygen.output.diff import Drift
    from proxygen.output.tree import Tree
    from proxygen.pipeline import Build

FINDINGS = 1
REFUSED = 2

app = typer.Typer(
    name="proxygen",
    help="Reads the OpenAPI documents of your services and writes the edge in front of them.",
    epilog="Start with: proxygen build specs/",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Specs = Annotated[
    Path,
    typer.Argument(help="Folder of OpenAPI documents (with proxygen.toml), or one document."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Folder to write; default: gateway.output, else generated."
    ),
]
Templates = Annotated[
    Path | None, typer.Option("--templates", help="Folder of templates that override stock ones.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration; default: SPECS/proxygen.toml.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]

_SPECS = Path("specs")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"proxygen {__version__}")
        raise typer.Exit


@app.callback()
def proxygen(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options before a command."""


@app.command(epilog="Examples: proxygen build specs/ | proxygen build api.yaml --output src/edge")
def build(
    specs: Specs = _SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Write the edge: everything, or (after an error) nothing."""
    from proxygen.output.write import write_tree

    built = _built(specs, output, templates, config, quiet=quiet)
    with _refusals():
        written = write_tree(built.config.output, built.files)
    if quiet:
        return
    drift = written.drift
    if drift:
        _say(
            f"{_shown_path(built.config.output)}: {len(built.files)} files "
            f"({len(drift.added)} new, {len(drift.changed)} changed, {len(drift.removed)} removed)"
        )
    else:
        _say(f"{_shown_path(built.config.output)}: {len(built.files)} files, nothing changed")
    _say_warnings(built)


@app.command(epilog="Example, in CI: proxygen check specs/")
def check(
    specs: Specs = _SPECS,
    output: Output = None,
    templates: Templates = None,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Write nothing; exit 1 and print a diff where the output is not what a build would write."""
    from proxygen.output.diff import compare
    from proxygen.output.tree import read_tree

    built = _built(specs, output, templates, config, quiet=quiet)
    with _refusals():
        tree = read_tree(built.config.output)
        drift = compare(tree, built.files)
    differences = _mapped(built)
    if not drift and not differences:
        if not quiet:
            _say(f"{_shown_path(built.config.output)} is up to date")
        return
    if drift:
        _say_drift(tree, built, drift, _build_command(specs, output, templates, config))
    for difference in differences:
        _say(f"error[contract-class] {shown_line(difference)}")
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
    _say(f"{_shown_path(built.config.output)} is not what a build would write:")
    for cause in drift.causes or ("the generator changed without a new version",):
        _say(f"  {cause}")
    _say(f"  = {cure}")


@app.command(epilog="Examples: proxygen explain registerBatch | proxygen explain 'GET /v1/batches'")
def explain(
    operation: Annotated[
        str, typer.Argument(help="operationId, SERVICE.operationId, or 'METHOD /path' of the edge.")
    ],
    specs: Annotated[Path, typer.Option("--specs", help="Folder of documents.")] = _SPECS,
    config: ConfigFile = None,
) -> None:
    """Say all about one operation: route, bindings, header and error rules, and where each is from."""
    from proxygen.explain import UnknownOperation, explained

    built = _built(specs, None, None, config, quiet=True)
    try:
        lines = explained(operation, built.gateway, built.config)
    except UnknownOperation as error:
        _say(f"error: {shown_line(str(error))}")
        raise typer.Exit(REFUSED) from None
    for line in lines:
        sys.stdout.write(shown_line(line) + "\n")


@app.command(epilog="Example: proxygen schema > proxygen.schema.json")
def schema() -> None:
    """Print the JSON Schema of proxygen.toml."""
    from proxygen.config.schema import config_schema

    sys.stdout.write(json.dumps(config_schema(), indent=2) + "\n")


def shown_line(line: str) -> str:
    """A line of source on a terminal, its unprintable characters escaped, its spaces kept."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def _built(
    specs: Path,
    output: Path | None,
    templates: Path | None,
    config: Path | None,
    *,
    quiet: bool,
) -> Build:
    """The build of these arguments; prints its errors and exits where it was refused."""
    with _progress(f"Building {specs}", quiet=quiet):
        from proxygen.pipeline import Refused, build_specs

        built = build_specs(specs, output=output, templates=templates, config=config)
    if isinstance(built, Refused):
        _print(built.diagnostics)
        raise typer.Exit(REFUSED)
    return built


@contextmanager
def _refusals() -> Iterator[None]:
    from proxygen.diagnostics import InputRefused

    try:
        yield
    except InputRefused as refused:
        _print(refused.diagnostics)
        raise typer.Exit(REFUSED) from None


@contextmanager
def _progress(text: str, *, quiet: bool) -> Iterator[None]:
    """A moving line while something takes its time, on a terminal only."""
    if quiet or not _has_colour(sys.stderr):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _shown_path(path: Path) -> str:
    """A path as a person would write it: `generated`, not `specs/../generated`."""
    return shown_line(os.path.normpath(path))


def _has_colour(stream: TextIO) -> bool:
    """Whether somebody looks who wants colour (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print(found: tuple[Diagnostic, ...]) -> None:
    from proxygen.diagnostics_text import render_diagnostics

    sys.stderr.write(render_diagnostics(found, color=_has_colour(sys.stderr)))


def _say_warnings(built: Build) -> None:
    if built.diagnostics:
        count = len(built.diagnostics)
        noun = "warning" if count == 1 else "warnings"
        _say(f"{count} {noun}: see {_shown_path(built.config.output / 'LEDGER.md')}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _build_command(
    specs: Path, output: Path | None, templates: Path | None, config: Path | None
) -> str:
    from shlex import quote

    options = (("--output", output), ("--templates", templates), ("--config", config))
    given = "".join(f" {name} {quote(str(value))}" for name, value in options if value is not None)
    return f"proxygen build {quote(str(specs))}{given}"
