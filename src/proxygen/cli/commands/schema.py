"""`proxygen schema`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

EPILOG = "Examples: proxygen schema > proxygen.schema.json | proxygen schema report"


class Subject(StrEnum):
    """What a schema is of: the configuration, the JSON of any report, that of `audit`."""

    CONFIG = "config"
    REPORT = "report"
    AUDIT = "audit"


def schema(
    of: Annotated[
        Subject, typer.Argument(help="proxygen.toml, a report in JSON, or that of `audit`.")
    ] = Subject.CONFIG,
) -> None:
    """Print a published JSON Schema."""
    sys.stdout.write(json.dumps(_schema(of), indent=2) + "\n")


def _schema(of: Subject) -> dict[str, Any]:
    match of:
        case Subject.CONFIG:
            from proxygen.config.schema import config_schema

            return config_schema()
        case Subject.REPORT:
            from proxygen.report.json_format import report_schema

            return report_schema()
        case Subject.AUDIT:
            from proxygen.audit.json_format import audit_schema

            return audit_schema()
