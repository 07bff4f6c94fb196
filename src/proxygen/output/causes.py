"""Why an output is not what a build would write, judged by the manifest that lies in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from proxygen.output.manifest import Origin, digest, with_plain_ends
from proxygen.output.tree import Tree


class Kind(StrEnum):
    """What moved; the words are rule ids of findings."""

    NOT_BUILT = "not-built"
    DOCUMENT = "document-moved"
    CONFIGURATION = "configuration-moved"
    TEMPLATE = "template-moved"
    GENERATOR = "generator-moved"
    RUNTIME_CONTRACT = "runtime-contract-moved"
    EDITED = "edited-by-hand"
    DELETED = "deleted-by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that moved: `name` is a document, key, template or path of the output, or "".

    `found` is a sentence about it.
    """

    kind: Kind
    name: str
    found: str


def causes(tree: Tree, wanted: Origin) -> Iterator[Cause]:
    """What moved between the build that wrote this tree and one from `wanted`, and since the former."""
    if tree.manifest is None:
        found = "proxygen has built nothing here yet."
        if tree.files:
            found = "There is no manifest: it is gone, or proxygen has built nothing here yet."
        yield Cause(kind=Kind.NOT_BUILT, name="", found=found)
        return
    had = tree.manifest.origin
    yield from _moved(Kind.DOCUMENT, "document", had.documents, wanted.documents)
    yield from _keys(had.config, wanted.config)
    yield from _moved(Kind.TEMPLATE, "template", had.templates, wanted.templates)
    if had.version != wanted.version:
        found = f"proxygen {had.version} wrote this, and {wanted.version} runs."
        yield Cause(kind=Kind.GENERATOR, name="", found=found)
    if had.runtime_contract != wanted.runtime_contract:
        found = f"It was written for runtime contract {had.runtime_contract}, and this is "
        found += f"{wanted.runtime_contract}."
        yield Cause(kind=Kind.RUNTIME_CONTRACT, name="", found=found)
    for path, expected in sorted(tree.manifest.outputs.items()):
        content = tree.read(path)
        if content is None:
            found = f"`{path}` was deleted by hand."
            yield Cause(kind=Kind.DELETED, name=path, found=found)
        elif expected != digest(content) and expected != digest(with_plain_ends(content)):
            yield Cause(kind=Kind.EDITED, name=path, found=f"`{path}` was edited by hand.")


def _moved(
    kind: Kind, noun: str, had: Mapping[str, str], wanted: Mapping[str, str]
) -> Iterator[Cause]:
    gone = {had[name]: name for name in sorted(had) if name not in wanted}
    renamed = {name: gone.pop(wanted[name], "") for name in sorted(wanted) if name not in had}
    before = {now: was for now, was in renamed.items() if was}
    for name in sorted({*had, *wanted} - set(before.values())):
        if name in before:
            found = f"The {noun} `{before[name]}` is now `{name}`."
            yield Cause(kind=kind, name=name, found=found)
        elif had.get(name) != wanted.get(name):
            verb = "is gone" if name not in wanted else "is new" if name not in had else "changed"
            yield Cause(kind=kind, name=name, found=f"The {noun} `{name}` {verb}.")


def _keys(had: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Cause]:
    for name in sorted({*had, *wanted}):
        before, after = had.get(name), wanted.get(name)
        if before == after:
            continue
        if before is None:
            found = f"The key `{name}` is new: {_short(after)}."
        elif after is None:
            found = f"The key `{name}` is gone; it was {_short(before)}."
        else:
            found = f"The key `{name}` was {_short(before)} and is {_short(after)}."
        yield Cause(kind=Kind.CONFIGURATION, name=name, found=found)


def _short(value: str | None, room: int = 60) -> str:
    text = value or ""
    return f"`{text}`" if len(text) <= room else f"`{text[: room - 1]}…`"
