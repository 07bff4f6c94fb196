"""Reads documents and configuration as they were at a revision of git, without touching the work tree.

Files are read as git stores them: no filter, hook or attribute of the repository is run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.repository import git_environment

_LFS: Final = b"version https://git-lfs.github.com/spec/"
_SUBMODULE: Final = b"160000"
_LINK: Final = b"120000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Copies of what the caller named at `ref`, in a folder that is gone after the comparison."""

    ref: str
    folder: Path
    specs: Path
    config: Path | None

    def told(self, refused: InputRefused) -> InputRefused:
        """What is wrong with the copies, at places that say where they are from: `main:specs/orders.yaml`."""
        return InputRefused(
            replace(
                one,
                location=self._place(one.location),
                related=tuple(map(self._place, one.related)),
            )
            for one in refused.diagnostics
        )

    def _place(self, location: Location) -> Location:
        path = Path(location.file)
        inside = path.is_absolute() and path.is_relative_to(self.folder)
        shown = path.relative_to(self.folder) if inside else path
        return replace(location, file=f"{self.ref}:{shown.as_posix()}")


@contextmanager
def restored(ref: str, specs: Path, config: Path | None) -> Iterator[Restored]:
    """`specs` and `config` as they were at `ref`; raises `InputRefused` where they cannot be had."""
    git = _Git.of(specs, ref)
    tree = git.tree()
    with tempfile.TemporaryDirectory(prefix="proxygen-") as folder:
        # Places are shown from the folder's own name on, so the copy has the same.
        root = Path(folder) / git.root.name
        there = root / git.inside(specs)
        git.restore(tree, specs if specs.is_dir() else specs.parent, root)
        if not there.exists():
            raise git.without(specs)
        if config is not None:
            git.restore(tree, config, root)
        yield Restored(
            ref=ref,
            folder=Path(folder),
            specs=there,
            config=None if config is None else root / git.inside(config),
        )


@dataclass(frozen=True, slots=True)
class _Git:
    """The repository around the documents, and the revision that the caller named."""

    program: str
    root: Path
    ref: str

    @classmethod
    def of(cls, specs: Path, ref: str) -> _Git:
        """The repository around `specs`."""
        program = shutil.which("git")
        if program is None:
            raise _refused(
                "git-missing", ref, "git is not installed.", "Install it, or name a folder."
            )
        folder = specs if specs.is_dir() else specs.parent
        done = _run([program, "rev-parse", "--show-toplevel"], folder)
        if done.returncode:
            found = f"{folder.as_posix()} is in no repository of git that can be read."
            raise _refused("git-no-repository", ref, found, "Name a folder with --against instead.")
        return cls(program, Path(os.fsdecode(done.stdout.rstrip(b"\n"))).resolve(), ref)

    def tree(self) -> str:
        """The tree of the revision, by its hash."""
        done = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.ref}^{{tree}}"
        )
        if done.returncode:
            found = "This is no revision of the repository, and no folder or document."
            cure = "Fetch it (a shallow clone has few revisions), or name another."
            raise _refused("git-unknown-revision", self.ref, found, cure)
        return done.stdout.decode("ascii").strip()

    def inside(self, path: Path) -> str:
        """The path of a file or folder from the repository's root on."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self.root):
            found = f"{path.as_posix()} is not in the repository of the documents."
            raise _refused("git-outside", self.ref, found, "Keep both in one repository.")
        return resolved.relative_to(self.root).as_posix()

    def without(self, path: Path) -> InputRefused:
        """The revision has no such file or folder."""
        found = f"{path.as_posix()} is not there at this revision."
        cure = "Name a revision that has it; all of a new edge is new."
        return _refused("git-no-documents", self.ref, found, cure)

    def restore(self, tree: str, path: Path, target: Path) -> None:
        """Write a file, or all files of a folder, of the tree below `target`."""
        name = self.inside(path)
        limits = () if name == "." else ("--", name)
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", tree, *limits)
        entries = [entry for entry in listed.stdout.split(b"\0") if entry]
        if listed.returncode or not entries:
            raise self.without(path)
        files: dict[str, bytes] = {}
        for entry in entries:
            head, _, file = entry.partition(b"\t")
            mode, _, identifier = head.split(b" ")
            shown = os.fsdecode(file)
            if mode == _SUBMODULE:
                found = f"{shown} is a submodule, whose files are in another repository."
                cure = "Name a folder with --against instead."
                raise _refused("git-submodule", self.ref, found, cure)
            if mode == _LINK:
                found = f"{shown} is a symbolic link, which is not followed in a revision."
                cure = "Keep the file itself there, or name a folder with --against."
                raise _refused("git-link", self.ref, found, cure)
            files[shown] = identifier
        self._write(files, target)

    def _write(self, files: dict[str, bytes], target: Path) -> None:
        done = self._git(
            "cat-file", "--batch", sent=b"".join(one + b"\n" for one in files.values())
        )
        rest = done.stdout
        for path in files:
            head, _, rest = rest.partition(b"\n")
            words = head.split(b" ")
            if len(words) != 3:
                found = f"{path} cannot be read: {os.fsdecode(head)}."
                raise _refused("git-unreadable", self.ref, found, "Fetch the whole repository.")
            size = int(words[2])
            content, rest = rest[:size], rest[size + 1 :]
            if content.startswith(_LFS):
                found = f"{path} is a pointer to a file of Git LFS."
                raise _refused("git-lfs", self.ref, found, "Keep the documents in git itself.")
            place = target.joinpath(*PurePosixPath(path).parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def _git(self, *arguments: str, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return _run([self.program, *arguments], self.root, sent)


def _run(
    command: Sequence[str], folder: Path, sent: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - git, found on the path; a revision cannot be an option
        command,
        cwd=folder,
        env=git_environment(),
        input=sent,
        capture_output=True,
        check=False,
    )


def _refused(rule: str, ref: str, found: str, cure: str) -> InputRefused:
    return InputRefused([Diagnostic(rule, Severity.ERROR, Location(ref), found, cure)])
