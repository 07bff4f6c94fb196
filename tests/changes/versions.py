"""Makes two versions of an edge from the fragments of a case, and compares them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from proxygen.changes.compare.edges import compare_versions
from proxygen.changes.model import Change
from proxygen.changes.surface import Version
from proxygen.config.read import load_config
from proxygen.pipeline import Refused, lower

Json = Any
HERE = Path(__file__).parent
BASE: Json = yaml.safe_load((HERE / "base.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 25)


def cases(name: str) -> Mapping[str, Json]:
    """The cases of one file, by name."""
    value: Mapping[str, Json] = yaml.safe_load((HERE / "cases" / name).read_text(encoding="utf-8"))
    return value


def merged(base: Json, fragment: Json) -> Json:
    """A fragment over a base; null removes a key, lists are replaced."""
    if not isinstance(base, dict) or not isinstance(fragment, dict):
        return copy.deepcopy(fragment)
    whole = copy.deepcopy(base)
    for key, value in fragment.items():
        if value is None:
            whole.pop(key, None)
        else:
            whole[key] = merged(whole.get(key), value)
    return whole


def version(folder: Path, config: str = "", **documents: Json) -> Version:
    """The version that these documents and this configuration make, written below `folder`."""
    specs = folder / "specs"
    specs.mkdir(parents=True)
    for name, document in documents.items():
        text = yaml.safe_dump(document, sort_keys=False)
        (specs / f"{name}.yaml").write_text(text, encoding="utf-8")
    if config:
        (specs / "proxygen.toml").write_text(config, encoding="utf-8")
    lowered = lower(load_config(specs))
    assert not isinstance(lowered, Refused), lowered.diagnostics
    return Version(config=lowered.config, contracts=lowered.contracts, gateway=lowered.gateway)


def changes(base: Version, revision: Version) -> tuple[Change, ...]:
    """What changes from one to the other on the day of the tests."""
    return compare_versions(base, revision, today=TODAY)
