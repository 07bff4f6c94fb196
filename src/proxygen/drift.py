"""Drift as a report: what moved, where a person looks first, and the command that cures it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from proxygen.config.model import Config
from proxygen.config.said import place_of_key
from proxygen.diagnostics import Location
from proxygen.output.causes import Cause, Kind
from proxygen.output.diff import Drift, unified
from proxygen.output.manifest import MANIFEST
from proxygen.output.tree import Tree
from proxygen.report.escaping import code_block
from proxygen.report.finding import Finding, Severity

SHORT = 120
"""Lines of a diff that are shown unless the caller wants more."""


def drift_findings(
    config: Config, tree: Tree, files: Mapping[str, str], drift: Drift, command: str
) -> Iterator[Finding]:
    """A finding for each cause; `files` are the build's, `command` is the one that cures."""
    for cause in drift.causes:
        cure = f"Run: {command}"
        if cause.kind is Kind.EDITED:
            cure = f"Change what it is written from instead. To write it again, run: {command}"
        yield Finding(
            rule=cause.kind.value,
            severity=Severity.ERROR,
            location=_place(cause, config, tree, files),
            found=cause.found,
            cure=cure,
        )
    if not drift.causes:
        yield Finding(
            rule="output-differs",
            severity=Severity.ERROR,
            location=_first_difference(_telling(drift)[0], config, tree, files),
            found="Nothing that it is written from moved; another source of proxygen wrote it.",
            cure=f"Run: {command}",
        )


def short_diff(
    tree: Tree, files: Mapping[str, str], drift: Drift, limit: int
) -> tuple[list[str], int]:
    """The first `limit` lines of the diff (0: all), the telling files first; and how many more there are."""
    lines = [line for path in _telling(drift) for line in unified(tree, files, _only(path, drift))]
    return (lines[:limit], max(len(lines) - limit, 0)) if limit else (lines, 0)


def diff_markdown(lines: list[str], more: int, command: str) -> str:
    """The diff and the cure, for the summary of a job."""
    rest = f"\n… and {more} more lines\n" if more else ""
    return f"\n{code_block('console', [command])}\n{code_block('diff', lines)}{rest}"


def _telling(drift: Drift) -> list[str]:
    """Paths in the order in which a reader wants them: what the edge does, its tests, hashes and counts."""

    def rank(path: str) -> tuple[bool, bool, str]:
        return (path in (MANIFEST, "ledger.json"), path.startswith("tests/"), path)

    return sorted({*drift.changed, *drift.added, *drift.removed}, key=rank)


def _only(path: str, drift: Drift) -> Drift:
    def kept(paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one for one in paths if one == path)

    return Drift(
        changed=kept(drift.changed), added=kept(drift.added), removed=kept(drift.removed), causes=()
    )


def _place(cause: Cause, config: Config, tree: Tree, files: Mapping[str, str]) -> Location:
    match cause.kind:
        case Kind.DOCUMENT:
            return Location(cause.name)
        case Kind.CONFIGURATION:
            return place_of_key(config, cause.name)
        case Kind.TEMPLATE if config.templates is not None:
            own = config.templates / cause.name
            return Location(own.as_posix() if own.is_file() else config.templates.as_posix())
        case Kind.EDITED:
            return _first_difference(cause.name, config, tree, files)
        case Kind.DELETED:
            return Location(in_output(cause.name, config))
        case _:
            return Location(in_output(MANIFEST, config))


def _first_difference(path: str, config: Config, tree: Tree, files: Mapping[str, str]) -> Location:
    """The first line of a file of the output that a build would write differently."""
    name = in_output(path, config)
    content = tree.read(path)
    if content is None or path not in files:
        return Location(name)
    there = content.decode("utf-8", "replace").splitlines()
    wanted = files[path].splitlines()
    same = next(
        (n for n, (one, other) in enumerate(zip(there, wanted, strict=False)) if one != other),
        min(len(there), len(wanted)),
    )
    return Location(name, min(same + 1, max(len(there), 1)), 1)


def in_output(path: str, config: Config) -> str:
    """A path of the output as a diagnostic names files: from the folder around the documents on."""
    above = config.folder.resolve().parent
    return os.path.relpath(config.output.resolve() / path, above).replace(os.sep, "/")
