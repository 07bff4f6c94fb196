"""`proxygen build --watch`: every kind of save is seen, a refused build is survived, Ctrl-C ends it."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.cli.commands import SOURCE, run
from tests.unit.cli.test_command_line import PETS

ROOT = Path(__file__).parents[3]
WAIT = 60.0


class Watcher:
    """A watching process and the lines that it says."""

    def __init__(self, project: Path, *options: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, "-m", "proxygen", "build", "specs", "--watch", *options],
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

    def until(self, text: str) -> float:
        """Waits for a line with this text; the time since the call, in seconds."""
        begun = time.perf_counter()
        while text not in (line := self._lines.get(timeout=WAIT)):
            assert "Traceback" not in line
        return time.perf_counter() - begun

    def next(self) -> str:
        """The next line."""
        return self._lines.get(timeout=WAIT)

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


def in_two_steps(path: Path, text: str) -> None:
    """The file is empty for longer than a builder waits for an editor to be ready."""
    path.write_bytes(b"")
    time.sleep(0.4)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("save", [in_place, by_renaming, through_a_backup, in_two_steps])
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


def test_the_configuration_is_read_again(project: Path, watcher: Watcher) -> None:
    config = project / "specs" / "proxygen.toml"
    in_place(config, '[gateway]\nname = "first-edge"\n')
    watcher.until("changed, ")
    in_place(config, "[gateway\n")
    watcher.until("error[toml-syntax]")
    by_renaming(config, '[gateway]\nname = "second-edge"\n')
    watcher.until("changed, ")
    app = project / "generated" / "app.py"
    assert "second-edge" in app.read_text(encoding="utf-8")


def test_an_override_is_read_again(project: Path) -> None:
    ejected = run("templates", "eject", "app.py.jinja", "--templates", "own", cwd=project)
    assert ejected.returncode == 0
    own = project / "own" / "app.py.jinja"
    text = own.read_text(encoding="utf-8")
    watcher = Watcher(project, "--templates", "own")
    try:
        watcher.until("watching own, specs")
        in_place(own, text + "{{ view.nothing | literal }}\n")
        watcher.until("error[template-error]")
        by_renaming(own, text + "# Ours.\n")
        watcher.until("changed, ")
    finally:
        assert watcher.stop() == 0
    assert "# Ours." in (project / "generated" / "app.py").read_text(encoding="utf-8")


def test_an_editors_own_files_build_nothing(project: Path, watcher: Watcher) -> None:
    for name in (".pets.yaml.swp", "4913", "pets.yaml~", ".#pets.yaml"):
        (project / "specs" / name).write_text("x: [", encoding="utf-8")
    in_place(project / "specs" / "pets.yaml", PETS.replace("/pets", "/animals"))
    assert "changed, " in watcher.next()


def test_five_documents_are_built_again_in_half_a_second(tmp_path: Path) -> None:
    """Seven starts of an interpreter that imports typer, which take 0.07 s each where nothing else runs."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    document = tmp_path / "specs" / "batch_orchestrator.yaml"
    text = document.read_text(encoding="utf-8")
    watcher = Watcher(tmp_path)
    took, starts = [], []
    try:
        watcher.until("watching specs")
        for number in range(5):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import typer"], check=True)
            starts.append(time.perf_counter() - begun)
            in_place(document, text.replace("minLength: 1", f"minLength: {number + 2}", 1))
            took.append(watcher.until("changed, "))
    finally:
        watcher.stop()
    assert min(took) / min(starts) < 12


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
