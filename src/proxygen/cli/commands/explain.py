"""`proxygen explain`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from proxygen.cli.arguments import SPECS, ConfigFile
from proxygen.cli.building import built_or_exit
from proxygen.cli.completing import operations
from proxygen.cli.exit_codes import REFUSED
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import say, shown_line

EPILOG = "Examples: proxygen explain registerBatch | proxygen explain 'GET /v1/batches'"


class ExplanationFormat(StrEnum):
    """For people, or for tools."""

    TEXT = "text"
    JSON = "json"


def explain(
    operation: Annotated[
        str,
        typer.Argument(
            help="operationId, SERVICE.operationId, or 'METHOD /path' of the edge.",
            autocompletion=operations,
        ),
    ],
    specs: Annotated[Path, typer.Option("--specs", help="Folder of documents.")] = SPECS,
    config: ConfigFile = None,
    form: Annotated[
        ExplanationFormat, typer.Option("--format", "-f", help="Form of the explanation on stdout.")
    ] = ExplanationFormat.TEXT,
) -> None:
    """Say all about one operation: route, bindings, header and error rules, and where each is from."""
    from proxygen.explain import (
        UnknownOperation,
        explained,
        explanation_json,
        explanation_text,
    )

    reporting = Reporting(command="explain")
    built = built_or_exit(specs, None, None, config, reporting=reporting, quiet=True)
    try:
        rows = explained(operation, built.gateway, built.config)
    except UnknownOperation as error:
        say(f"error: {shown_line(str(error))}")
        raise typer.Exit(REFUSED) from None
    if form is ExplanationFormat.JSON:
        sys.stdout.write(explanation_json(rows))
        return
    for line in explanation_text(rows):
        sys.stdout.write(shown_line(line) + "\n")
