"""Reads one service's contract: its document, the overlays on it and the files that it is split over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from proxygen.cache import NO_CACHE, Cache
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic, InputRefused
from proxygen.openapi.gather import gather
from proxygen.openapi.model import Contract
from proxygen.openapi.overlay import apply_overlay
from proxygen.openapi.parse import begin_contract
from proxygen.openapi.selection import Selection
from proxygen.source.document import Document
from proxygen.source.files import SourceFiles, VendoredCopy
from proxygen.source.load import load_document


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContract:
    """A contract, the warnings about it, and every file that was read for it with its SHA-256."""

    contract: Contract
    diagnostics: tuple[Diagnostic, ...]
    files: Mapping[Path, str]


def read_contract(
    path: Path,
    *,
    root: Path,
    strict: bool = False,
    overlays: Sequence[Path] = (),
    copies: Mapping[str, VendoredCopy] = MappingProxyType({}),
    selection: Selection | None = None,
    cache: Cache = NO_CACHE,
) -> ReadContract:
    """The contract in `path`; raises `InputRefused` with everything that is wrong with it.

    Overlays are applied to the document as it is written, before references to other files are followed.
    `copies` are the local copies of remote documents, by URL.
    """
    return begin_reading(
        path,
        root=root,
        strict=strict,
        overlays=overlays,
        copies=copies,
        selection=selection,
        cache=cache,
    )()


def begin_reading(
    path: Path,
    *,
    root: Path,
    strict: bool = False,
    overlays: Sequence[Path] = (),
    copies: Mapping[str, VendoredCopy] = MappingProxyType({}),
    selection: Selection | None = None,
    cache: Cache = NO_CACHE,
    cores: Cores = ONE_CORE,
) -> Callable[[], ReadContract]:
    """As `read_contract`, whose result it gives when it is called; the validator judges meanwhile."""
    loaded = load_document(path, root=root)
    document: Document = loaded
    read = {path: loaded.digest}
    for overlay in overlays:
        actions = load_document(overlay, root=root)
        document = apply_overlay(document, actions)
        read[overlay] = actions.digest
    found: tuple[Diagnostic, ...] = ()
    if overlays or loaded.may_refer_outside:
        files = SourceFiles(document, path, root=root, copies=copies)
        document, found = gather(files)
        read |= files.digests
    try:
        parsed = begin_contract(
            document, strict=strict, selection=selection, cache=cache, cores=cores
        )
    except InputRefused as refused:
        raise InputRefused(_with(found, refused.diagnostics)) from None

    def finish() -> ReadContract:
        try:
            contract, diagnostics = parsed()
        except InputRefused as refused:
            raise InputRefused(_with(found, refused.diagnostics)) from None
        if found:
            raise InputRefused(_with(found, diagnostics))
        return ReadContract(contract=contract, diagnostics=diagnostics, files=read)

    return finish


def _with(
    found: tuple[Diagnostic, ...], diagnostics: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """Both, without what parsing says about a reference that gathering has judged with more knowledge."""
    judged = {item.location for item in found}
    rest = [item for item in diagnostics if item.location not in judged]
    return (*found, *rest)
