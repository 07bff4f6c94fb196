"""Writes a build: the whole tree at once, or nothing.

The new tree is put together beside the old one: files that did not change and files that are not the
tool's are the same files (hard links), so that they keep inode, time and content. Then the two swap names
in one step (`swap`). A process killed at any point leaves the old tree or the new one, and at most a
folder `.NAME.proxygen-new` beside it, which the next build removes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.output.diff import Drift, compare
from proxygen.output.manifest import MANIFEST, check_path, is_text
from proxygen.output.swap import exchange, recover
from proxygen.output.tree import Tree, read_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write did: the drift that it removed, and the files of others that it left alone."""

    drift: Drift
    kept: tuple[str, ...]


def write_tree(root: Path, files: Mapping[str, str]) -> Written:
    """Make the output at `root` these files (manifest included) and what is not the tool's.

    Raises `InputRefused`, with nothing changed, where a file would have to replace one that the last
    manifest does not own, or where the folder cannot be written.
    """
    root = root.absolute()
    for path in files:
        check_path(path)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with _locked(root.parent):
            return _write(root, files)
    except OSError as error:
        found = f"cannot be written: {error.strerror or error}"
        cure = "make it writable, or name another folder with --output"
        raise InputRefused([_finding(root, "output-unwritable", found, cure)]) from error


def _write(root: Path, files: Mapping[str, str]) -> Written:
    staged = root.with_name(f".{root.name}.proxygen-new")
    aside = root.with_name(f".{root.name}.proxygen-old")
    recover(staged, root, aside)
    _discard(staged)
    _discard(aside)
    if (root / ".git").exists():
        found = "is a repository, and the output's folder is replaced whole"
        raise InputRefused([_finding(root, "output-repository", found, "name a folder inside it")])
    tree = read_tree(root)
    _refuse_conflicts(tree, files)
    drift = compare(tree, files)
    kept = tuple(sorted(tree.foreign - set(files)))
    if not drift:
        return Written(drift=drift, kept=kept)
    try:
        _stage(tree, files, staged)
    except OSError:
        _discard(staged)
        raise
    old = exchange(staged, root, aside)
    if old is not None:
        _rescue(tree, old, root)
        _discard(old)
    return Written(drift=drift, kept=kept)


def _refuse_conflicts(tree: Tree, files: Mapping[str, str]) -> None:
    """No wanted file may stand where something is that is not the tool's, or below it.

    A file that has the wanted text already is nobody's loss: an output whose manifest is gone gets it back.
    """
    folders = {str(parent) for path in tree.foreign for parent in PurePosixPath(path).parents[:-1]}
    blocked: set[str] = set()
    for path in files:
        above = (str(parent) for parent in PurePosixPath(path).parents[:-1])
        blocked.update(name for name in above if name in tree.foreign)
        if path in tree.foreign and not is_text(tree.read(path), files[path]):
            blocked.add(path)
        if path in folders:
            blocked.add(path)
    if not blocked:
        return
    if tree.manifest is None and len(tree.files & files.keys()) > 1:
        raise InputRefused([_without_manifest(tree, sorted(blocked))])
    cure = "move it away, or name another folder with --output"
    raise InputRefused(
        _finding(tree.root / path, "output-not-owned", "was not written by proxygen", cure)
        for path in sorted(blocked)
    )


def _without_manifest(tree: Tree, blocked: list[str]) -> Diagnostic:
    found = f"is not there to say which files are proxygen's; {len(blocked)} would be replaced, "
    found += f"such as {blocked[0]}"
    cure = "restore it from version control, or move the files away, or name another folder with --output"
    return _finding(tree.root / MANIFEST, "output-not-owned", found, cure)


def _stage(tree: Tree, files: Mapping[str, str], staged: Path) -> None:
    """The new tree, complete, at `staged`."""
    staged.mkdir()
    if tree.root.is_dir():
        shutil.copymode(tree.root, staged)
    for path, text in files.items():
        target = staged / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if is_text(tree.read(path), text):
            _same_file(tree.root / path, target)
        else:
            target.write_bytes(text.encode())
    for path in sorted(tree.foreign - set(files)):
        if not _is_stale_bytecode(path, tree, files):
            target = staged / path
            target.parent.mkdir(parents=True, exist_ok=True)
            _same_file(tree.root / path, target)
    _keep_folders(tree, staged)


def _keep_folders(tree: Tree, staged: Path) -> None:
    """Folders of others as they were, the empty ones too: each with its mode, its owner and its times."""
    below = tree.foreign | tree.empty
    above = {str(parent) for path in below for parent in PurePosixPath(path).parents[:-1]}
    for path in sorted(above | tree.empty, reverse=True):
        source, target = tree.root / path, staged / path
        target.mkdir(parents=True, exist_ok=True)
        before, now = source.stat(), target.stat()
        if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
            os.chown(target, before.st_uid, before.st_gid)
        shutil.copystat(source, target)


def _same_file(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _is_stale_bytecode(path: str, tree: Tree, files: Mapping[str, str]) -> bool:
    """Whether Python made this file from a module of the tool's that is going away."""
    pure = PurePosixPath(path)
    if pure.parent.name != "__pycache__":
        return False
    source = str(pure.parent.parent / f"{pure.name.partition('.')[0]}.py")
    return source in tree.owned and source not in files


def _rescue(tree: Tree, old: Path, live: Path) -> None:
    """Carry over what others wrote into the old tree while the new one was being staged."""
    for path in read_tree(old).foreign:
        source, target = old / path, live / path
        known = path in tree.foreign
        if known and (not os.path.lexists(target) or _same_state(source, target)):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def _same_state(source: Path, target: Path) -> bool:
    before, after = source.lstat(), target.lstat()
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _discard(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One build at a time per parent folder, where the system has `flock`."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _finding(path: Path, rule: str, found: str, cure: str) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, Location(str(path)), found, cure)
