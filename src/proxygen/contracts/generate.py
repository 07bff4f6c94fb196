"""Writes a module of Pydantic classes for a schema set, by way of datamodel-code-generator.

The generator is given the schemas without any text (`visible`), and what it writes is parsed, held against a
list of what a contracts module may consist of (`tidy`), and written again from its tree.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Any

from proxygen.contracts.model import ContractModule, UnfitContractsError
from proxygen.contracts.tidy import tidy_module, unmarked
from proxygen.contracts.visible import marked, property_names, visible
from proxygen.ir.schema import SchemaSet

Json = Any


def generate_contracts(schemas: SchemaSet, *, title: str) -> ContractModule:
    """The module `schemas.module`: one class per schema under exactly its name; `title` its docstring.

    A schema with `imported` set becomes an import of that class under the schema's name. The generator
    gives names of its own to some types and would number ours to make room; so ours go in with a mark.
    """
    names = tuple(schema.name for schema in schemas.schemas)
    imported = {schema.name: schema.imported for schema in schemas.schemas if schema.imported}
    generated = [schema for schema in schemas.schemas if not schema.imported]
    values = {schema.name: visible(schema.value, schemas.formats) for schema in generated}
    values |= {name: {"type": "object"} for name in imported}
    mark = _mark(values)
    source = _models({f"{name}{mark}": marked(value, mark) for name, value in values.items()})
    tree = unmarked(ast.parse(source), mark)
    text = tidy_module(tree, names=names, imported=imported, title=title)
    return ContractModule(text=_formatted(text), class_names=names)


def _mark(values: Mapping[str, Json]) -> str:
    """An ending for our names that nothing in the set can give to a name of the generator's own."""
    everything = re.sub(r"[^a-z0-9]", "", json.dumps(values).casefold())
    mark = "Qz"
    while mark.casefold() in everything:
        mark += "qz"
    return mark


def _models(values: Mapping[str, Json]) -> str:
    """What datamodel-code-generator makes of these definitions."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": values}
    odd = property_names(list(values.values()), _is_odd)
    aliases = {name: f"field_{hashlib.sha256(name.encode()).hexdigest()[:8]}" for name in odd}
    from datamodel_code_generator import generate

    result = generate(json.dumps(document, ensure_ascii=True), **_options(), aliases=aliases)
    if not isinstance(result, str):
        raise UnfitContractsError(f"more than one module, or none, for {len(values)} schemas")
    return result


def _is_odd(name: str) -> bool:
    """Whether a property needs a field name that the generator does not find.

    Python folds non-ASCII names, and a lone `l` is taken for a one (E741).
    """
    return not name.isascii() or len(name) > 60 or name in ("l", "L")


@cache
def _options() -> dict[str, Any]:
    from datamodel_code_generator.enums import (
        DataModelType,
        InputFileType,
        StrictTypes,
        TargetPydanticVersion,
    )
    from datamodel_code_generator.format import PythonVersion
    from datamodel_code_generator.parser import LiteralType

    return {
        "input_file_type": InputFileType.JsonSchema,
        "output_model_type": DataModelType.PydanticV2BaseModel,
        "target_python_version": PythonVersion.PY_311,
        "target_pydantic_version": TargetPydanticVersion("2.14"),
        "allow_remote_refs": False,
        "disable_appending_item_suffix": True,
        "disable_timestamp": True,
        "enum_field_as_literal": LiteralType.All,
        "field_constraints": True,
        "formatters": [],
        "keep_model_order": True,
        "skip_root_model": True,
        "snake_case_field": True,
        "strict_nullable": True,
        "strict_types": [
            StrictTypes.str,
            StrictTypes.int,
            StrictTypes.float,
            StrictTypes.bool,
        ],
        "use_annotated": True,
        "use_missing_sentinel": True,
        "use_standard_collections": True,
        "use_standard_primitive_types": True,
        "use_union_operator": True,
    }


@cache
def _ruff() -> str:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

    return str(find_ruff_bin())


def _formatted(text: str) -> str:
    """The text as `ruff format` leaves it at 100 columns."""
    command = [_ruff(), "format", "--isolated", "--line-length=100", "--target-version=py311", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)  # noqa: S603 - our own ruff, no text of a document in the arguments
    if done.returncode:
        raise UnfitContractsError(done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode()
