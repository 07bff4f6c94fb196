"""Metrics of several workers: files of prometheus' multiprocess mode, which each worker writes and any reads.

The parent makes the folder before its workers and removes it after them. The counters of a worker that has
died stay; its gauges go. One worker needs no files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The client library's own: where it is set, its metrics are shared. An operator may name a folder by it."""

_PREFIX: Final = "proxygen-metrics-"
_LOCK: Final = "lock"


@contextmanager
def shared_folder() -> Iterator[Path]:
    """An empty folder for the metrics of all workers, named by `VARIABLE` while they run.

    One of our own is locked by this process and its workers, so that the next start can tell those that
    nobody uses any more (their owner was killed) and remove them.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        folder = Path(named)
        folder.mkdir(parents=True, exist_ok=True)
        _empty(folder)
        yield folder
        _empty(folder)
        return
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    with (folder / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.environ[VARIABLE] = str(folder)
        try:
            yield folder
        finally:
            del os.environ[VARIABLE]
            shutil.rmtree(folder, ignore_errors=True)


def share_metrics() -> None:
    """Makes every metric of this process that is constructed from now on a shared one.

    The client library decides when it is imported, which was before its folder was there: a worker is forked.
    """
    if values.ValueClass is values.MutexValue:
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


def forget_gauges(folder: Path, pid: int) -> None:
    """Removes the gauges of a worker that has died; those of the modes `live…` only, as the library does."""
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _empty(folder: Path) -> None:
    for path in folder.glob("*.db"):
        path.unlink(missing_ok=True)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
