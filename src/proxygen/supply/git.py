"""Reads one file at a revision of a git repository, by the git that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from proxygen.supply.fetch_refusal import fetch_refusal
from proxygen.supply.limits import Limits
from proxygen.supply.origin import Origin, local_path

_KEPT: Final = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL")
"""Of git's variables, those that say how to reach a repository; others say which one a hook runs in."""
_SETTINGS: Final = (
    *("-c", "protocol.allow=never", "-c", "protocol.https.allow=always"),
    *("-c", "protocol.ssh.allow=always", "-c", "protocol.file.allow=always"),
    *("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "advice.detachedHead=false"),
)


def fetch_git(origin: Origin, *, folder: Path, limits: Limits) -> tuple[bytes, str]:
    """The file's bytes and the commit in hexadecimal; raises `InputRefused`.

    Only the newest trees are fetched, and of the files only this one, where the server can do that.
    """
    if shutil.which("git") is None:
        raise fetch_refusal(str(origin), "git is not installed.", "Install git, or give a URL.")
    repository = origin.where
    if "://" not in repository:
        repository = str(local_path(folder, repository))
    with TemporaryDirectory(prefix="proxygen-git-") as scratch:
        git = _Git(origin, Path(scratch), time.monotonic() + limits.seconds)
        git.run("init", "--quiet", "--bare")
        git.run("remote", "add", "origin", repository)
        git.run(
            *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"),
            *("--filter=blob:none", "origin", origin.ref),
        )
        commit = git.run("rev-parse", "FETCH_HEAD^{commit}").decode().strip()
        name = f"{commit}:{origin.path}"
        if git.run("cat-file", "-t", name) != b"blob\n":
            raise fetch_refusal(str(origin), "This is no file there.", "Give the path of a file.")
        if int(git.run("cat-file", "-s", name)) > limits.size:
            found = f"The file has more than {limits.size} bytes."
            raise fetch_refusal(str(origin), found, "Split the document by service.")
        return git.run("cat-file", "blob", name), commit


class _Git:
    """Commands in one bare repository, all of them before one deadline."""

    def __init__(self, origin: Origin, folder: Path, deadline: float) -> None:
        self._origin = origin
        self._folder = folder
        self._deadline = deadline

    def run(self, *arguments: str) -> bytes:
        """What the command wrote to stdout; raises `InputRefused` with the last line of its stderr."""
        try:
            done = subprocess.run(  # noqa: S603 - arguments are checked, and no shell reads them
                ["git", *_SETTINGS, "-C", str(self._folder), *arguments],  # noqa: S607
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=max(0.1, self._deadline - time.monotonic()),
                check=False,
            )
        except subprocess.TimeoutExpired:
            cure = "Try again, or give more time with --timeout."
            raise fetch_refusal(str(self._origin), "git did not end in time.", cure) from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = next((line for line in said if line.startswith("fatal:")), "git failed")
            found = f"git says: {reason.removeprefix('fatal: ')[:200]}"
            cure = "Check repository, ref and path, and that git may read it without asking."
            raise fetch_refusal(str(self._origin), found, cure)
        return done.stdout


def _environment() -> Mapping[str, str]:
    """The person's own, less what says which repository this is; git may not ask anything."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    return {
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        **inherited,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
