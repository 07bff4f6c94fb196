"""Every folder beside this file is a case: `specs/` in, and either `stderr.txt` or `expected/` out.

`stderr.txt` is what a refused build prints; it exits with 2 and leaves an old output as it was. `expected/`
has the files that the case is about, compared to the byte. `make golden` rewrites both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REFUSED = sorted(path.parent.name for path in HERE.glob("*/stderr.txt"))
BUILT = sorted(path.parent.name for path in HERE.glob("*/expected"))


def run_build(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`proxygen build specs` in this folder, as a user runs it, without colour."""
    command = [
        sys.executable,
        "-c",
        "from proxygen.cli import main; main()",
        "build",
        "specs",
        *arguments,
    ]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def laid_out(case: str, tmp_path: Path) -> Path:
    """A copy of the case's documents, so that a case's own folder is never written to."""
    source = HERE / case / "specs"
    if source.exists():
        shutil.copytree(source, tmp_path / "specs")
    return tmp_path


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_build_says_where_and_what_to_do_and_writes_nothing(
    case: str, tmp_path: Path, golden: bool
) -> None:
    folder = laid_out(case, tmp_path)
    old = folder / "generated" / "kept.txt"
    old.parent.mkdir()
    old.write_text("the old output")
    done = run_build(folder)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert [path.name for path in old.parent.iterdir()] == ["kept.txt"]
    assert old.read_text() == "the old output"
    compare(HERE / case / "stderr.txt", done.stderr, golden)


@pytest.mark.parametrize("case", BUILT)
def test_a_build_writes_what_is_expected(case: str, tmp_path: Path, golden: bool) -> None:
    folder = laid_out(case, tmp_path)
    done = run_build(folder)
    assert done.returncode == 0, done.stderr
    for expected in sorted(
        path for path in (HERE / case / "expected").rglob("*") if path.is_file()
    ):
        written = folder / "generated" / expected.relative_to(HERE / case / "expected")
        compare(expected, written.read_text(encoding="utf-8"), golden)


def compare(expectation: Path, found: str, golden: bool) -> None:
    """Compares with what is expected, or makes it so."""
    if golden:
        expectation.write_text(found, encoding="utf-8")
    assert found == expectation.read_text(encoding="utf-8")
