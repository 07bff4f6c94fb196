"""A copy of the documents' folder in which some are replaced: what a build would see after a fetch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from proxygen.diagnostics import Diagnostic, InputRefused
from proxygen.openapi.read import read_contract
from proxygen.source.load import DOCUMENT_SUFFIXES

_COPIED: Final = (*DOCUMENT_SUFFIXES, ".toml")
_NOT_ENTERED: Final = frozenset({"node_modules", "__pycache__", "venv"})


@contextmanager
def candidate(folder: Path, replaced: Mapping[str, bytes]) -> Iterator[Path]:
    """The copy, with a folder's name of its own as diagnostics show it; gone afterwards."""
    with TemporaryDirectory(prefix="proxygen-specs-") as scratch:
        copy = Path(scratch) / (folder.resolve().name or "specs")
        copy.mkdir()
        if folder.is_dir():
            _copy(folder, copy)
        for name, content in replaced.items():
            (copy / name).write_bytes(content)
        yield copy


def refuse_unreadable(copy: Path, names: Mapping[str, bytes]) -> None:
    """Raises `InputRefused` with all that is wrong with these documents, read in their folder."""
    found: list[Diagnostic] = []
    for name in names:
        try:
            read_contract(copy / name, root=copy)
        except InputRefused as refused:
            found += refused.diagnostics
    if found:
        raise InputRefused(found)


def _copy(folder: Path, copy: Path) -> None:
    """Documents, parts of them, overlays and configuration; nothing hidden, no environment, no link."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _NOT_ENTERED
            and not (Path(parent) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            source = Path(parent) / name
            if name.startswith(".") or not name.lower().endswith(_COPIED) or not source.is_file():
                continue
            target = copy / source.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
