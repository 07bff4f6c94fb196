"""What an output folder holds: the tool's files by its manifest, and everybody else's."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.output.manifest import MANIFEST, Manifest, ManifestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An output as it is on disk; `manifest` is None where the tool has written nothing there yet.

    `files` are paths of plain files, `others` those of symlinks, sockets and the like, `empty` those of
    folders without anything in them; all relative.
    """

    root: Path
    manifest: Manifest | None
    files: frozenset[str]
    others: frozenset[str]
    empty: frozenset[str] = frozenset()

    @property
    def owned(self) -> frozenset[str]:
        """Paths that are the tool's, whether they are there or not."""
        return self.manifest.owned if self.manifest is not None else frozenset()

    @property
    def foreign(self) -> frozenset[str]:
        """Paths that are there and not the tool's."""
        return (self.files | self.others) - self.owned

    def read(self, path: str) -> bytes | None:
        """The content of a plain file of this tree, None where there is none."""
        return (self.root / path).read_bytes() if path in self.files else None


def read_tree(root: Path) -> Tree:
    """The tree at `root`; raises `InputRefused` where that is no folder to write to."""
    if root.is_symlink():
        raise _refusal(root, "output-symlink", "is a symbolic link", "name the folder itself")
    if not root.exists():
        return Tree(root=root, manifest=None, files=frozenset(), others=frozenset())
    if not root.is_dir():
        raise _refusal(root, "output-not-folder", "is not a folder", "name a folder")
    files: set[str] = set()
    others: set[str] = set()
    empty: set[str] = set()
    _scan(root, "", files, others, empty)
    return Tree(
        root=root,
        manifest=_manifest(root, MANIFEST in files),
        files=frozenset(files),
        others=frozenset(others),
        empty=frozenset(empty),
    )


def _scan(folder: Path, prefix: str, files: set[str], others: set[str], empty: set[str]) -> None:
    with os.scandir(folder) as entries:
        found = list(entries)
    if not found and prefix:
        empty.add(prefix.rstrip("/"))
    for entry in found:
        name = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            _scan(Path(entry.path), name + "/", files, others, empty)
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            files.add(name)
        else:
            others.add(name)


def _manifest(root: Path, present: bool) -> Manifest | None:
    if not present:
        return None
    path = root / MANIFEST
    try:
        return Manifest.parse(path.read_text(encoding="utf-8"))
    except (ManifestError, UnicodeDecodeError) as error:
        cure = (
            "restore it from version control (in a merge conflict either side does), or remove the "
            "output, and build again"
        )
        raise _refusal(path, "bad-manifest", str(error), cure) from error


def _refusal(path: Path, rule: str, found: str, cure: str) -> InputRefused:
    return InputRefused([Diagnostic(rule, Severity.ERROR, Location(str(path)), found, cure)])
