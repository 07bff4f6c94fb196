"""The wheel serves the committed edge with no extra, and builds it with `[cli]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from proxygen import __version__
from tests.wire.ports import unassigned_port

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
READY_SECONDS = 20.0


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command with nothing of this checkout on its path."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, "PIP_CONSTRAINT": str(CONSTRAINTS), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources that the repository has."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("src", "templates"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    built = run(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def environment_with(requirement: str, folder: Path) -> Path:
    """An empty environment with this requirement installed; its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = run(python, "-m", "pip", "install", "-q", requirement, cwd=folder)
    assert done.returncode == 0, done.stderr
    return python


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and no extra."""
    return environment_with(str(wheel), tmp_path_factory.mktemp("bare"))


def test_the_wheel_knows_the_keys_of_its_version(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert f"proxygen/upgrade/known/{__version__}.json" in archive.namelist()


def test_with_no_extra_it_serves_the_committed_edge(bare: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated", tmp_path / "generated")
    port = unassigned_port()
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")},
        **base_urls(bare, tmp_path),
        "EDGE_TOKEN_SECRET": "a secret that only this test knows, long enough",
        "EDGE_HOST": "127.0.0.1",
        "EDGE_PORT": str(port),
    }
    command = [str(bare), "-m", "generated"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as server:  # noqa: S603
        try:
            assert answered(port, "/healthz") == 200
            assert answered(port, "/v1/classes/c1") == 401
        finally:
            server.terminate()
            server.wait(timeout=15)


def test_with_no_extra_a_command_says_which_to_install(bare: Path, tmp_path: Path) -> None:
    done = run(bare.parent / "proxygen", "build", "specs", cwd=tmp_path)
    assert done.returncode == 2
    assert "proxygen[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_the_cli_extra_it_builds_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    python = environment_with(f"{wheel}[cli]", tmp_path / "cli")
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    done = run(python.parent / "proxygen", "build", "specs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "generated") == tree(ROOT / "generated")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for what running it leaves behind."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def base_urls(python: Path, folder: Path) -> dict[str, str]:
    """A base URL for every service of the edge, where nothing listens."""
    code = "from generated.app import EDGE; print(*(s.base_url_env for s in EDGE.services))"
    done = run(python, "-c", code, cwd=folder)
    assert done.returncode == 0, done.stderr
    return dict.fromkeys(done.stdout.split(), "http://127.0.0.1:9")


def answered(port: int, path: str) -> int:
    """The status of a GET, once the server listens."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
