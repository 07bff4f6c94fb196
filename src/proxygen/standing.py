"""What the manifest says of what is there: whether inputs and output are still as they were after a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proxygen import RUNTIME_CONTRACT, __version__
from proxygen.config.model import Config
from proxygen.output.causes import causes
from proxygen.output.manifest import Origin
from proxygen.output.tree import Tree, read_tree
from proxygen.render.template_set import TemplateSet
from proxygen.source.load import display_name, text_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An output and its inputs as they are now.

    `moved` is whether anything is not as the manifest in `tree` says; the first such thing ends the search.
    `origin` is what the inputs are now, documents that only other documents name included.
    """

    tree: Tree
    origin: Origin
    moved: bool


def standing(config: Config) -> Standing:
    """How the output of this configuration stands.

    Raises `InputRefused` where output or templates cannot be used, `OSError` where a document went away.
    """
    tree = read_tree(config.output)
    origin = origin_of(config, TemplateSet.load(config.templates), _documents(config, tree))
    return Standing(tree=tree, origin=origin, moved=any(True for _ in causes(tree, origin)))


def origin_of(config: Config, templates: TemplateSet, documents: Mapping[str, str]) -> Origin:
    """What an output of these inputs is made from; `documents` are hashes by name."""
    return Origin(
        version=__version__,
        runtime_contract=RUNTIME_CONTRACT,
        documents=documents,
        config=config.said,
        templates={name: item.sha256 for name, item in templates.templates.items()},
    )


def _documents(config: Config, tree: Tree) -> dict[str, str]:
    """What the configuration names, and of what other documents named at the last build what is there."""
    paths = {display_name(path, config.folder): path for path in _named(config)}
    if tree.manifest is not None:
        above = config.folder.resolve().parent
        recorded = ((name, above / name) for name in tree.manifest.origin.documents)
        paths = {name: path for name, path in recorded if path.is_file()} | paths
    return {name: text_digest(path.read_bytes()) for name, path in paths.items()}


def _named(config: Config) -> Iterator[Path]:
    for service in config.services:
        if service.spec is not None:
            yield service.spec
        yield from service.overlays
