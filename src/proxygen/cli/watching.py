"""Runs a build again after each change of what it reads; a warm process has imported everything by then."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import typer

from proxygen.cli.terminal import say, shown_path

_READ: Final = (".yaml", ".yml", ".json", ".toml", ".jinja")
_SETTLED_MS: Final = 50
"""Editors write a file in several steps; a build waits until none has come for so long."""
_LOOK_MS: Final = 200


def build_and_watch(build: Callable[[], Path], paths: Iterable[Path]) -> None:
    """Builds now and after each change below these folders, or beside these files, until Ctrl-C.

    `build` returns the folder that it wrote. Where it is refused it has said why, and the next change is
    waited for.
    """
    from watchfiles import watch

    folders = {
        (path if path.is_dir() else path.parent).resolve() for path in paths if path.exists()
    }
    watched = ", ".join(sorted(shown_path(folder) for folder in folders))
    output: Path | None = None
    begun = False
    try:
        # The watcher starts with the first step, so that a change during the first build is seen.
        for changes in watch(
            *folders,
            watch_filter=None,
            step=_SETTLED_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        ):
            changed = (Path(name) for _, name in changes)
            if begun and not any(_is_read(path, folders, output) for path in changed):
                continue
            output = _attempt(build) or output
            gc.collect()  # Nobody else does: see `proxygen.cli.main`.
            if not begun:
                say(f"watching {watched}; Ctrl-C ends it")
                begun = True
    except KeyboardInterrupt:
        say("stopped")


def _attempt(build: Callable[[], Path]) -> Path | None:
    try:
        return build().resolve()
    except typer.Exit:
        return None


def _is_read(path: Path, folders: Iterable[Path], output: Path | None) -> bool:
    """Whether a build may read this file: one of its kinds, not hidden, and not of the output."""
    if path.suffix.lower() not in _READ or (output is not None and path.is_relative_to(output)):
        return False
    parts = next((path.relative_to(one).parts for one in folders if path.is_relative_to(one)), ())
    return not any(part.startswith(".") for part in parts)
