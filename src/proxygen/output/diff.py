"""What differs between a build and the tree on disk, by path, by cause, and as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proxygen.output.causes import Cause, causes
from proxygen.output.manifest import MANIFEST, Manifest, is_text
from proxygen.output.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Paths that a build would change, and why they are not as they should be."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    causes: tuple[Cause, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)


def compare(tree: Tree, files: Mapping[str, str]) -> Drift:
    """The drift of a tree from `files` (the build's, its manifest included)."""
    changed = []
    added = []
    for path, text in sorted(files.items()):
        current = tree.read(path)
        if current is None:
            added.append(path)
        elif not is_text(current, text):
            changed.append(path)
    removed = tuple(path for path in sorted(tree.owned & tree.files) if path not in files)
    wanted = Manifest.parse(files[MANIFEST])
    return Drift(
        changed=tuple(changed),
        added=tuple(added),
        removed=removed,
        causes=tuple(causes(tree, wanted.origin)),
    )


def unified(tree: Tree, files: Mapping[str, str], drift: Drift) -> Iterator[str]:
    """Lines of a unified diff from what is on disk to what a build would write, without line ends."""
    for path in sorted({*drift.changed, *drift.added, *drift.removed}):
        before = (tree.read(path) or b"").decode("utf-8", "replace")
        after = files.get(path, "")
        yield from difflib.unified_diff(
            before.splitlines(),
            after.splitlines(),
            fromfile=f"a/{path}" if path in tree.files else "/dev/null",
            tofile=f"b/{path}" if path in files else "/dev/null",
            lineterm="",
        )
