"""The arguments and options that commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from proxygen.report.formats import ReportFormat

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
    Path | None,
    typer.Option(
        "--templates", help="Folder of overrides of templates; default: gateway.templates."
    ),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration; default: SPECS/proxygen.toml.")
]
Format = Annotated[
    ReportFormat | None,
    typer.Option(
        "--format",
        "-f",
        help="Form of the report on stdout. Default: text on stderr, with annotations in GitHub's CI.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output-file", help="Write the report there, and its text to stderr."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Work everything out anew, and keep nothing of it.")
]


class ListFormat(StrEnum):
    """For people, or for tools."""

    TEXT = "text"
    JSON = "json"


ListForm = Annotated[ListFormat, typer.Option("--format", "-f", help="Form of the list on stdout.")]

SPECS = Path("specs")
"""Where documents are looked for unless the caller says otherwise."""
