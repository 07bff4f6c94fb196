"""`proxygen schema`."""

from __future__ import annotations

import json
import sys

EPILOG = "Example: proxygen schema > proxygen.schema.json"


def schema() -> None:
    """Print the JSON Schema of proxygen.toml."""
    from proxygen.config.schema import config_schema

    sys.stdout.write(json.dumps(config_schema(), indent=2) + "\n")
