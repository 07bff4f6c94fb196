"""The JSON Schema of `proxygen.toml`, written from the declared keys, for editors."""

from __future__ import annotations

from typing import Any

from proxygen.config.keys import FileKeys


def config_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the whole file."""
    schema = FileKeys.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "proxygen.toml",
    }
