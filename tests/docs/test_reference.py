"""The generated reference has everything that the code has, and every page that asks for it gets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel

from docs.generate import command_line, configuration, diagnostic_rules, runtime_api, settings
from docs.generate.pages import MARK, PARTS, with_generated
from proxygen import runtime
from proxygen.config.keys import FileKeys
from proxygen.diagnostic_rules import RULES
from proxygen.runtime.settings import ServerSettings

from .project import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_every_generated_part_is_on_one_page() -> None:
    asked = [name for page in REFERENCE.glob("*.md") for name in MARK.findall(page.read_text())]
    assert sorted(asked) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_mark_becomes_text(name: str) -> None:
    text = with_generated(f"# Page\n\n<!-- generated: {name} -->\n")
    assert "generated:" not in text
    assert len(text) > 100


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_generated("<!-- generated: nothing -->")


def test_every_rule_is_there_once() -> None:
    text = diagnostic_rules.markdown()
    assert all(text.count(f"{{#{rule}}}") == 1 for rule in RULES)


def test_every_key_of_the_configuration_is_there() -> None:
    text = configuration.markdown()
    assert keys_of(FileKeys) <= set(re.split(r"[^\w]+", text))


def keys_of(model: type[BaseModel]) -> set[str]:
    """The names that a table of the file may have, and those of its tables; not what stands inside lists."""
    found = {name for name, field in model.model_fields.items() if not nested(field.annotation)}
    for field in model.model_fields.values():
        for inner in nested(field.annotation):
            found |= keys_of(inner)
    return found


def nested(annotation: Any) -> list[type[BaseModel]]:
    """The tables in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []


def test_every_setting_has_a_variable_and_most_have_a_sentence() -> None:
    variables = [item for group in settings.groups() for item in group.variables]
    names = {item.name for item in variables}
    assert {f"EDGE_{name.upper()}" for name in ServerSettings.model_fields} <= names
    assert {"EDGE_TOKEN_SECRET", "EDGE_CORS__ORIGINS", "EDGE_TOKEN_JWKS__TLS__CA_FILE"} <= names
    silent = {item.name for item in variables if not item.about}
    assert all(
        name.startswith("EDGE_SECURITY_HEADERS__") or "__TIMEOUTS__" in name for name in silent
    ), silent


def test_every_command_is_there() -> None:
    assert {"build", "check", "explain", "schema"} <= set(command_line.commands())


def test_every_exported_name_is_there() -> None:
    text = runtime_api.for_teams() + runtime_api.for_generated_code()
    assert all(text.count(f"### `{name}`\n") == 1 for name in runtime.__all__)
