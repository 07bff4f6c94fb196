"""What differs between a build and the tree on disk, as a unified diff and by cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proxygen.output.manifest import MANIFEST, Manifest, Origin, digest
from proxygen.output.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Paths that a build would change, and why they are not as they should be."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    causes: tuple[str, ...]

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
        elif current != text.encode():
            changed.append(path)
    removed = tuple(path for path in sorted(tree.owned & tree.files) if path not in files)
    wanted = Manifest.parse(files[MANIFEST])
    return Drift(
        changed=tuple(changed),
        added=tuple(added),
        removed=removed,
        causes=tuple(_causes(tree, wanted.origin)),
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


def _causes(tree: Tree, wanted: Origin) -> Iterator[str]:
    """What moved since the tree was written, judged by the manifest that lies in it."""
    if tree.manifest is None:
        yield "there is no output of proxygen here yet"
        return
    had = tree.manifest.origin
    yield from _moved("document", had.documents, wanted.documents)
    if had.config != wanted.config:
        yield "the configuration changed"
    yield from _moved("template", had.templates, wanted.templates)
    if had.version != wanted.version:
        yield f"the generator changed: proxygen {had.version} wrote this, {wanted.version} runs"
    if had.runtime_contract != wanted.runtime_contract:
        yield (
            f"the runtime contract changed: {had.runtime_contract} then, "
            f"{wanted.runtime_contract} now"
        )
    for path, expected in sorted(tree.manifest.outputs.items()):
        content = tree.read(path)
        if content is None:
            yield f"deleted by hand: {path}"
        elif digest(content) != expected:
            yield f"edited by hand: {path}"


def _moved(noun: str, had: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*had, *wanted}):
        if name not in wanted:
            yield f"{noun} removed: {name}"
        elif name not in had:
            yield f"{noun} added: {name}"
        elif had[name] != wanted[name]:
            yield f"{noun} changed: {name}"
