"""A shell completes commands, and what the project has: operations, revisions, templates, documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxygen.cache import VARIABLE
from tests.unit.cli.test_command_line import PETS

COMMAND = Path(sys.executable).parent / "proxygen"


def said(folder: Path, *arguments: str, **environment: str) -> str:
    """What the installed command prints; it fails the test where that is not all that it says."""
    finished = subprocess.run(  # noqa: S603 - this environment's own script
        [COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], VARIABLE: os.environ[VARIABLE], **environment},
    )
    assert finished.stderr == ""
    return finished.stdout


def completed(folder: Path, line: str) -> list[str]:
    """The words that bash would offer at the end of the line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    return said(folder, _PROXYGEN_COMPLETE="complete_bash", **words).split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: str, tmp_path: Path) -> None:
    undetected = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "_PROXYGEN_COMPLETE" in said(tmp_path, "--show-completion", shell, **undetected)
    words = {
        "bash": {"COMP_WORDS": "proxygen ch", "COMP_CWORD": "1"},
        "zsh": {"_TYPER_COMPLETE_ARGS": "proxygen ch"},
        "fish": {"_TYPER_COMPLETE_ARGS": "proxygen ch", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    assert "check" in said(tmp_path, _PROXYGEN_COMPLETE=f"complete_{shell}", **words)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("proxygen explain getP", "getPet"),
        ("proxygen diff --against fea", "feature"),
        ("proxygen templates eject sett", "settings.py.jinja"),
        ("proxygen specs update pe", "pets.yaml"),
    ],
)
def test_a_shell_completes_what_the_project_has(tmp_path: Path, line: str, word: str) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "pets.yaml").write_text(PETS, encoding="utf-8")
    (tmp_path / "feature").mkdir()
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)  # noqa: S603, S607 - git
    for arguments in (["specs", "add", "from/pets.yaml"], ["build", "--quiet"]):
        subprocess.run([COMMAND, *arguments], cwd=tmp_path, check=True)  # noqa: S603 - our own script
    assert completed(tmp_path, line) == [word]


@pytest.mark.parametrize("line", ["explain x", "specs update x", "diff --against x"])
def test_a_completion_that_cannot_be_had_says_nothing(tmp_path: Path, line: str) -> None:
    assert completed(tmp_path, f"proxygen {line}") == []
