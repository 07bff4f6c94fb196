"""Copies of the project in which mutants are run, and pytest in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "templates", "generated", "tests", "specs", "pyproject.toml", "README.md")
TIMEOUT = 120.0
"""Seconds for a run of pytest of which nothing is known; a mutant that hangs is noticed, and so killed."""
KILLED = frozenset({1, 2, 4})
"""pytest's exit codes for a test that failed, for tests and for a conftest that could not be imported."""

_CANARY = """
import generated, proxygen.runtime, tests.wire.edge
print(generated.__file__, proxygen.runtime.__file__, tests.wire.edge.ROOT / "x", sep="\\n")
"""


class ToolError(Exception):
    """The run says nothing about any mutant: the tool, a selection or the unmutated project is broken."""


@dataclass(frozen=True, slots=True)
class Run:
    """How pytest ended, and the end of what it said."""

    passed: bool
    said: str


def make_copy(target: Path, source: Path = ROOT) -> Path:
    """The project without its history and caches, compiled so that only what is changed is compiled again."""
    target.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=ignored)
        else:
            shutil.copy(source / name, target / name)
    # Checked by hash: a mutant may have the size and the second of what it replaces.
    command = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src", "generated"]
    _python(target, command, seconds=TIMEOUT)
    require_copy(target)
    return target


def require_copy(copy: Path) -> None:
    """Raises unless what is imported in this copy, and what its wire tests serve, are the copy's own."""
    said = _python(copy, ["-c", _CANARY], seconds=TIMEOUT)[1]
    strangers = [line for line in said.splitlines() if not Path(line).is_relative_to(copy)]
    if strangers or len(said.splitlines()) != 3:
        raise ToolError(f"{copy} does not run its own code:\n{said}")


def run_pytest(copy: Path, select: Sequence[str], *, seconds: float = TIMEOUT) -> Run:
    """The tests of this selection in this copy, until the first that fails."""
    options = ["-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    try:
        code, said = _python(copy, [*options, *select], seconds=seconds)
    except subprocess.TimeoutExpired:
        return Run(passed=False, said="timed out")
    if code != 0 and code not in KILLED:
        raise ToolError(f"pytest ended with {code} for {' '.join(select)}:\n{said[-2000:]}")
    return Run(passed=code == 0, said=said[-2000:])


def _python(copy: Path, arguments: Sequence[str], *, seconds: float) -> tuple[int, str]:
    """In a session of its own: nothing that was started stays behind, and Ctrl-C is nobody's test result."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with subprocess.Popen(  # noqa: S603 - our own interpreter, on our own tests
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, said
