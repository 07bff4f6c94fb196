"""The files that one document is split over: inside the folder, each read once, nothing fetched."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote, urljoin

from proxygen.diagnostics import InputRefused, Location
from proxygen.source.budgets import BUDGETS, Budgets
from proxygen.source.document import Document, Pointer
from proxygen.source.load import load_document
from proxygen.source.pointers import child
from proxygen.source.refusal import shown

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CURE_VENDOR: Final = (
    "Nothing is fetched during a build: save what it names beside the documents, and say "
    'references."URL" = { file = "…", sha256 = "…" } for this service.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendoredCopy:
    """A local copy of a remote document: `sha256` is that of its bytes, in hexadecimal digits."""

    path: Path
    sha256: str
    location: Location


class ReferenceRefusedError(Exception):
    """One reason why a reference to another file is not followed."""

    def __init__(self, rule: str, found: str, cure: str, location: Location | None = None) -> None:
        super().__init__(found)
        self.rule = rule
        self.found = found
        self.cure = cure
        self.location = location
        """Where the cause stands, if not at the reference itself."""


class SourceFile:
    """One file: its document, and how references in it lead to others."""

    __slots__ = ("_anchors", "_identifiers", "digest", "document", "path", "url")

    def __init__(self, document: Document, path: Path, url: str | None, digest: str = "") -> None:
        self.document = document
        self.digest = digest
        self.path = path
        self.url = url
        self._anchors: dict[str, Pointer] | None = None
        self._identifiers: dict[str, Pointer] = {}

    def anchor(self, name: str) -> Pointer | None:
        """The place of the schema with this `$anchor` (JSON Schema 2020-12 core, 8.2.2)."""
        self._index()
        return None if self._anchors is None else self._anchors.get(name)

    def identified(self, uri: str) -> Pointer | None:
        """The place of the schema with this `$id` (JSON Schema 2020-12 core, 8.2.1)."""
        self._index()
        return self._identifiers.get(uri)

    def _index(self) -> None:
        if self._anchors is not None:
            return
        self._anchors = {}
        waiting: list[tuple[Any, Pointer]] = [(self.document.value, "")]
        while waiting:
            node, place = waiting.pop()
            if isinstance(node, list):
                waiting.extend((item, child(place, number)) for number, item in enumerate(node))
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$anchor"), str):
                self._anchors.setdefault(node["$anchor"], place)
            if isinstance(node.get("$id"), str):
                self._identifiers.setdefault(node["$id"].removesuffix("#"), place)
            waiting.extend((member, child(place, key)) for key, member in node.items())


class SourceFiles:
    """Opens the files that references name; `root` is the folder that none may lie outside."""

    def __init__(
        self,
        main: Document,
        path: Path,
        *,
        root: Path,
        copies: Mapping[str, VendoredCopy] = MappingProxyType({}),
        budgets: Budgets = BUDGETS,
    ) -> None:
        self.main = SourceFile(main, path.resolve(), None)
        self._folder = root
        self._root = root.resolve()
        self._copies = copies
        self._budgets = budgets
        self._files: dict[tuple[Path, str | None], SourceFile] = {(self.main.path, None): self.main}
        self._size = 0

    @property
    def digests(self) -> dict[Path, str]:
        """Every file that was read beside the main one, and the SHA-256 of its bytes."""
        return {
            path: file.digest for (path, _), file in self._files.items() if path != self.main.path
        }

    def open(self, home: SourceFile, reference: str) -> SourceFile:
        """The file that a reference in `home` names, its fragment left out; raises when refused."""
        name = unquote(reference.split("#", 1)[0])
        if not name:
            return home
        if home.url is not None:
            return self._vendored(urljoin(home.url, reference.split("#", 1)[0]))
        if _SCHEME.match(name) or name.startswith(("/", "\\")):
            return self._vendored(reference.split("#", 1)[0])
        return self._local(home, name, reference)

    def _local(self, home: SourceFile, name: str, reference: str) -> SourceFile:
        outside = ReferenceRefusedError(
            "reference-outside",
            f"The reference {shown(reference)} leads out of the folder of the documents; "
            "it was not opened.",
            "Put what it names into that folder; nothing else is read.",
        )
        if "\x00" in name or "\\" in name:
            raise outside
        try:
            path = (home.path.parent / name).resolve()
        except (OSError, RuntimeError, ValueError):
            raise outside from None
        if not path.is_relative_to(self._root):
            raise outside
        if not _is_file(path):
            raise ReferenceRefusedError(
                "reference-unresolved",
                f"There is no file {shown(reference.split('#', 1)[0], 120)}.",
                "Correct the reference; it is relative to the file that it stands in.",
            )
        return self._load(path, None)

    def _vendored(self, url: str) -> SourceFile:
        copy = self._copies.get(url)
        if copy is None:
            raise ReferenceRefusedError(
                "reference-remote",
                f"The reference {shown(url, 120)} leads out of the folder of the documents; "
                "it was not opened.",
                _CURE_VENDOR,
            )
        file = self._load(copy.path.resolve(), url)
        exact = hashlib.sha256(copy.path.read_bytes()).hexdigest()
        if copy.sha256.lower() not in (exact, file.digest):
            raise ReferenceRefusedError(
                "reference-hash",
                f"The copy of {shown(url, 120)} has the hash sha256 {exact}, "
                f"and the configuration says {copy.sha256.lower()}.",
                "Look at what changed in the copy, then write its hash into the configuration.",
                copy.location,
            )
        return file

    def _load(self, path: Path, url: str | None) -> SourceFile:
        known = self._files.get((path, url))
        if known is not None:
            return known
        if len(self._files) >= self._budgets.files:
            raise ReferenceRefusedError(
                "reference-limit",
                f"References lead to more than {self._budgets.files} files.",
                "Bundle the document, or split the service.",
            )
        self._size += path.stat().st_size
        if self._size > self._budgets.size:
            raise ReferenceRefusedError(
                "reference-limit",
                f"The files that references lead to have more than {self._budgets.size} bytes.",
                "Split the service.",
            )
        try:
            document = load_document(path, root=self._folder, budgets=self._budgets)
        except InputRefused as refused:
            first = refused.diagnostics[0]
            raise ReferenceRefusedError(
                first.rule, first.found, first.cure, first.location
            ) from None
        file = SourceFile(document, path, url, document.digest)
        self._files[path, url] = file
        return file


def _is_file(path: Path) -> bool:
    """Whether a file is there that may be looked at; a name can be too long for there to be one."""
    try:
        return path.is_file()
    except OSError:
        return False
