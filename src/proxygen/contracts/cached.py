"""Contracts modules from the cache: known by everything that they are made from."""

from __future__ import annotations

import json
from collections.abc import Callable

from proxygen.cache import Cache, key_of
from proxygen.contracts.model import ContractModule, UnfitContractsError
from proxygen.contracts.written import check_written
from proxygen.generator import generator_digest
from proxygen.ir.schema import SchemaSet

_KIND = "contracts"


def cached_contracts(
    schemas: SchemaSet,
    title: str,
    *,
    cache: Cache,
    make: Callable[[SchemaSet, str], ContractModule],
) -> ContractModule:
    """The module that `make` makes, which is asked only where the cache has none that is fit to be used."""
    key = key_of([generator_digest(), title, *_parts(schemas)])
    kept = cache.get(_KIND, key)
    names = tuple(schema.name for schema in schemas.schemas)
    if kept is not None:
        imported = {schema.name: schema.imported for schema in schemas.schemas if schema.imported}
        try:
            text = kept.decode()
            check_written(text, names=names, imported=imported, title=title)
            return ContractModule(text=text, class_names=names)
        except (UnfitContractsError, UnicodeDecodeError):
            pass
    made = make(schemas, title)
    cache.put(_KIND, key, made.text.encode())
    return made


def _parts(schemas: SchemaSet) -> list[str]:
    """What decides about the text; where a schema stands in its document does not."""
    return [
        schemas.module,
        json.dumps(schemas.formats),
        *(json.dumps([one.name, one.imported, one.value], default=repr) for one in schemas.schemas),
    ]
