"""Schemas in their final form: named, closed, local, safe to hand to datamodel-code-generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRef:
    """A class of the contracts: `module` is `requests` or `responses` of the service's contracts package.

    With `imported` set (`package.module:Class`), the class exists already and is imported, not generated.
    """

    module: str
    name: str
    imported: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSchema:
    """`value` is JSON Schema 2020-12; references in it are `#/$defs/<name>` of the same set only."""

    name: str
    value: Json
    pointer: str
    description: str = ""
    imported: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSet:
    """What one contracts module is made of: names are valid, distinct Python class names, in order.

    `formats` are the values of `format` that are checked; all others are annotations.
    """

    module: str
    schemas: tuple[NamedSchema, ...] = ()
    formats: tuple[str, ...] = ("uuid", "date")

    def defs(self) -> Mapping[str, Json]:
        """The set as JSON Schema's `$defs`."""
        return {schema.name: schema.value for schema in self.schemas}
