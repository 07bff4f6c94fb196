"""Formats rendered modules: ruff, once over all of them, blind to any configuration of the user's."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from proxygen.render.literals import LINE_LENGTH

_COMMON = ("--isolated", "--no-cache", "--quiet", "--target-version", "py311")
_IMPORTS = ("--select", "I", "--fix", "--config", f"line-length={LINE_LENGTH}")
_LAYOUT = ("--line-length", str(LINE_LENGTH))


class FormatterError(Exception):
    """Ruff could not format what was rendered: a bug of ours, or no ruff."""


def format_modules(modules: Mapping[str, str]) -> dict[str, str]:
    """The same modules by path, imports sorted and laid out."""
    if not modules:
        return {}
    with tempfile.TemporaryDirectory(prefix="proxygen-") as folder:
        root = Path(folder)
        for path, text in modules.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        _ruff(["check", *_COMMON, *_IMPORTS, "."], root)
        _ruff(["format", *_COMMON, *_LAYOUT, "."], root)
        return {path: (root / path).read_text(encoding="utf-8") for path in modules}


def _ruff(arguments: Sequence[str], folder: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RUFF_")
    }
    finished = subprocess.run(  # noqa: S603 - the ruff of this installation, constant arguments
        [import_module("ruff").find_ruff_bin(), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if finished.returncode != 0:
        raise FormatterError((finished.stderr or finished.stdout).strip())
