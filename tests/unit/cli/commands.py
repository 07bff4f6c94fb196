"""Runs the command `proxygen` of this checkout, as somebody in a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from proxygen.cache import VARIABLE

SOURCE = Path(__file__).parents[3] / "src"


def run(
    *arguments: str | Path, cwd: Path, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """The finished command; `given` is what it reads from stdin."""
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-m", "proxygen", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        input=given,
        timeout=120,
        env={
            "PYTHONPATH": str(SOURCE),
            "PATH": os.environ["PATH"],
            VARIABLE: os.environ[VARIABLE],
            **environment,
        },
    )


def times_a_bare_start(command: Callable[[], object]) -> float:
    """How often an interpreter that imports typer alone could start and end in the time of this command.

    The best of five of each, in turns: others share the machine, and slow both. A start takes 0.07 s where
    the goals in seconds were measured.
    """
    bare = [sys.executable, "-c", "import typer"]
    ours, starts = [], []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(bare, check=True)  # noqa: S603 - this interpreter
        between = time.perf_counter()
        command()
        ours.append(time.perf_counter() - between)
        starts.append(between - begun)
    return min(ours) / min(starts)
