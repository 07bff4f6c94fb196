"""Two versions of an edge as commands compare them: lowered, and the changes between them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from proxygen.cache import NO_CACHE, Cache

if TYPE_CHECKING:
    from proxygen.changes.ignored import Remaining
    from proxygen.pipeline import Lowered


def lowered(
    specs: Path,
    config: Path | None = None,
    *,
    like: Lowered | None = None,
    cache: Cache = NO_CACHE,
) -> Lowered:
    """The edge of a folder or document as data; raises `InputRefused`.

    Documents that have the same bytes in `like` are not read again.
    """
    from proxygen.config.read import load_config
    from proxygen.diagnostics import InputRefused
    from proxygen.pipeline import Refused, lower

    made = lower(load_config(specs, config=config), like=like, cache=cache)
    if isinstance(made, Refused):
        raise InputRefused(made.diagnostics)
    return made


def remaining_changes(
    old: Lowered, new: Lowered, folder: Path, ignore: Path | None = None
) -> Remaining:
    """What changes from old to new, after the ignore file of a folder; raises `InputRefused`."""
    from proxygen.changes.compare.edges import compare_versions
    from proxygen.changes.ignored import read_entries, without_ignored
    from proxygen.changes.surface import Version

    today = datetime.now().astimezone().date()
    entries = read_entries(folder, ignore)
    before, after = (
        Version(config=one.config, contracts=one.contracts, gateway=one.gateway)
        for one in (old, new)
    )
    return without_ignored(compare_versions(before, after, today=today), entries, today)
