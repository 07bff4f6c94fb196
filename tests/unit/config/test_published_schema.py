"""The published JSON Schema of `proxygen.toml` is the one that the code has."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from jsonschema import Draft202012Validator

from proxygen.config.schema import config_schema

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT / "docs" / "proxygen.schema.json"


def test_the_published_schema_is_written_from_the_code(golden: bool) -> None:
    text = json.dumps(config_schema(), indent=2) + "\n"
    if golden:
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_it_accepts_the_example_and_refuses_an_unknown_key() -> None:
    validator = Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    example = tomllib.loads((ROOT / "specs" / "proxygen.toml").read_text(encoding="utf-8"))
    assert list(validator.iter_errors(example)) == []
    assert not validator.is_valid({**example, "gatway": {}})


def test_the_example_names_it_for_editors() -> None:
    first = (ROOT / "specs" / "proxygen.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ../docs/proxygen.schema.json"
