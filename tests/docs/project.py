"""The project of one page: a folder, a shell whose state lasts, and the servers that the page has started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Final

from tests.wire.ports import unassigned_port

ROOT: Final = Path(__file__).resolve().parents[2]
_SECONDS: Final = 60.0
_PIP: Final = f"""#!/bin/sh
exec {quote(sys.executable)} {quote(str(Path(__file__).with_name("pip_says.py")))} "$@"
"""
_PRINTED_PORT: Final = re.compile(r"\b(?:8000|8001|9000|9001)\b")
"""Ports of the pages; each stands for one that nobody else has."""
_EXPORT: Final = re.compile(r"export (\w+)=(\S*?)(?:\.\.\.|…)")


class Project:
    """A temporary folder with an environment; use it as a context, which ends what was started.

    `rewritten` takes commands with other output than their page shows, as they stand there and as they
    should; None where that is a failure.
    """

    def __init__(self, folder: Path, *, golden: bool = False) -> None:
        self.rewritten: dict[str, str] | None = {} if golden else None
        self.folder = folder / "project"
        self.folder.mkdir()
        self._kept = folder / "shell"
        self._kept.mkdir()
        commands = folder / "bin"
        commands.mkdir()
        (commands / "pip").write_text(_PIP, encoding="utf-8")
        (commands / "pip").chmod(0o755)
        self._ports: dict[str, str] = {}
        self._servers: list[tuple[subprocess.Popen[bytes], Path]] = []
        (self._kept / "environment").write_text(
            "".join(f"export {k}={quote(v)}\n" for k, v in self._environment(commands).items())
        )

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        for server, _output in self._servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
        for server, _output in self._servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(10)

    def write(self, name: str, text: str, *, add: bool = False) -> Path:
        """A file of the project; `add` appends to it, with a blank line between."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if add else ""
        path.write_text(before + self._on_own_ports(text), encoding="utf-8")
        return path

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and output, stderr among it, as a terminal shows them; what is exported stays."""
        script = f"{self._entered()}\n{self._completed(command)}\n{self._left()}"
        done = subprocess.run(  # noqa: S603 - commands of the pages
            ["bash", "-c", script],  # noqa: S607 - the shell of the pages
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, self._as_printed(done.stdout)

    def start(self, command: str, wanted: re.Pattern[str]) -> tuple[bool, str]:
        """Starts a server in the place of the one before it.

        Whether its output came to match, and the output until then.
        """
        self.stop()
        output = self._kept / f"server-{len(self._servers)}"
        with output.open("wb") as file:
            server = subprocess.Popen(  # noqa: S603 - a command of the pages
                ["bash", "-c", f"{self._entered()}\nexec {self._completed(command)}"],  # noqa: S607
                cwd=self.folder,
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._servers.append((server, output))
        deadline = time.monotonic() + _SECONDS
        while True:
            ended = server.poll() is not None
            said = self._as_printed(output.read_bytes())
            if wanted.search(said):
                return True, said
            if ended or time.monotonic() > deadline:
                return False, said
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends the server that was started last, as Ctrl-C does."""
        for server, _output in self._servers[-1:]:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGINT)
                server.wait(_SECONDS)

    def _environment(self, commands: Path) -> Mapping[str, str]:
        return {
            "PATH": f"{commands}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self._kept),
            "NO_COLOR": "1",
            "EDGE_PORT": self._port("8000"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:asyncio -p no:xdist",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A Reader",
            "GIT_AUTHOR_EMAIL": "reader@example.com",
            "GIT_COMMITTER_NAME": "A Reader",
            "GIT_COMMITTER_EMAIL": "reader@example.com",
        }

    def _entered(self) -> str:
        return f"unset CI GITHUB_ACTIONS PYTHONUNBUFFERED; source {quote(str(self._kept / 'environment'))}"

    def _left(self) -> str:
        return f"code=$?; export -p > {quote(str(self._kept / 'environment'))}; exit $code"

    def _completed(self, command: str) -> str:
        """`export NAME=abc...` means the word that a server has printed and that begins so."""
        found = _EXPORT.fullmatch(command)
        if found is not None:
            word = re.compile(rf"{re.escape(found[2])}[\w:/.-]*\w")
            for _server, output in reversed(self._servers):
                printed = word.search(output.read_text(encoding="utf-8"))
                if printed:
                    return f"export {found[1]}={printed[0]}"
        return self._on_own_ports(command)

    def _on_own_ports(self, text: str) -> str:
        return _PRINTED_PORT.sub(lambda found: self._port(found[0]), text)

    def _port(self, printed: str) -> str:
        return self._ports.setdefault(printed, str(unassigned_port()))

    def _as_printed(self, output: bytes) -> str:
        text = output.decode("utf-8", "replace").replace("\r\n", "\n")
        for printed, own in self._ports.items():
            text = text.replace(own, printed)
        return text.replace(str(self.folder), "~/shop")
