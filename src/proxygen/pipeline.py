"""From a folder of documents to the text of every file of their edge; touches no output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from proxygen.audit.matrix import AUDIT, access_matrix, matrix_text
from proxygen.cache import NO_CACHE, Cache
from proxygen.config.model import Config
from proxygen.config.read import load_config
from proxygen.contracts.cached import begin_contracts
from proxygen.contracts.generate import generate_contracts
from proxygen.contracts.model import ContractModule
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.ir.gateway import Gateway, Service
from proxygen.ir.ledger import LedgerCount, LedgerEntry, Outcome
from proxygen.ir.schema import SchemaSet
from proxygen.lower.gateway import lower_gateway
from proxygen.lower.naming import service_names
from proxygen.openapi.model import Contract
from proxygen.openapi.read import ReadContract
from proxygen.output.manifest import MANIFEST, Origin, manifest_of
from proxygen.reading import read_documents, refuse
from proxygen.render.gateway import render_gateway
from proxygen.render.template_set import TemplateSet
from proxygen.source.load import display_name
from proxygen.standing import origin_of

_LARGE: Final = 1024 * 1024
"""Bytes of documents that take about a second to build."""

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
        read, warnings = read_documents(config, like, cache)
        if like is not None and _is_like(config, read, like):
            return like
        contracts = {name: one.contract for name, one in read.items()}
        gateway, found = lower_gateway(config, contracts, cache=cache)
        refuse((*warnings, *found))
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
    cores: Cores = ONE_CORE,
) -> Build | Refused:
    """`build` for the configuration of this folder (or document), as the command line gives it."""
    try:
        loaded = load_config(specs, output=output, config=config, templates=templates)
    except InputRefused as refused:
        return Refused(diagnostics=_sorted(refused.diagnostics))
    return build(loaded, cache=cache, cores=cores)


def build(
    config: Config,
    *,
    contracts: ContractsStage | None = None,
    cache: Cache = NO_CACHE,
    cores: Cores = ONE_CORE,
) -> Build | Refused:
    """The edge of this configuration; every error of every document is reported, not the first.

    Several documents are worked on side by side, with the same result. One document is not divided: what else
    runs on the machine has the other cores.
    """
    if not _is_worth_processes(config):
        cores = ONE_CORE
    making = _Making(contracts or _generate, cache, cores)
    try:
        _refuse_own_folder(config)
        templates = TemplateSet.load(config.templates)
        with cores:
            read, warnings = read_documents(config, cache=cache, cores=cores)
            parsed = {name: one.contract for name, one in read.items()}
            gateway, found = lower_gateway(config, parsed, lowered=making.begin, cache=cache)
            warnings += found
            refuse(warnings)
            gateway = _with_findings(gateway, config, read)
            files = render_gateway(
                gateway, making.modules, templates=templates, cache=cache, cores=cores
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


def _is_worth_processes(config: Config) -> bool:
    """Whether there are several documents, and so much in them that it is more than what processes cost."""
    specs = [service.spec for service in config.services if service.spec is not None]
    size = sum(spec.stat().st_size for spec in specs if spec.is_file())
    return len(specs) > 1 and size >= _LARGE


def _refuse_own_folder(config: Config) -> None:
    """The output is replaced whole, so the documents cannot be in it."""
    output = config.output.resolve()
    if config.folder.resolve().is_relative_to(output):
        location = Location(config.output.as_posix())
        found = "The documents are in the folder that is to be written."
        cure = "Name a folder of its own with --output or gateway.output."
        finding = Diagnostic("output-holds-documents", Severity.ERROR, location, found, cure)
        raise InputRefused([finding])


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


def _generate(schemas: SchemaSet, title: str) -> ContractModule:
    return generate_contracts(schemas, title=title)


class _Making:
    """The contracts modules of a build, by service and direction: begun when the service is known."""

    def __init__(self, generate: ContractsStage, cache: Cache, cores: Cores) -> None:
        self._generate = generate
        self._cache = cache
        self._cores = cores
        self._begun: dict[tuple[str, str], Callable[[], ContractModule]] = {}

    def begin(self, service: Service) -> None:
        """Both directions of one service."""
        for schemas, what in ((service.requests, "takes"), (service.responses, "answers")):
            if schemas.schemas:
                title = f"What {service.name} {what} ({service.document})."
                self._begun[service.name, schemas.module] = begin_contracts(
                    schemas, title, cache=self._cache, make=self._generate, cores=self._cores
                )

    def modules(self) -> dict[tuple[str, str], ContractModule]:
        """All that were begun."""
        return {place: finish() for place, finish in self._begun.items()}


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
