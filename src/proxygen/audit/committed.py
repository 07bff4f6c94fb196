"""The matrix that an edge had: in an output on disk, or in a commit of the repository around it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from proxygen.audit.matrix import AUDIT, AuditError, Route, parse_matrix
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.repository import git_environment

_SECONDS = 30


def committed_matrix(output: Path, *, revision: str = "") -> tuple[Route, ...] | None:
    """The matrix of the output; None where there is none yet. Raises `InputRefused`.

    With `revision` (a commit, branch or tag) it is read from git and not from disk.
    """
    place = output / AUDIT
    try:
        text = _at(revision, place) if revision else _on_disk(place)
        return None if text is None else parse_matrix(text)
    except (AuditError, UnicodeDecodeError) as error:
        found = str(error) if isinstance(error, AuditError) else "is not UTF-8"
        cure = "restore it from version control, and build again"
        raise _refusal(Location(str(place)), found, cure) from error


def _on_disk(place: Path) -> str | None:
    return place.read_text(encoding="utf-8") if place.is_file() else None


def _at(revision: str, place: Path) -> str | None:
    folder = _existing(place.parent)
    below = place.resolve().relative_to(folder.resolve()).as_posix()
    try:
        _git(folder, "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
    except subprocess.CalledProcessError as error:
        found = f"the repository here has no commit {revision[:80]!a}"
        cure = "fetch it first (a CI checkout has one commit: fetch-depth: 0), or name another"
        finding = Diagnostic(
            "git-unknown-revision", Severity.ERROR, Location(revision), found, cure
        )
        raise InputRefused([finding]) from error
    try:
        return _git(folder, "show", f"{revision}:./{below}")
    except subprocess.CalledProcessError:
        return None


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.resolve().parents) if one.is_dir())


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision cannot be an option behind --verify
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's git
            env=git_environment(),
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        found = f"git cannot be run: {error}"
        raise _refusal(
            Location(str(folder)), found, "install git, or leave --against out"
        ) from error
    return done.stdout.decode("utf-8")


def _refusal(location: Location, found: str, cure: str) -> InputRefused:
    return InputRefused([Diagnostic("bad-audit", Severity.ERROR, location, found, cure)])
