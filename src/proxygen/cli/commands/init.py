"""`proxygen init`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxygen.cli.arguments import SPECS
from proxygen.cli.building import refusals
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import progress, say, shown_path

if TYPE_CHECKING:
    from proxygen.scaffold.propose import Proposal

EPILOG = "Examples: proxygen init specs/ | proxygen init specs/ --stdout"


def init(
    specs: Annotated[Path, typer.Argument(help="Folder of OpenAPI documents.")] = SPECS,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the configuration; write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a configuration that is there.")
    ] = False,
) -> None:
    """Write a commented proxygen.toml for a folder of documents: what was found, and what to decide."""
    from proxygen.scaffold.propose import propose

    with refusals(Reporting(command="init"), specs):
        with progress(f"Reading {specs}", quiet=False):
            proposal = propose(specs)
        if stdout:
            sys.stdout.write(proposal.text)
        else:
            _write(proposal, force=force)
    say(
        f"{_count(proposal.services, 'service')}, {_count(proposal.operations, 'operation')}; "
        f"{_count(proposal.identity_inputs, 'input')} with a name of the caller's, "
        f"{_count(proposal.collisions, 'route')} of several services, "
        f"{_count(proposal.unrouted, 'operation')} not routed"
    )
    say(f"  = read the file, then: proxygen build {shown_path(proposal.folder)}")


def _write(proposal: Proposal, *, force: bool) -> None:
    from proxygen.config.schema import config_schema
    from proxygen.scaffold.propose import SCHEMA_NAME
    from proxygen.scaffold.write import write_proposal

    file = write_proposal(proposal, force=force)
    schema = json.dumps(config_schema(), indent=2) + "\n"
    file.with_name(SCHEMA_NAME).write_text(schema, encoding="utf-8")
    say(f"{shown_path(file)}: written, with {SCHEMA_NAME} for editors")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
