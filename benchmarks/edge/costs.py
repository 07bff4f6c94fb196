"""What a command costs from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edge.processes import LOAD_CORE, SUBJECT_CORE, Unavailable

_LAUNCH = """
import os, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.call(sys.argv[2:])
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
said = f"{seconds} {used.ru_utime + used.ru_stime} {used.ru_maxrss}"
os.write(int(sys.argv[1]), said.encode())
sys.exit(min(code, 255) if code >= 0 else 128 - code)
"""
"""A small process between: Linux counts what the one that starts a command holds to its peak."""


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
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as found:
        launched = subprocess.run(  # noqa: S603 - commands of our own
            [
                sys.executable,
                "-IS",
                "-c",
                _LAUNCH,
                str(found.fileno()),
                "taskset",
                "-c",
                cores,
                *command,
            ],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=[found.fileno()],
            check=False,
        )
        if launched.returncode:
            said.seek(0)
            end = said.read()[-300:].decode("utf-8", "replace")
            raise Unavailable(f"{command[0]} exits {launched.returncode}: {end}")
        found.seek(0)
        seconds, cpu, kilobytes = (float(one) for one in found.read().split())
    return Cost(seconds=seconds, cpu=cpu, megabytes=kilobytes / 1024)
