"""`proxygen specs`: documents are fetched here, and nowhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxygen.cache import Cache
from proxygen.cli.arguments import SPECS, Format, OutputFile, Quiet
from proxygen.cli.building import refusals
from proxygen.cli.comparing import lowered, remaining_changes
from proxygen.cli.completing import documents
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import progress, say, shown_line, shown_path

if TYPE_CHECKING:
    from proxygen.report.finding import Report
    from proxygen.supply.documents import Supplied
    from proxygen.supply.limits import Limits

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

ADD_EPILOG = (
    "Examples: proxygen specs add http://localhost:8000/openapi.json --as orders.json | "
    "proxygen specs add git+https://example.com/orders.git@v2#api/openapi.yaml"
)
UPDATE_EPILOG = "Examples: proxygen specs update | proxygen specs update orders.json --yes"
VERIFY_EPILOG = "Example, in CI: proxygen specs verify --specs specs/"

Folder = Annotated[Path, typer.Option("--specs", help="Folder of the documents.")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds that a fetch may take.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Fetch and show; write nothing.")]


@app.callback()
def specs() -> None:
    """Fetch documents into the folder that builds read, and keep in specs.lock where each came from."""


@app.command(epilog=ADD_EPILOG)
def add(
    origin: Annotated[
        str | None,
        typer.Argument(help="URL, path, or git+https://HOST/REPOSITORY@REF#PATH."),
    ] = None,
    folder: Folder = SPECS,
    name: Annotated[
        str | None, typer.Option("--as", help="Name of the file; default: what the origin says.")
    ] = None,
    git: Annotated[str | None, typer.Option(help="Repository: a URL or a path.")] = None,
    ref: Annotated[str, typer.Option(help="With --git: branch, tag or commit.")] = "HEAD",
    path: Annotated[str, typer.Option(help="With --git: the file in the repository.")] = "",
    token_env: Annotated[
        str, typer.Option(help="Variable whose value goes as a bearer token to the URL's host.")
    ] = "",
    timeout: Timeout = 60.0,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Fetch one document more; it is written only where it reads as OpenAPI."""
    from proxygen.supply.documents import add as add_document
    from proxygen.supply.documents import write
    from proxygen.supply.origin import git_origin, parse_origin

    if (origin is None) is (git is None):
        raise typer.BadParameter("give an origin, or a repository with --git")
    with refusals(Reporting(command="specs add"), folder):
        said = parse_origin(origin) if origin is not None else git_origin(git or "", ref, path)
        with progress("Fetching", quiet=False):
            supplied = add_document(
                folder,
                said.seen_from(folder),
                name=name,
                token_env=token_env,
                limits=_limits(timeout),
                force=force,
            )
        if not dry_run:
            write(supplied)
    for added, content in supplied.contents.items():
        done = "would be written" if dry_run else "written"
        say(f"{shown_path(folder / added)}: {len(content)} bytes, {done}")


@app.command(epilog=UPDATE_EPILOG)
def update(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Documents to fetch again; default: all.", autocompletion=documents),
    ] = None,
    folder: Folder = SPECS,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: DryRun = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write also what no edge can be built from.")
    ] = False,
    timeout: Timeout = 60.0,
    form: Format = None,
    output_file: OutputFile = None,
    quiet: Quiet = False,
) -> None:
    """Fetch documents again: show what that means for callers, ask, then write.

    Exit 1 where something has changed and was not written.
    """
    from proxygen.supply.documents import update as update_documents
    from proxygen.supply.documents import write

    reporting = Reporting(command="specs update", form=form, output_file=output_file)
    with refusals(reporting, folder):
        with progress("Fetching", quiet=quiet):
            supplied = update_documents(folder, names or (), limits=_limits(timeout))
        if supplied.contents and not force:
            reporting.emit(_changes(supplied), folder)
        _say_fetched(supplied, quiet=quiet)
        if supplied.contents and (dry_run or not (yes or _agreed())):
            say("nothing was written")
            raise typer.Exit(FINDINGS)
        if not dry_run:
            write(supplied)


@app.command(epilog=VERIFY_EPILOG)
def verify(
    folder: Folder = SPECS,
    form: Format = None,
    output_file: OutputFile = None,
    quiet: Quiet = False,
) -> None:
    """Say which documents are not what was fetched; asks nobody, so it works without a network."""
    from proxygen.diagnostic_rules import RULES
    from proxygen.report.finding import Report, finding_of
    from proxygen.supply.documents import verify as verify_documents

    reporting = Reporting(command="specs verify", form=form, output_file=output_file)
    with refusals(reporting, folder):
        count, found = verify_documents(folder)
    findings = tuple(finding_of(one) for one in found)
    reporting.emit(Report(command="specs verify", findings=findings, rules=RULES), folder)
    if findings:
        raise typer.Exit(FINDINGS)
    if not quiet:
        noun = "document is" if count == 1 else "documents are"
        say(f"{shown_path(folder)}: {count} {noun} as fetched")


def _limits(timeout: float) -> Limits:
    from proxygen.supply.limits import Limits

    return Limits(seconds=timeout)


def _changes(supplied: Supplied) -> Report:
    """What the documents that came mean for callers; `InputRefused` where no edge can be built from them."""
    from proxygen.changes.report import report_of
    from proxygen.diagnostics import InputRefused
    from proxygen.report.finding import Level, Report
    from proxygen.supply.candidate import candidate

    with candidate(supplied.folder, supplied.contents) as copy:
        cache = Cache.of_user()
        try:
            old = lowered(supplied.folder, cache=cache)
        except InputRefused:
            lowered(copy, cache=cache)
            say(f"{shown_path(supplied.folder)}: no edge to compare with")
            return Report(command="specs update", findings=())
        remaining = remaining_changes(old, lowered(copy, like=old, cache=cache), supplied.folder)
    return report_of(remaining, Level.ERROR)


def _say_fetched(supplied: Supplied, *, quiet: bool) -> None:
    if quiet:
        return
    for name in supplied.contents:
        origin = shown_line(str(supplied.lock.documents[name].origin))
        say(f"{shown_path(supplied.folder / name)}: another document at {origin}")
    if not supplied.contents:
        say(f"{shown_path(supplied.folder)}: nothing changed")


def _agreed() -> bool:
    """The answer of the person at the terminal; no without one."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("CI"):
        say("say --yes to write what was fetched")
        return False
    return typer.confirm("Write?", default=False, err=True)
