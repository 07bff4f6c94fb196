"""Runs the command `proxygen` of this checkout, as somebody in a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
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
