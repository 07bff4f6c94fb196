"""The same input gives the same bytes, whatever the hash seed, folder, locale and time zone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def built(folder: Path, **environment: str) -> dict[str, bytes]:
    """The committed documents, built below `folder` in this environment."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    program = "from proxygen.cli import main; main()"
    command = [sys.executable, "-c", program, "build", "specs", "--no-cache"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tree(folder / "generated")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for what running it leaves behind."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_hash_seed_folder_locale_and_time_zone_change_nothing(tmp_path: Path) -> None:
    deep = tmp_path / "a folder with blanks" / "å"
    deep.mkdir(parents=True)
    elsewhere = built(
        deep, PYTHONHASHSEED="4711", LC_ALL="C", LANG="C", TZ="Asia/Kathmandu", PYTHONUTF8="0"
    )
    assert elsewhere == tree(ROOT / "generated")
