"""The classes have exactly the names they are given, judge as JSON Schema does, and hold no text as code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import TypeAdapter, ValidationError

from proxygen.contracts.generate import generate_contracts
from proxygen.contracts.model import UnfitContractsError
from proxygen.ir.schema import NamedSchema, SchemaSet

Json = Any
ROOT = Path(__file__).parents[3]
ELSEWHERE = "lint.isort.known-third-party=['proxygen']"
"""Contracts are sorted as in a service, where proxygen is somebody else's package."""


def schema_set(imported: dict[str, str] | None = None, **schemas: Json) -> SchemaSet:
    return SchemaSet(
        module="requests",
        schemas=tuple(
            NamedSchema(name=name, value=value, pointer="", imported=(imported or {}).get(name))
            for name, value in schemas.items()
        ),
    )


def text_of(**schemas: Json) -> str:
    return generate_contracts(schema_set(**schemas), title="Contracts.").text


def load(text: str) -> ModuleType:
    module = ModuleType("generated_contracts")
    sys.modules[module.__name__] = module
    exec(compile(text, "contracts.py", "exec"), module.__dict__)  # noqa: S102 - what is tested is that it runs
    return module


def accepts(model: Any, value: str) -> bool:
    try:
        TypeAdapter(model).validate_json(value, strict=True)
    except ValidationError:
        return False
    return True


TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (TEXT, ['"a"'], ["1", "null"]),
        ({"type": "integer"}, ["1"], ['"7"', "true", "1.5"]),
        ({"type": "number"}, ["1", "1.5"], ['"1"', "true"]),
        ({"type": "boolean"}, ["true"], ["1", '"true"']),
        ({"type": ["string", "null"], "maxLength": 1}, ['"a"', "null"], ['"ab"', "1"]),
        ({"type": "string", "pattern": r"^a\d$"}, ['"a1"'], ['"ab"']),
        ({"type": "string", "format": "uuid"}, ['"3fa85f64-5717-4562-b3fc-2c963f66afa6"'], ['"x"']),
        (
            {"type": "string", "format": "date"},
            ['"2026-01-31"'],
            ['"2026-02-31"', "0", '"2026-01-31T00:00:00"'],
        ),
        ({"type": "string", "format": "date-time"}, ['"whenever"'], ["1"]),
        ({"enum": ["a", 1, None]}, ['"a"', "1", "null"], ["true", '"b"', "2"]),
        ({"enum": [0, *range(3, 60, 3)]}, ["0", "57"], ["false", "1"]),
        ({"enum": [1, 5, True]}, ["1", "5", "true"], ["false", "2"]),
        ({"enum": [0, 5, True]}, ["0", "true"], ["false", "1"]),
        ({"const": "a"}, ['"a"'], ['"b"']),
        (
            {"type": "integer", "exclusiveMinimum": 1, "maximum": 4, "multipleOf": 2},
            ["2", "4"],
            ["1", "3", "6"],
        ),
        (
            {"type": "array", "items": {"type": "string", "minLength": 2}, "maxItems": 1},
            ["[]", '["aa"]'],
            ['["a"]', '["aa","aa"]'],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
            ['{"a":1}'],
            ["{}", '{"a":"1"}'],
        ),
        (
            {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "integer"}]},
            ['"a"', "3"],
            ['"ab"', "true"],
        ),
        ({}, ["1", "null", "[]"], []),
    ],
)
def test_a_field_is_judged_strictly(schema: Json, good: list[str], bad: list[str]) -> None:
    it = {"type": "object", "required": ["a"], "properties": {"a": schema}}
    model = load(text_of(It=it)).It
    for value in good:
        assert accepts(model, f'{{"a": {value}}}'), value
    for value in [*bad]:
        assert not accepts(model, f'{{"a": {value}}}'), value


def test_absent_null_and_unknown_are_told_apart() -> None:
    it = {
        "type": "object",
        "required": ["must"],
        "properties": {
            "must": {"type": ["string", "null"]},
            "may": TEXT,
            "either": {"type": ["string", "null"]},
        },
    }
    model = load(text_of(It=it)).It
    assert accepts(model, '{"must": null, "unknown": 1}')
    assert accepts(model, '{"must": "a", "may": "b", "either": null}')
    assert not accepts(model, "{}")
    assert not accepts(model, '{"must": null, "may": null}')


def test_additional_properties_are_forbidden_only_where_the_schema_says_so() -> None:
    closed = {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}
    typed = {
        "type": "object",
        "properties": {"a": TEXT},
        "additionalProperties": {"type": "integer"},
    }
    module = load(text_of(Closed=closed, Typed=typed))
    assert not accepts(module.Closed, '{"b": 1}')
    assert accepts(module.Typed, '{"a": "x", "b": 1}')
    assert not accepts(module.Typed, '{"b": "x"}')


def test_a_discriminator_chooses_the_branch() -> None:
    def pet(kind: str, **more: Json) -> Json:
        return {
            "type": "object",
            "required": ["petKind"],
            "properties": {"petKind": {"const": kind}, **more},
        }

    union = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {
            "propertyName": "petKind",
            "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
        },
    }
    module = load(text_of(Cat=pet("cat", lives={"type": "integer"}), Dog=pet("dog"), Pet=union))
    assert accepts(module.Pet, '{"petKind": "cat", "lives": 9}')
    assert not accepts(module.Pet, '{"petKind": "cat", "lives": "9"}')
    assert not accepts(module.Pet, '{"petKind": "cow"}')


def test_inheritance_and_recursion_stay_readable() -> None:
    base = {"type": "object", "required": ["id"], "properties": {"id": TEXT}}
    derived = {
        "allOf": [
            {"$ref": "#/$defs/Base"},
            {
                "type": "object",
                "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Derived"}}},
            },
        ]
    }
    text = text_of(Base=base, Derived=derived)
    assert "class Derived(Base):" in text
    model = load(text).Derived
    assert accepts(model, '{"id": "a", "kids": [{"id": "b"}]}')
    assert not accepts(model, '{"id": "a", "kids": [{}]}')


def test_what_a_base_only_requires_is_described_beside_it() -> None:
    base = {"type": "object", "required": ["files"], "properties": {"files": {}}}
    own = {
        "type": "object",
        "properties": {"files": {"type": "array", "items": {"type": "string"}}},
    }
    module = load(text_of(Base=base, Child={"allOf": [{"$ref": "#/$defs/Base"}, own]}))
    assert accepts(module.Child, '{"files": ["a"]}')
    for value in ('{"files": "a"}', '{"files": [1]}', '{"files": null}', "{}"):
        assert not accepts(module.Child, value), value


def test_names_are_exactly_those_of_the_set() -> None:
    schemas: dict[str, Json] = {
        "Zebra": {
            "type": "object",
            "properties": {
                "essay_ids": {"type": "array", "items": {"type": "string", "minLength": 1}}
            },
        },
        "EssayId": {"type": "object", "properties": {"a": TEXT}},
        "HTTPError": TEXT,
        "Date": {
            "type": "object",
            "properties": {"date": {"type": "string", "format": "date"}, "str": TEXT},
        },
        "V1Schema2Item": {"type": "array", "items": {"$ref": "#/$defs/EssayId"}},
    }
    module = generate_contracts(schema_set(**schemas), title="Contracts.")
    written = [node.name for node in ast.parse(module.text).body if isinstance(node, ast.ClassDef)]
    assert module.class_names == tuple(schemas)
    assert set(written) - {"Contract", "RootContract"} == set(schemas)


def test_a_mapped_class_is_imported_and_not_written() -> None:
    holder = {"type": "object", "properties": {"a": {"$ref": "#/$defs/Given"}}}
    text = generate_contracts(
        schema_set({"Given": "common.models:Batch"}, Given=TEXT, Holder=holder), title="Contracts."
    ).text
    assert "from common.models import Batch as Given" in text
    assert "class Given" not in text


@pytest.mark.parametrize("place", ["os;system:X", "os:system()", "a b:C", "os.path"])
def test_a_mapped_class_must_be_a_module_and_a_name(place: str) -> None:
    with pytest.raises(UnfitContractsError):
        generate_contracts(schema_set({"Given": place}, Given=TEXT), title="Contracts.")


HOSTILE = [
    '"""\nimport os\nos.system("x")\n"""',
    "'''\nraise SystemExit\n'''",
    "\\",
    'trailing \\"""',
    "a\rraise SystemExit\r#",
    "{{ 7*7 }} {% raw %}",
    "\u202eX\u2066",
    "\x00\x1b",
    "x\u2028y\ufeff",
    "_long_string_0_",
    "_long_string_0_" * 20 + "'); raise SystemExit('",
    "é" * 100,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_slot_is_a_constant_or_is_not_there(text: str) -> None:
    it = {
        "title": text,
        "description": text,
        "type": "object",
        "properties": {
            text: {"type": "string", "description": text, "title": text, "default": text},
            "member": {"enum": [text, "other"]},
            "one": {"const": text},
            "like": {"type": "string", "pattern": re.sub(r"\W", "", text)},
        },
        "examples": [text],
        "x-python-type": text,
        "customTypePath": "os.system",
        "x-enum-varnames": [text],
    }
    plain = skeleton(
        text_of(
            It={
                "type": "object",
                "properties": {
                    "field": TEXT,
                    "member": {"enum": ["a", "other"]},
                    "one": {"const": "b"},
                    "like": {"type": "string", "pattern": "c"},
                },
            }
        )
    )
    assert skeleton(text_of(It=it)) == plain
    model = load(text_of(It=it)).It
    assert accepts(model, '{"member": "other"}')
    assert not accepts(model, '{"one": "something else"}')


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text(min_size=1))
def test_any_text_leaves_the_skeleton_alone(text: str, name: str) -> None:
    it = {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": text},
            "zz": {"enum": [text, "other"]},
        },
    }
    assert skeleton(text_of(It=it)) == [("It", 2)]


def skeleton(text: str) -> list[tuple[str, int]]:
    """Classes with the number of their fields, after the two that every module has."""
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return [(node.name, len(node.body)) for node in classes if not node.name.endswith("Contract")]


def test_no_pattern_runs_in_an_engine_that_backtracks() -> None:
    text = text_of(
        It={"type": "object", "properties": {"a": {"type": "string", "pattern": r"\b(a+)+\b"}}}
    )
    assert "regex_engine" not in text
    assert not accepts(load(text).It, '{"a": "' + "!" * 50_000 + '"}')


def test_the_output_is_clean_and_importing_it_builds_nothing(tmp_path: Path) -> None:
    union = {
        "anyOf": [
            {"type": "array", "items": {"$ref": "#/$defs/Either"}},
            {"type": "string", "maxLength": 3},
        ]
    }
    it = {
        "type": "object",
        "required": ["class", "u"],
        "properties": {
            "class": {"type": "string", "format": "uuid"},
            "copy": {"type": ["integer", "null"]},
            "u": {"$ref": "#/$defs/Either"},
            "long": {"enum": ["words " * 30]},
            "a-b": TEXT,
            "a_b": TEXT,
            "model_id": TEXT,
            "date": {"type": "string", "format": "date"},
            "list": {"type": "array", "items": {"type": "string", "format": "date"}},
        },
    }
    file = tmp_path / "contracts.py"
    file.write_text(text_of(It=it, Either=union))
    for command in (
        [
            "ruff",
            "check",
            "--config",
            str(ROOT / "pyproject.toml"),
            "--config",
            ELSEWHERE,
            "--no-cache",
        ],
        ["ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        ["mypy", "--strict", f"--cache-dir={tmp_path / 'mypy'}", "--config-file="],
    ):
        done = subprocess.run(  # noqa: S603 - constant arguments
            [sys.executable, "-m", *command, str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    module = load(file.read_text())
    assert not module.It.__pydantic_complete__
    assert accepts(module.It, '{"class": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "u": [["abc"]]}')


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)
ALIKE: dict[str, Json] = {
    "It": {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]},
            "b": {
                "type": "array",
                "items": {"type": ["string", "integer"], "enum": ["a", 1, 2]},
                "minItems": 1,
            },
            "c": {
                "anyOf": [
                    {"type": "string", "minLength": 2},
                    {"type": "integer", "minimum": 0},
                    {"$ref": "#/$defs/Part"},
                ]
            },
        },
    },
    "Part": {
        "type": "object",
        "properties": {"a": {"type": "boolean"}, "b": {"type": ["string", "null"]}},
        "additionalProperties": False,
    },
}


@pytest.fixture(scope="module")
def alike() -> Any:
    return load(text_of(**ALIKE)).It


@settings(max_examples=400, deadline=None)
@given(value=VALUES | st.fixed_dictionaries({"a": VALUES}, optional={"b": VALUES, "c": VALUES}))
def test_class_and_json_schema_judge_alike(alike: Any, value: Json) -> None:
    import json

    validator = Draft202012Validator(
        {"$defs": ALIKE, "$ref": "#/$defs/It"}, format_checker=FormatChecker()
    )
    assert accepts(alike, json.dumps(value)) == validator.is_valid(value)
