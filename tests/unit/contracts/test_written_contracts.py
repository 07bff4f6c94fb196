"""A contracts module from elsewhere than the generator: what one may consist of passes, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from proxygen.cache import Cache
from proxygen.contracts.cached import cached_contracts
from proxygen.contracts.generate import generate_contracts
from proxygen.contracts.model import ContractModule, UnfitContractsError
from proxygen.contracts.nodes import nodes_of
from proxygen.contracts.written import check_written
from proxygen.ir.schema import NamedSchema, SchemaSet

TITLE = "What pets takes (pets.yaml)."
SCHEMAS = SchemaSet(
    module="requests",
    schemas=(
        NamedSchema(
            name="Pet",
            value={
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "age": {"type": "integer", "minimum": -3},
                    "kind": {"enum": ["cat", True, None]},
                    "parents": {"type": "array", "items": {"$ref": "#/$defs/Pet"}, "maxItems": 2},
                },
                "additionalProperties": {"type": "string", "pattern": "^" + "long " * 30},
            },
            pointer="/components/schemas/Pet",
        ),
        NamedSchema(name="Tags", value={"type": "array", "items": {"type": "string"}}, pointer="/"),
        NamedSchema(name="Owner", value={}, pointer="/", imported="team.people:Person"),
    ),
)
NAMES = ("Pet", "Tags", "Owner")
IMPORTED = {"Owner": "team.people:Person"}


def made(schemas: SchemaSet, title: str) -> ContractModule:
    return generate_contracts(schemas, title=title)


@pytest.fixture(scope="module")
def text() -> str:
    return made(SCHEMAS, TITLE).text


def test_what_the_generator_wrote_passes(text: str) -> None:
    check_written(text, names=NAMES, imported=IMPORTED, title=TITLE)


FOREIGN = {
    "a statement": ("class Pet(", "print(1)\n\n\nclass Pet("),
    "an import of a module": ("class Pet(", "import os\n\n\nclass Pet("),
    "an import from a module": ("class Pet(", "from os import system\n\n\nclass Pet("),
    "an import in the place of Field": (
        "class Pet(",
        "from builtins import exec as Field\n\n\nclass Pet(",
    ),
    "a relative import": ("class Pet(", "from . import pydantic\n\n\nclass Pet("),
    "another class of the team's": ("import Person as", "import Admin as"),
    "a call in a type": ("Field(ge=-3)", "breakpoint()"),
    "a name that Field would call": ("Field(ge=-3)", "Field(default_factory=int)"),
    "a name that is given in a type": ("Field(ge=-3)", "(Field := print)"),
    "a name that is defined nowhere": ("list[Pet]", "list[Nobody]"),
    "a name that is defined nowhere in a literal's place": ("list[Pet]", "list[dict[str, Nobody]]"),
    "a call in an argument": ("Field(ge=-3)", "Field(ge=int())"),
    "a method": ("class Pet(Contract):", "class Pet(Contract):\n    def x(self): ...\n"),
    "a decorator": ("class Pet(", "@staticmethod\nclass Pet("),
    "a keyword of a class": ("class Pet(Contract)", "class Pet(Contract, metaclass=int)"),
    "a default that is made": ("= MISSING", "= print()"),
    "another base class": ("class Pet(Contract)", "class Pet(Nobody)"),
    "a class that nobody named": ("class Pet(", "class Pat(Contract):\n    pass\n\n\nclass Pet("),
    "a class less": ("class Tags(", "class Tag("),
    "another docstring": (TITLE, "What cats takes."),
    "changed base classes": ("defer_build=True, protected", "defer_build=False, protected"),
    "no Python": ("class Pet(", "class class Pet("),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_anything_else_is_refused(text: str, case: str) -> None:
    old, new = FOREIGN[case]
    assert old in text
    with pytest.raises(UnfitContractsError):
        check_written(text.replace(old, new, 1), names=NAMES, imported=IMPORTED, title=TITLE)


def test_no_node_of_a_module_is_passed_over(text: str) -> None:
    tree = ast.parse(text)
    assert not_contexts(nodes_of(tree)) == not_contexts(ast.walk(tree))


def not_contexts(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Whether a name is read or written is no node of its own: all names share three of them."""
    return [node for node in nodes if not isinstance(node, ast.expr_context)]


def test_a_module_is_made_once_and_taken_from_the_cache_after_that(
    tmp_path: Path, text: str
) -> None:
    cache = Cache(folder=tmp_path)
    calls: list[str] = []

    def counted(schemas: SchemaSet, title: str) -> ContractModule:
        calls.append(title)
        return ContractModule(text=text, class_names=NAMES)

    first = cached_contracts(SCHEMAS, TITLE, cache=cache, make=counted)
    assert cached_contracts(SCHEMAS, TITLE, cache=cache, make=counted) == first
    assert calls == [TITLE]
    cached_contracts(SCHEMAS, "Another.", cache=cache, make=counted)
    assert calls == [TITLE, "Another."]


def test_a_forged_entry_is_made_anew(tmp_path: Path, text: str) -> None:
    cache = Cache(folder=tmp_path)

    def genuine(_: SchemaSet, __: str) -> ContractModule:
        return ContractModule(text=text, class_names=NAMES)

    def forged(_: SchemaSet, __: str) -> ContractModule:
        evil = text.replace("class Pet(", "print(1)\n\n\nclass Pet(")
        return ContractModule(text=evil, class_names=NAMES)

    cached_contracts(SCHEMAS, TITLE, cache=cache, make=forged)
    assert cached_contracts(SCHEMAS, TITLE, cache=cache, make=genuine).text == text
    assert cached_contracts(SCHEMAS, TITLE, cache=cache, make=forged).text == text
