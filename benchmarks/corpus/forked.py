"""Runs a step in a forked child of a process that has imported everything, and says what it cost.

An interpreter that starts anew pays two to four seconds of imports for each step; a fork pays nothing. What
the parent holds is in each child's peak memory: `base_megabytes` says how much that is.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

Step = Callable[[], tuple[int, Any]]
"""An exit code, and a value that JSON can carry."""

BROKEN = 70
"""The exit code of a step that raised (EX_SOFTWARE of sysexits.h)."""

_WALL_FOR_CPU = 6
_SHARED = (
    "datamodel_code_generator.parser.jsonschema",
    "jsonschema",
    "jsonschema_rs",
    "openapi_spec_validator",
    "proxygen.cli.app",
    "proxygen.output.write",
    "proxygen.pipeline",
    "proxygen.runtime.app",
    "proxygen.testing",
    "pytest",
    "respx",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step: its exit code and value, what it printed, and its cost with that of its own children.

    A negative code is the signal that ended it: SIGXCPU where it took more CPU time than it was given.
    """

    code: int
    value: Any
    said: str
    cpu_seconds: float
    seconds: float
    megabytes: float


def preload() -> None:
    """Import what the steps import; to be called once, before the first of them."""
    for name in _SHARED:
        import_module(name)
    gc.collect()
    gc.freeze()


def base_megabytes() -> float:
    """The peak of a child that does nothing."""
    return run(lambda: (0, None), Path.cwd(), 10).megabytes


def run(step: Step, folder: Path, cpu_seconds: int) -> Done:
    """What became of `step` in a child that works in `folder` and has so much CPU time.

    Raises `KeyboardInterrupt` where that ended it: nothing is known of the step then.
    """
    said, value = (os.memfd_create(name) for name in ("said", "value"))
    sys.stdout.flush()
    sys.stderr.flush()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        _become(step, folder, cpu_seconds, said, value)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    text, encoded = _content(said), _content(value)
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    return Done(
        code=code,
        value=json.loads(encoded) if encoded else None,
        said=text.decode("utf-8", "replace"),
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        seconds=seconds,
        megabytes=usage.ru_maxrss / 1024,
    )


def _become(step: Step, folder: Path, cpu_seconds: int, said: int, value: int) -> NoReturn:
    """The child's whole life; it must not return into the parent's code."""
    code = BROKEN
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        signal.alarm(cpu_seconds * _WALL_FOR_CPU)
        os.dup2(said, 1)
        os.dup2(said, 2)
        # The parent's streams may be somebody's who captures them.
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.chdir(folder)
        warnings.resetwarnings()
        sys.dont_write_bytecode = True
        code, result = step()
        os.write(value, json.dumps(result).encode())
    except BaseException:  # noqa: BLE001 - it is reported, and the child ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
