"""The names of this version's keys and variables are those of its code; changes are told by kind."""

from __future__ import annotations

import json

from docs.generate import configuration, settings
from proxygen import __version__
from proxygen.config.schema import config_schema
from proxygen.upgrade.known_keys import FOLDER, KeyChange, key_changes, known_keys


def keys_of_the_code() -> dict[str, dict[str, str]]:
    schema = config_schema()
    return {
        "configuration": {
            f"{table.header}.{name}".strip("."): json.dumps(default) if default is not None else ""
            for table in configuration.tables(schema, schema["$defs"])
            for name, value in table.schema["properties"].items()
            if not configuration.is_table(value)
            for default in (value.get("default"),)
        },
        "settings": {
            variable.name: settings.default_of(variable.field).strip("`")
            for group in settings.groups()
            for variable in group.variables
        },
    }


def test_the_keys_of_this_version_are_written_from_the_code(golden: bool) -> None:
    text = json.dumps(keys_of_the_code(), indent=1, sort_keys=True) + "\n"
    path = FOLDER / f"{__version__}.json"
    if golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_every_version_that_is_known_has_both_kinds() -> None:
    for path in FOLDER.glob("*.json"):
        known = known_keys(path.stem)
        assert known is not None
        assert set(known) == {"configuration", "settings"}


def test_a_version_is_a_name_among_those_that_are_known_and_no_path() -> None:
    assert known_keys("0.0.0") is None
    assert known_keys(f"../known/{__version__}") is None


def test_what_is_new_gone_or_another_is_a_change() -> None:
    before = {"configuration": {"a": "1", "b": "2"}, "settings": {"EDGE_A": ""}}
    after = {"configuration": {"b": "3", "c": ""}, "settings": {"EDGE_A": ""}}
    assert list(key_changes(before, after)) == [
        KeyChange(kind="configuration", name="a", before="1", after=None),
        KeyChange(kind="configuration", name="b", before="2", after="3"),
        KeyChange(kind="configuration", name="c", before=None, after=""),
    ]
