"""What a shell may put in the place of a word that somebody has begun; nothing where that cannot be told.

A completion prints words or nothing: whatever is wrong with the input is the command's to say.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import typer

from proxygen.repository import git_environment

_SECONDS: Final = 2.0
"""After which git is not waited for."""

Completion = Callable[[typer.Context, str], list[str]]


def _completing(words: Callable[[dict[str, Any]], Iterable[str]]) -> Completion:
    """The completion that offers these words, which depend on the parameters that were given before."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        try:
            found = [word for word in words(context.params) if word.startswith(incomplete)]
        except Exception:  # noqa: BLE001 - in the middle of a line nobody wants to read an error
            return []
        return sorted(set(found))

    return complete


def _operations(given: dict[str, Any]) -> Iterable[str]:
    from proxygen.audit.committed import committed_matrix
    from proxygen.cli.arguments import SPECS
    from proxygen.config.read import load_config

    config = load_config(Path(given.get("specs") or SPECS), config=given.get("config"))
    return (route.operation for route in committed_matrix(config.output) or ())


def _documents(given: dict[str, Any]) -> Iterable[str]:
    from proxygen.cli.arguments import SPECS
    from proxygen.supply.lock import read_lock

    lock = read_lock(Path(given.get("folder") or SPECS))
    return () if lock is None else lock.documents


def _templates(_: dict[str, Any]) -> Iterable[str]:
    from proxygen.render.template_set import TemplateSet

    return TemplateSet.load().templates


def _revisions(_: dict[str, Any]) -> Iterable[str]:
    done = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname:short)"],  # noqa: S607 - the git of the user
        env=git_environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=_SECONDS,
    )
    folders = (path.name for path in Path().iterdir() if path.is_dir())
    return [*done.stdout.split(), *(name for name in folders if not name.startswith("."))]


operations: Final = _completing(_operations)
"""Operations of the output that was built last."""
documents: Final = _completing(_documents)
"""Documents that `specs.lock` has."""
templates: Final = _completing(_templates)
"""Templates of this version."""
revisions: Final = _completing(_revisions)
"""Branches and tags of the repository, and folders."""
