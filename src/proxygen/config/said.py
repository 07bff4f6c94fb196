"""What a configuration says, key by key, for the manifest: no comment, no default and no place on a disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from proxygen.config.keys import FileKeys
from proxygen.config.model import Config
from proxygen.config.toml_file import Places, dotted, read_toml
from proxygen.config.toml_positions import KeyPath
from proxygen.diagnostics import Location
from proxygen.source.load import display_name

_NOT_OF_THE_OUTPUT: Final = frozenset({"gateway.output", "gateway.templates"})


def said_keys(keys: FileKeys) -> dict[str, str]:
    """Dotted key → its value as compact JSON, of every key whose value is not the default."""
    values = keys.model_dump(mode="json", exclude_defaults=True)
    said = {
        dotted(path): json.dumps(value, sort_keys=True, separators=(",", ":"))
        for path, value in _leaves(values, ())
    }
    return {key: value for key, value in sorted(said.items()) if key not in _NOT_OF_THE_OUTPUT}


def place_of_key(config: Config, key: str) -> Location:
    """Where a key of `said_keys` stands, or the whole file where it is gone."""
    if config.file is None:
        return Location(display_name(config.folder, config.folder))
    values, text = read_toml(config.file, root=config.folder)
    file = display_name(config.file, config.folder)
    section: KeyPath = ()
    if config.file.name == "pyproject.toml":
        section = ("tool", "proxygen")
        values = values.get("tool", {}).get("proxygen", {})
    found = next((path for path, _ in _leaves(values, ()) if dotted(path) == key), None)
    return Location(file) if found is None else Places(file, text, section).at(*found)


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Every value that is no table, by its path."""
    if isinstance(value, Mapping) and (value or not path):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    else:
        yield path, value
