"""From a folder of documents to the text of every file of their edge; touches no output."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from proxygen.audit.matrix import AUDIT, access_matrix, matrix_text
from proxygen.cache import NO_CACHE, Cache
from proxygen.config.model import Config, SelectionConfig, ServiceConfig
from proxygen.config.read import load_config
from proxygen.contracts.cached import cached_contracts
from proxygen.contracts.generate import generate_contracts
from proxygen.contracts.model import ContractModule
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.ir.gateway import Gateway
from proxygen.ir.ledger import LedgerCount, LedgerEntry, Outcome
from proxygen.ir.schema import SchemaSet
from proxygen.lower.gateway import lower_gateway
from proxygen.lower.naming import service_names
from proxygen.openapi.model import Contract
from proxygen.openapi.read import ReadContract, read_contract
from proxygen.openapi.selection import Pattern, Patterns, Selection
from proxygen.output.manifest import MANIFEST, Origin, manifest_of
from proxygen.render.gateway import render_gateway
from proxygen.render.template_set import TemplateSet
from proxygen.source.files import VendoredCopy
from proxygen.source.load import display_name
from proxygen.standing import origin_of

ContractsStage = Callable[[SchemaSet, str], ContractModule]
"""Writes one contracts module, given its schemas and its docstring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A whole edge: `files` by relative path, manifest included; `diagnostics` are warnings."""

    config: Config
    gateway: Gateway
    origin: Origin
    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No edge can be built from this input: at least one of the diagnostics is an error."""

    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """An edge as data, before anything of it is written; `contracts` by the services' configured names."""

    config: Config
    read: Mapping[str, ReadContract]
    gateway: Gateway
    diagnostics: tuple[Diagnostic, ...]

    @property
    def contracts(self) -> Mapping[str, Contract]:
        """What the documents say."""
        return {name: one.contract for name, one in self.read.items()}


def lower(
    config: Config, *, like: Lowered | None = None, cache: Cache = NO_CACHE
) -> Lowered | Refused:
    """The edge of this configuration as data: what a comparison needs, in a fraction of a build's time.

    Documents that have the same bytes in `like` are not read again; where the configuration has them as well,
    `like` is what comes.
    """
    try:
        read, warnings = _read(config, like, cache)
        if like is not None and _is_like(config, read, like):
            return like
        contracts = {name: one.contract for name, one in read.items()}
        gateway, found = lower_gateway(config, contracts)
        _refuse((*warnings, *found))
    except InputRefused as refused:
        return Refused(diagnostics=_sorted(refused.diagnostics))
    return Lowered(
        config=config,
        read=read,
        gateway=gateway,
        diagnostics=_sorted((*warnings, *found)),
    )


def build_specs(
    specs: Path,
    *,
    output: Path | None = None,
    config: Path | None = None,
    templates: Path | None = None,
    cache: Cache = NO_CACHE,
) -> Build | Refused:
    """`build` for the configuration of this folder (or document), as the command line gives it."""
    try:
        loaded = load_config(specs, output=output, config=config, templates=templates)
    except InputRefused as refused:
        return Refused(diagnostics=_sorted(refused.diagnostics))
    return build(loaded, cache=cache)


def build(
    config: Config, *, contracts: ContractsStage | None = None, cache: Cache = NO_CACHE
) -> Build | Refused:
    """The edge of this configuration; every error of every document is reported, not the first."""
    try:
        _refuse_own_folder(config)
        templates = TemplateSet.load(config.templates)
        read, warnings = _read(config, cache=cache)
        parsed = {name: one.contract for name, one in read.items()}
        gateway, found = lower_gateway(config, parsed)
        warnings += found
        _refuse(warnings)
        gateway = _with_findings(gateway, config, read)
        files = render_gateway(
            gateway, _contracts(gateway, contracts or _generate, cache), templates=templates
        )
        origin = origin_of(config, templates, _documents(config, read))
    except InputRefused as refused:
        return Refused(diagnostics=_sorted(refused.diagnostics))
    files[AUDIT] = matrix_text(access_matrix(gateway))
    files[MANIFEST] = manifest_of(origin, files).text()
    return Build(
        config=config,
        gateway=gateway,
        origin=origin,
        files=files,
        diagnostics=_sorted(warnings),
    )


def _with_findings(gateway: Gateway, config: Config, read: Mapping[str, ReadContract]) -> Gateway:
    """The ledger with what was found while reading, except where it has a line for the same place."""
    known = {entry.location for entry in gateway.ledger}
    packages = service_names(tuple(service.name for service in config.services))
    entries = [
        LedgerEntry(
            service=packages[name],
            outcome=Outcome.PASSED,
            construct="finding",
            rule=item.rule,
            location=item.location,
            detail=item.found,
            cure=item.cure,
        )
        for name, one in read.items()
        for item in one.diagnostics
        if item.location not in known
    ]
    counts = [
        LedgerCount(service=service, construct="finding", outcome=Outcome.PASSED, count=count)
        for service, count in Counter(entry.service for entry in entries).items()
    ]
    return replace(gateway, ledger=(*gateway.ledger, *entries), counts=(*gateway.counts, *counts))


def _refuse_own_folder(config: Config) -> None:
    """The output is replaced whole, so the documents cannot be in it."""
    output = config.output.resolve()
    if config.folder.resolve().is_relative_to(output):
        location = Location(config.output.as_posix())
        found = "The documents are in the folder that is to be written."
        cure = "Name a folder of its own with --output or gateway.output."
        finding = Diagnostic("output-holds-documents", Severity.ERROR, location, found, cure)
        raise InputRefused([finding])


def _read(
    config: Config, like: Lowered | None = None, cache: Cache = NO_CACHE
) -> tuple[dict[str, ReadContract], tuple[Diagnostic, ...]]:
    """The contracts by service; raises with the findings of all documents where one has an error."""
    read: dict[str, ReadContract] = {}
    found: list[Diagnostic] = []
    for service in config.services:
        if service.spec is None:
            continue
        try:
            known = None if like is None else _known(service, config.folder, like)
            one = known or _contract(service, service.spec, config.folder, cache)
            read[service.name] = one
            findings = one.diagnostics
        except InputRefused as refused:
            findings = refused.diagnostics
        found += findings
    _refuse(found)
    return read, (*found, *_unused(config, read))


def _is_like(config: Config, read: Mapping[str, ReadContract], like: Lowered) -> bool:
    """Whether nothing that an edge is made of is another than it was in another folder of the same name."""
    if config.file is None or like.config.file is None:
        same = config.file is like.config.file
    else:
        same = config.file.read_bytes() == like.config.file.read_bytes() and display_name(
            config.file, config.folder
        ) == display_name(like.config.file, like.config.folder)
    names = [
        [display_name(path, one.folder) for path in one.parts] for one in (config, like.config)
    ]
    return (
        same
        and names[0] == names[1]
        and read.keys() == like.read.keys()
        and all(one is like.read[name] for name, one in read.items())
    )


def _known(service: ServiceConfig, folder: Path, like: Lowered) -> ReadContract | None:
    """What was read in another folder of the same name, where all that it depends on is the same."""
    there = next((one for one in like.config.services if one.name == service.name), None)
    known = like.read.get(service.name)
    if there is None or known is None or service.spec is None or there.spec is None:
        return None
    root = like.config.folder
    if folder.resolve().name != root.resolve().name or (
        _reading(service, folder) != _reading(there, root)
    ):
        return None
    for path in (there.spec, *known.files):
        twin = folder / os.path.relpath(path.resolve(), root.resolve())
        if not twin.is_file() or twin.read_bytes() != path.read_bytes():
            return None
    return known


def _reading(service: ServiceConfig, folder: Path) -> object:
    """What the configuration says about how a document is read, wherever it says so."""
    files = [service.spec, *service.overlays]
    selected = [
        (item.name, [pattern.text for pattern in getattr(selection, item.name)])
        for selection in (service.include, service.exclude)
        for item in fields(selection)
    ]
    copies = {
        url: (display_name(copy.file, folder), copy.sha256)
        for url, copy in service.references.items()
    }
    names = [None if path is None else display_name(path, folder) for path in files]
    return service.strict, names, selected, copies


def _contract(service: ServiceConfig, spec: Path, folder: Path, cache: Cache) -> ReadContract:
    copies = {
        url: VendoredCopy(path=copy.file, sha256=copy.sha256, location=copy.location)
        for url, copy in service.references.items()
    }
    selects = (service.include, service.exclude) != (SelectionConfig(), SelectionConfig())
    return read_contract(
        spec,
        root=folder,
        strict=service.strict,
        overlays=service.overlays,
        copies=copies,
        selection=Selection(include=_patterns(service.include), exclude=_patterns(service.exclude))
        if selects
        else None,
        cache=cache,
    )


def _patterns(said: SelectionConfig) -> Patterns:
    kinds = {
        item.name: tuple(
            Pattern(text=one.text, location=one.location) for one in getattr(said, item.name)
        )
        for item in fields(said)
    }
    return Patterns(**kinds)


def _unused(config: Config, read: Mapping[str, ReadContract]) -> tuple[Diagnostic, ...]:
    """A warning for each file beside the documents that is none and that none refers to."""
    used = {path.resolve() for one in read.values() for path in one.files}
    return tuple(
        Diagnostic(
            "unused-file",
            Severity.WARNING,
            Location(display_name(path, config.folder)),
            "This is no OpenAPI document (it has no key `openapi`), and no document refers to it.",
            "Write the key, name the file as an overlay, or move it elsewhere.",
        )
        for path in config.parts
        if path.resolve() not in used
    )


def _refuse(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> None:
    if any(item.severity is Severity.ERROR for item in found):
        raise InputRefused(found)


def _generate(schemas: SchemaSet, title: str) -> ContractModule:
    return generate_contracts(schemas, title=title)


def _contracts(
    gateway: Gateway, generate: ContractsStage, cache: Cache
) -> dict[tuple[str, str], ContractModule]:
    """One module per service and direction, one after the other."""
    made = {}
    for service in gateway.services:
        for schemas, what in (
            (service.requests, "takes"),
            (service.responses, "answers"),
        ):
            if schemas.schemas:
                title = f"What {service.name} {what} ({service.document})."
                made[service.name, schemas.module] = cached_contracts(
                    schemas, title, cache=cache, make=generate
                )
    return made


def _documents(config: Config, read: Mapping[str, ReadContract]) -> dict[str, str]:
    """The hash of every document of this build as it was read, by name."""
    return {
        display_name(path, config.folder): found
        for one in read.values()
        for path, found in one.files.items()
    }


def _sorted(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """By place, so that a reader goes through each file once; without repetitions."""
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda item: (item.location, item.rule, item.found)))
