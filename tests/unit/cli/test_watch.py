"""`proxygen build --watch`: every kind of save is seen, a refused build is survived, Ctrl-C ends it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.cli.commands import SOURCE
from tests.unit.cli.test_command_line import PETS

WAIT = 60.0


class Watcher:
    """A watching process and the lines that it says."""

    def __init__(self, project: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "proxygen", "build", "specs", "--watch"],
            cwd=project,
            env={
                "PYTHONPATH": str(SOURCE),
                "PATH": os.environ["PATH"],
                "PROXYGEN_CACHE": str(project / "cache"),
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)

    def until(self, text: str) -> None:
        """Waits for a line with this text."""
        while text not in (line := self._lines.get(timeout=WAIT)):
            assert "Traceback" not in line

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=WAIT)
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def watcher(project: Path) -> Iterator[Watcher]:
    started = Watcher(project)
    try:
        started.until("watching specs")
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def by_renaming(path: Path, text: str) -> None:
    staged = path.with_name(f".{path.name}.swp")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)


def through_a_backup(path: Path, text: str) -> None:
    path.rename(path.with_name(f"{path.name}~"))
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("save", [in_place, by_renaming, through_a_backup])
def test_a_save_is_built(
    project: Path, watcher: Watcher, save: Callable[[Path, str], None]
) -> None:
    save(project / "specs" / "pets.yaml", PETS.replace("/pets", "/animals"))
    watcher.until("changed")
    assert "/animals" in (project / "generated" / "openapi.json").read_text(encoding="utf-8")


def test_an_error_is_shown_and_the_next_save_is_built(project: Path, watcher: Watcher) -> None:
    document = project / "specs" / "pets.yaml"
    before = (project / "generated" / "manifest.json").read_bytes()
    in_place(document, "openapi: [")
    watcher.until("error[yaml-syntax]")
    assert (project / "generated" / "manifest.json").read_bytes() == before
    in_place(document, PETS.replace("/pets", "/animals"))
    watcher.until("changed, ")


def test_documents_come_and_go(project: Path, watcher: Watcher) -> None:
    other = project / "specs" / "animals.yaml"
    in_place(other, PETS.replace("/pets", "/animals"))
    watcher.until(" new, ")
    assert (project / "generated" / "animals").is_dir()
    other.unlink()
    watcher.until(" removed)")
    assert not (project / "generated" / "animals").exists()


def test_ctrl_c_ends_it_cleanly(watcher: Watcher) -> None:
    assert watcher.stop() == 0
    watcher.until("stopped")
