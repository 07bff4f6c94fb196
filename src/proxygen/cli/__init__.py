"""The command `proxygen`: starts it, and says what is missing or broken where it cannot go on."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

from proxygen.cli.exit_codes import BUG, REFUSED

_EXTRA = frozenset(
    {
        "click",
        "datamodel_code_generator",
        "jinja2",
        "jsonschema",
        "openapi_spec_validator",
        "platformdirs",
        "rich",
        "ruff",
        "typer",
        "yaml",
    }
)
"""Modules that the extra `cli` brings."""

_UNWRITABLE = frozenset({errno.EBADF, errno.EDQUOT, errno.EIO, errno.ENOSPC})
"""What a stream or a disk answers that takes no more; no fault of anybody's code."""
_DEBUG = "PROXYGEN_DEBUG"


def main() -> None:
    """Run the command line and exit: 0 clean, 1 findings, 2 usage or input, 3 our own bug."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started this
            setattr(sys, name, _nowhere())
    # A build makes millions of objects, keeps most of them, and ends.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # By lines also into a pipe: CI's log has what both say in the order in which it was said.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        from proxygen.cli.app import app

        app()
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            _report(error)
        _refuse(f"the output cannot be written: {error.strerror}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            _report(error)
        _refuse(
            f"this command needs {error.name}, which is not installed\n"
            "  = pip install 'proxygen[cli]'"
        )
    except Exception as error:  # noqa: BLE001 - the one place where a bug of ours ends
        _report(error)
    finally:
        gc.freeze()  # The interpreter's end need not look through all that a build has made.


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _refuse(said: str) -> NoReturn:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"proxygen: {said}\n")
    sys.stdout = _nowhere()
    sys.exit(REFUSED)


def _report(error: Exception) -> None:
    """A bug of ours, in two lines; its traceback only where somebody asked for it."""
    if os.environ.get(_DEBUG):
        traceback.print_exception(error)
    summary = "".join(traceback.format_exception_only(error)).strip().splitlines()[0]
    sys.stderr.write(
        f"proxygen: a bug of proxygen's own, nothing was written: {summary[:400]}\n"
        f"  = run it again with {_DEBUG}=1, and report the traceback with the document\n"
    )
    sys.exit(BUG)
