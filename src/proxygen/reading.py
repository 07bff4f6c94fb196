"""Reads the documents of a configuration, side by side where there are cores, and reports on all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Protocol

from proxygen.cache import NO_CACHE, Cache
from proxygen.config.model import Config, SelectionConfig, ServiceConfig
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.openapi.read import ReadContract, begin_reading
from proxygen.openapi.selection import Pattern, Patterns, Selection
from proxygen.source.files import VendoredCopy
from proxygen.source.load import display_name


class ReadBefore(Protocol):
    """A configuration and what was read for it, by the services' names."""

    @property
    def config(self) -> Config:
        """Where its documents are."""
        ...

    @property
    def read(self) -> Mapping[str, ReadContract]:
        """What they say."""
        ...


def read_documents(
    config: Config,
    like: ReadBefore | None = None,
    cache: Cache = NO_CACHE,
    cores: Cores = ONE_CORE,
) -> tuple[dict[str, ReadContract], tuple[Diagnostic, ...]]:
    """The contracts by service, and the warnings; raises with all findings where one is an error.

    What has the same bytes in `like` is not read again.
    """
    read: dict[str, ReadContract] = {}
    begun: dict[str, Callable[[], ReadContract]] = {}
    found: list[Diagnostic] = []
    for service in config.services:
        if service.spec is None:
            continue
        known = None if like is None else _known(service, config.folder, like)
        if known is not None:
            begun[service.name] = partial(_same, known)
            continue
        try:
            begun[service.name] = _begin(service, service.spec, config.folder, cache, cores)
        except InputRefused as refused:
            found += refused.diagnostics
    for name, finish in begun.items():
        try:
            read[name] = finish()
            found += read[name].diagnostics
        except InputRefused as refused:
            found += refused.diagnostics
    refuse(found)
    return read, (*found, *_unused(config, read))


def _same(known: ReadContract) -> ReadContract:
    return known


def _known(service: ServiceConfig, folder: Path, like: ReadBefore) -> ReadContract | None:
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


def _begin(
    service: ServiceConfig, spec: Path, folder: Path, cache: Cache, cores: Cores
) -> Callable[[], ReadContract]:
    copies = {
        url: VendoredCopy(path=copy.file, sha256=copy.sha256, location=copy.location)
        for url, copy in service.references.items()
    }
    selects = (service.include, service.exclude) != (SelectionConfig(), SelectionConfig())
    return begin_reading(
        spec,
        root=folder,
        strict=service.strict,
        overlays=service.overlays,
        copies=copies,
        selection=Selection(include=_patterns(service.include), exclude=_patterns(service.exclude))
        if selects
        else None,
        cache=cache,
        cores=cores,
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


def refuse(found: Sequence[Diagnostic]) -> None:
    """Raise `InputRefused` with all of these where one is an error."""
    if any(item.severity is Severity.ERROR for item in found):
        raise InputRefused(found)
