"""Contracts modules from the cache: known by everything that they are made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module

from proxygen.cache import Cache, key_of
from proxygen.contracts.model import ContractModule, UnfitContractsError
from proxygen.contracts.written import check_written
from proxygen.cores import ONE_CORE, Cores
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
    return begin_contracts(schemas, title, cache=cache, make=make, cores=ONE_CORE)()


def begin_contracts(
    schemas: SchemaSet,
    title: str,
    *,
    cache: Cache,
    make: Callable[[SchemaSet, str], ContractModule],
    cores: Cores,
) -> Callable[[], ContractModule]:
    """As `cached_contracts`, whose result it gives when it is called; another core makes it meanwhile."""
    key = key_of([generator_digest(), title, *_parts(schemas)])
    kept = cache.get(_KIND, key)
    if kept is None and cores.count > 1:
        # What takes half a second to import is imported once, for all the processes.
        import_module("datamodel_code_generator.parser.jsonschema")

    def fit() -> ContractModule:
        known = None if kept is None else _fit(kept, schemas, title)
        if known is not None:
            return known
        made = make(schemas, title)
        cache.put(_KIND, key, made.text.encode())
        return made

    return cores.start(fit)


def _fit(kept: bytes, schemas: SchemaSet, title: str) -> ContractModule | None:
    """The module that was kept, where it passes for one that is made now."""
    names = tuple(schema.name for schema in schemas.schemas)
    imported = {schema.name: schema.imported for schema in schemas.schemas if schema.imported}
    try:
        text = kept.decode()
        check_written(text, names=names, imported=imported, title=title)
    except (UnfitContractsError, UnicodeDecodeError):
        return None
    return ContractModule(text=text, class_names=names)


def _parts(schemas: SchemaSet) -> list[str]:
    """What decides about the text; where a schema stands in its document does not."""
    return [
        schemas.module,
        json.dumps(schemas.formats),
        *(json.dumps([one.name, one.imported, one.value], default=repr) for one in schemas.schemas),
    ]
