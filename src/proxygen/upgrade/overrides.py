"""Overrides of templates as a new version finds them: which have fallen behind, and a build with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from proxygen.diagnostics import Diagnostic, InputRefused
from proxygen.pipeline import Build, Refused
from proxygen.render.overriding import accept
from proxygen.render.template_set import TemplateSet

_STALE: Final = "stale-template"
_GONE: Final = "unknown-template"
_FAILS: Final = "template-error"


def built_with_overrides(
    folder: Path | None, build: Callable[[Path | None], Build | Refused]
) -> tuple[Build | Refused, tuple[Diagnostic, ...]]:
    """What `build` makes of a folder of overrides as if all had been looked at, and what each needs.

    An override that this version cannot use is left out. Raises `InputRefused` where the folder itself cannot
    be used.
    """
    behind = _behind(folder)
    if folder is None:
        return build(None), behind
    with _as_accepted(folder, behind) as copy:
        found = list(behind)
        while True:
            built = build(copy)
            failing = _failing(built, copy)
            if not failing:
                return built, tuple(found)
            for one in failing:
                broken = Path(one.location.file)
                broken.unlink(missing_ok=True)
                place = replace(one.location, file=(folder / broken.relative_to(copy)).as_posix())
                found.append(replace(one, location=place))


def _behind(folder: Path | None) -> tuple[Diagnostic, ...]:
    """The overrides that an upgrade has left behind; what is wrong in any version is raised."""
    try:
        TemplateSet.load(folder)
    except InputRefused as refused:
        if any(one.rule not in (_STALE, _GONE) for one in refused.diagnostics):
            raise
        return refused.diagnostics
    return ()


@contextmanager
def _as_accepted(folder: Path, behind: tuple[Diagnostic, ...]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="proxygen-templates-") as scratch:
        copy = Path(scratch) / "templates"
        shutil.copytree(folder, copy)
        for one in behind:
            name = Path(one.location.file).relative_to(folder).as_posix()
            if one.rule == _STALE:
                accept(copy, name)
            else:
                (copy / name).unlink()
        yield copy


def _failing(built: Build | Refused, copy: Path) -> list[Diagnostic]:
    """The overrides for which a build was refused; none where it was made, or refused for more than them."""
    if not isinstance(built, Refused):
        return []
    failing = [one for one in built.diagnostics if one.rule == _FAILS]
    own = all(Path(one.location.file).is_relative_to(copy) for one in failing)
    return failing if own and len(failing) == len(built.diagnostics) else []
