"""What a command costs from its start to its end."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edge.processes import LOAD_CORE, SUBJECT_CORE, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of the clock and of all its processes' CPU, and the peak of the largest of them in MB."""

    seconds: float
    cpu: float
    megabytes: float


def cost_of(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    cores: str = f"{SUBJECT_CORE},{LOAD_CORE}",
) -> Cost:
    """Runs it on these cores; raises `Unavailable` with the end of what it said where it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - commands of our own
            ["taskset", "-c", cores, *command],  # noqa: S607 - util-linux, wherever it is
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            end = said.read()[-300:].decode("utf-8", "replace")
            raise Unavailable(f"{command[0]} exits {process.returncode}: {end}")
    return Cost(
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
    )
