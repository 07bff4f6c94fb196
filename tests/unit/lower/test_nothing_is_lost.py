"""Every node of a document is handled, passed through or refused: the edge has it, or the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

from proxygen.config.model import Config
from proxygen.config.read import load_config
from proxygen.openapi.grammar import OPENAPI, walk
from proxygen.openapi.reading import Reading
from tests.cases.hostile.any_value import SWAGGER
from tests.unit.lower.everything import EVERYTHING
from tests.unit.lower.influence import load, unheard
from tests.unit.lower.lowering import body, document

ROOT: Final = Path(__file__).resolve().parents[3]
SPECS: Final = load_config(ROOT / "specs")
SAMPLE: Final = 25
"""Nodes of each document; `python -m tests.unit.lower.influence` takes as many as one has time for."""

NOT_ENTERED: Final = {"webhook", "callback", "link", "oauth flows"}
ALIKE: Final = {
    *("put", "delete", "options", "head", "patch", "get", "post", "definitions", "*"),
    *("content", "examples", "prefixEncoding", "itemEncoding"),
}
"""Fields that the document has at another object of the kind, or under another of their names."""


def test_nothing_in_a_document_of_everything_is_lost() -> None:
    assert unheard(EVERYTHING) == []


def test_nothing_in_a_document_of_swagger_is_lost() -> None:
    assert unheard(SWAGGER) == []


def test_everything_has_every_field_that_holds_objects() -> None:
    found: dict[str, set[str]] = {}
    for kind, node, _ in walk(EVERYTHING, OPENAPI, closed=NOT_ENTERED):
        found.setdefault(kind, set()).update(node if isinstance(node, dict) else ())
    for kind, fields in OPENAPI.items():
        if kind not in NOT_ENTERED:
            missing = fields.keys() - found.get(kind, set()) - ALIKE
            assert not missing, (kind, missing)


@pytest.mark.parametrize("service", SPECS.services, ids=lambda service: service.name)
def test_nothing_in_the_documents_of_the_example_is_lost(service: Any) -> None:
    if service.spec is None:
        assert service.mode == "passthrough"
        return
    config: Config = replace(SPECS, services=(service,))
    assert unheard(load(service.spec), config, SAMPLE) == []


def _without(attribute: str, value: Any) -> Callable[[], Any]:
    return lambda: patch(attribute, value)


def _nothing(*_: Any) -> Iterator[Any]:
    return iter(())


_TEXT: Final = Reading.text


def _text_but_summaries(self: Reading, owner: dict[str, Any], name: str, place: str) -> str:
    return "" if name == "summary" else _TEXT(self, owner, name, place)


THING: Final = "/components/schemas/Thing"
GET: Final = "/paths/~1things~1{id}/get"
DEAF: Final[Mapping[str, tuple[Callable[[], Any], str]]] = {
    "a text": (
        _without("proxygen.openapi.reading.Reading.text", _text_but_summaries),
        f"{GET}/summary",
    ),
    "a flag": (
        _without("proxygen.openapi.reading.Reading.flag", lambda *_, default=False: default),
        f"{GET}/deprecated",
    ),
    "what is left to the downstream": (
        _without("proxygen.lower.keywords.unchecked", _nothing),
        f"{THING}/properties/tags/uniqueItems",
    ),
    "a constraint beside one that says more": (
        _without("proxygen.lower.keywords.without_effect", _nothing),
        f"{THING}/properties/named/minLength",
    ),
    "an annotation of a schema": (
        _without("proxygen.lower.keywords.texts", lambda *_: {}),
        f"{THING}/properties/name/title",
    ),
    "what a schema leaves out": (
        _without("proxygen.openapi.schemas.SchemaWalk._note_set_aside", lambda *_: None),
        f"{THING}/xml",
    ),
    "what a document leaves out": (
        _without("proxygen.openapi.parse.set_aside_outside_schemas", _nothing),
        "/info/contact",
    ),
    "components that nobody uses": (
        _without("proxygen.openapi.parse._note_unused", lambda *_: None),
        "/components/responses/Unused/description",
    ),
    "schemas that nobody uses": (
        _without("proxygen.lower.service.ServiceLowering._note_unused_schemas", lambda *_: None),
        "/components/schemas/Unused/properties",
    ),
    "a body that is not looked at": (
        _without("proxygen.lower.bodies._note_unchecked", lambda *_: None),
        "/paths/~1files/post/requestBody/content/application~1octet-stream/schema/type",
    ),
    "security": (
        _without("proxygen.openapi.parse_operation.parse_security", lambda *_: None),
        f"{GET}/security",
    ),
}
"""A reader that is gone, and a node that is then lost."""


@pytest.mark.parametrize("name", DEAF)
def test_a_reader_that_is_gone_is_noticed(name: str) -> None:
    gone, place = DEAF[name]
    with gone():
        assert place in unheard(EVERYTHING, only=place.rpartition("/")[0])


def test_a_discriminator_that_tells_nothing_is_not_lost() -> None:
    tag = {"propertyName": "t", "mapping": {"a": "#/components/schemas/A"}}
    reference = {"$ref": "#/components/schemas/A"}
    schemas = {
        "A": {"type": "object", "properties": {"t": {"type": "string"}}, "discriminator": tag},
        "Texts": {"oneOf": [{"type": "string"}, {"type": "integer"}], "discriminator": tag},
        "Mixed": {"anyOf": [reference, {"type": "integer"}], "discriminator": tag},
        "Single": {"oneOf": [reference], "discriminator": tag},
        "Whole": {"allOf": [reference], "discriminator": tag},
    }
    properties = {name: {"$ref": f"#/components/schemas/{name}"} for name in schemas}
    paths = {"/a": body({"type": "object", "properties": properties})}
    assert unheard(document(paths, schemas=schemas), only="/components") == []
