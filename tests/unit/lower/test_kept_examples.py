"""Examples from the cache are those that would be found without it, whatever has moved since."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proxygen.cache import NO_CACHE, Cache
from proxygen.config.read import load_config
from proxygen.lower import accepting, kept_examples
from proxygen.lower.examples import Examples
from proxygen.pipeline import Lowered, lower

CONFIG = '[services.pets]\nspec = "pets.json"\n'
Document = dict[str, Any]


def document() -> Document:
    """A pet's owner's home is three references away from the operation."""
    pet = {"type": "object", "required": ["owner"]}
    reference = "#/components/schemas/"
    answer = {
        "schema": {"$ref": f"{reference}Pet"},
        "examples": {
            "bad": {"value": {"owner": 7}},
            "good": {"value": {"owner": {"home": {"street": "Elm"}}}},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "get": {
                    "operationId": "getPet",
                    "description": "A pet.",
                    "parameters": [
                        {"name": "most", "in": "query", "schema": {"type": "integer"}},
                    ],
                    "responses": {
                        "200": {"description": "It.", "content": {"application/json": answer}}
                    },
                },
            }
        },
        "components": {
            "schemas": {
                "Pet": {**pet, "properties": {"owner": {"$ref": f"{reference}Owner"}}},
                "Owner": {"type": "object", "properties": {"home": {"$ref": f"{reference}Home"}}},
                "Home": {"type": "object", "properties": {"street": {"type": "string"}}},
            }
        },
    }


def _get(one: Document) -> Document:
    found: Document = one["paths"]["/pets/{id}"]["get"]
    return found


def nothing(_: Document) -> None:
    """Nothing moves."""


def description(one: Document) -> None:
    _get(one)["description"] = "Another pet."


def parameter(one: Document) -> None:
    _get(one)["parameters"][0]["schema"] = {"type": "string", "enum": ["all", "none"]}


def path_parameter(one: Document) -> None:
    one["paths"]["/pets/{id}"]["parameters"][0]["schema"] = {
        "type": "string",
        "pattern": "^p[0-9]$",
    }


def far_schema(one: Document) -> None:
    one["components"]["schemas"]["Home"]["properties"]["street"] = {"type": "integer"}


def given_example(one: Document) -> None:
    examples = _get(one)["responses"]["200"]["content"]["application/json"]["examples"]
    examples["good"]["value"]["owner"]["home"]["street"] = "Oak"


def order_of_examples(one: Document) -> None:
    media = _get(one)["responses"]["200"]["content"]["application/json"]
    media["examples"] = {"first": {"value": {"owner": {}}}, **media["examples"]}


def lowered(folder: Path, one: Document, cache: Cache, config: str = CONFIG) -> str:
    """The whole gateway as text, so that 1, 1.0 and True are three things."""
    folder.mkdir(exist_ok=True)
    (folder / "pets.json").write_text(json.dumps(one, indent=1), encoding="utf-8")
    (folder / "proxygen.toml").write_text(config, encoding="utf-8")
    found = lower(load_config(folder), cache=cache)
    assert isinstance(found, Lowered), found
    return repr(found.gateway)


@pytest.mark.parametrize(
    "move",
    [
        nothing,
        description,
        parameter,
        path_parameter,
        far_schema,
        given_example,
        order_of_examples,
    ],
)
def test_what_has_moved_has_its_example_of_now(
    tmp_path: Path, move: Callable[[Document], None]
) -> None:
    cache = Cache(folder=tmp_path / "cache")
    before = lowered(tmp_path / "specs", document(), cache)
    assert before == lowered(tmp_path / "specs", document(), NO_CACHE)
    moved = document()
    move(moved)
    warm = lowered(tmp_path / "specs", moved, cache)
    assert warm == lowered(tmp_path / "specs", moved, NO_CACHE)
    assert (warm == before) == (move is nothing)


def test_the_configuration_has_its_say_beside_the_cache(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path / "cache")
    one = document()
    _get(one)["parameters"][0]["schema"] = {"type": "string", "format": "email"}
    lowered(tmp_path / "specs", one, cache)
    config = f'[validation]\nformats = ["email"]\n\n{CONFIG}'
    warm = lowered(tmp_path / "specs", one, cache, config)
    assert warm == lowered(tmp_path / "specs", one, NO_CACHE, config)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The schemas for which an example was looked for."""
    found: list[object] = []
    of = Examples.of

    def counted(self: Examples, node: object, given: Any = ()) -> tuple[object, bool]:
        found.append(node)
        return of(self, node, given)

    monkeypatch.setattr(Examples, "of", counted)
    return found


def test_only_what_has_moved_is_looked_for_again(tmp_path: Path, asked: list[object]) -> None:
    cache = Cache(folder=tmp_path / "cache")
    one = document()
    lowered(tmp_path / "specs", one, cache)
    assert asked
    asked.clear()
    description(one)
    lowered(tmp_path / "specs", one, cache)
    assert asked == []
    far_schema(one)
    lowered(tmp_path / "specs", one, cache)
    assert asked == [{"$ref": "#/$defs/Pet"}]


def test_no_example_that_is_kept_is_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(folder=tmp_path / "cache")
    one = document()
    first = lowered(tmp_path / "specs", one, cache)
    monkeypatch.setattr(accepting, "judge_of", lambda _: pytest.fail("an example is judged"))
    description(one)
    assert lowered(tmp_path / "specs", one, cache) != first


def test_another_generator_looks_for_all_of_them_again(
    tmp_path: Path, asked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(folder=tmp_path / "cache")
    lowered(tmp_path / "specs", document(), cache)
    first = len(asked)
    monkeypatch.setattr(kept_examples, "generator_digest", lambda: "another")
    lowered(tmp_path / "specs", document(), cache)
    assert len(asked) == 2 * first


@pytest.mark.parametrize("kept", [b"[]", b"no JSON", b"\xff"])
def test_an_entry_of_another_form_counts_for_nothing(tmp_path: Path, kept: bytes) -> None:
    cache = Cache(folder=tmp_path / "cache")
    cold = lowered(tmp_path / "specs", document(), cache)
    for path in (tmp_path / "cache").rglob("examples/*"):
        cache.put("examples", path.name, kept)
    assert lowered(tmp_path / "specs", document(), cache) == cold
