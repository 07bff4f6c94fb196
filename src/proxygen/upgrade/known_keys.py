"""Which keys of the configuration and which variables of a running edge each version has.

`known/VERSION.json` holds those of one version with their defaults; a test writes the one of this version
from the code, and the ones of versions before stay as they were released.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("known")
NOUNS: Final[Mapping[str, str]] = {
    "configuration": "key of the configuration",
    "settings": "variable of the environment",
}
"""The kinds of names in a file, and what a person calls one."""

Keys = Mapping[str, Mapping[str, str]]
"""By kind: name → default as text, "" where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A name that one of two versions does not have (None), or whose default is another."""

    kind: str
    name: str
    before: str | None
    after: str | None


def known_keys(version: str) -> Keys | None:
    """The names that a version has; None where this package does not know it."""
    path = {one.stem: one for one in FOLDER.glob("*.json")}.get(version)
    if path is None:
        return None
    keys: Keys = json.loads(path.read_text(encoding="utf-8"))
    return keys


def key_changes(before: Keys, after: Keys) -> Iterator[KeyChange]:
    """What is new, gone, or has another default, by kind and name."""
    for kind in NOUNS:
        had, has = before[kind], after[kind]
        for name in sorted({*had, *has}):
            if had.get(name) != has.get(name):
                yield KeyChange(kind=kind, name=name, before=had.get(name), after=has.get(name))
