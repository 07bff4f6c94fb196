"""`proxygen serve` and `proxygen dev`: run what was built."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from proxygen.cli.exit_codes import REFUSED
from proxygen.cli.terminal import say, shown_path

SERVE_EPILOG = "Example: BATCHES_URL=http://localhost:9000 proxygen serve generated/"
DEV_EPILOG = "Example: proxygen build specs/ && proxygen dev generated/"

Edge = Annotated[Path, typer.Argument(help="Folder that a build wrote.")]


def serve(edge: Edge = Path("generated")) -> None:
    """Run the gateway, as `python -m generated` does; settings come from the environment."""
    _run(edge, ["-m", _package(edge)])


def dev(edge: Edge = Path("generated")) -> None:
    """Run the gateway in front of fake services, and print a token and a call to begin with."""
    if find_spec("respx") is None or find_spec("pytest") is None:
        say("error: fake services need: pip install 'proxygen[testing]'")
        raise typer.Exit(REFUSED)
    _run(edge, ["-m", "proxygen.testing.demo", _package(edge)])


def _package(edge: Path) -> str:
    """The name by which the folder is imported from the one that it lies in."""
    name = edge.resolve().name
    if not (edge / "app.py").is_file() or not (edge / "__main__.py").is_file():
        say(f"error: {shown_path(edge)} is no folder that a build wrote; see proxygen build --help")
        raise typer.Exit(REFUSED)
    if not name.isidentifier():
        say(f"error: {shown_path(edge)} cannot be imported: name the output like a Python package")
        raise typer.Exit(REFUSED)
    return name


def _run(edge: Path, arguments: list[str]) -> None:
    """Becomes the process that serves, so that signals and the exit code are its own."""
    os.chdir(edge.resolve().parent)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - this interpreter, no shell
