"""Adds, updates and verifies the fetched documents of a folder; each step changes all it says or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from proxygen.config.service_names import service_name
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.openapi.read import read_contract
from proxygen.source.load import display_name, text_digest
from proxygen.supply.candidate import candidate, refuse_unreadable
from proxygen.supply.fetch import Fetched, fetch
from proxygen.supply.limits import Limits
from proxygen.supply.lock import LOCK_NAME, Lock, Locked, is_document_name, read_lock
from proxygen.supply.origin import Origin

_GENERAL_STEMS: Final = frozenset({"api", "api-docs", "openapi", "swagger", "schema", "spec"})
"""Names of documents that say nothing about whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """Documents that came, not yet written: `contents` by file name, and the lock that goes with them."""

    folder: Path
    contents: Mapping[str, bytes]
    lock: Lock


def add(
    folder: Path,
    origin: Origin,
    *,
    name: str | None,
    token_env: str,
    limits: Limits,
    force: bool,
) -> Supplied:
    """One document more, under `name` or one of its own; raises `InputRefused`.

    A file that is there stays, unless it is what came, or `force` says otherwise.
    """
    lock = read_lock(folder) or Lock()
    if name is not None:
        _refuse_name(name)
    fetched = fetch(origin, folder=folder, token=_token(token_env), limits=limits)
    name = name or _name_of(origin, fetched)
    target = folder / name
    there = target.read_bytes() if target.is_file() else None
    if there is not None and there != fetched.content and not force:
        cure = (
            f"proxygen specs update {name}" if name in lock.documents else "Give another with --as."
        )
        raise _refusal("document-exists", target, folder, "Another file has this name.", cure)
    contents = {name: fetched.content}
    with candidate(folder, contents) as copy:
        refuse_unreadable(copy, contents)
    locked = _locked(origin, fetched, token_env)
    return Supplied(
        folder=folder, contents=contents, lock=Lock(documents={**lock.documents, name: locked})
    )


def update(folder: Path, names: Collection[str], *, limits: Limits) -> Supplied:
    """What has changed where these documents (all, where none is named) came from; `InputRefused`."""
    lock = _lock(folder)
    unknown = [name for name in names if name not in lock.documents]
    if unknown:
        cure = f"Fetched are: {', '.join(sorted(lock.documents)) or 'none'}."
        found = f"It has no document {unknown[0]}."
        raise _refusal("unknown-document", folder / LOCK_NAME, folder, found, cure)
    contents: dict[str, bytes] = {}
    documents = dict(lock.documents)
    refused: list[Diagnostic] = []
    for name in sorted(names or lock.documents):
        one = lock.documents[name]
        try:
            token = _token(one.token_env)
            fetched = fetch(one.origin, folder=folder, token=token, limits=limits)
        except InputRefused as error:
            refused += error.diagnostics
            continue
        if fetched.content != _content(folder / name):
            contents[name] = fetched.content
        if _digest(fetched.content) != one.sha256:
            documents[name] = _locked(one.origin, fetched, one.token_env)
        elif fetched.revision != one.revision:
            documents[name] = replace(one, revision=fetched.revision)
    if refused:
        raise InputRefused(refused)
    with candidate(folder, contents) as copy:
        refuse_unreadable(copy, contents)
    return Supplied(folder=folder, contents=contents, lock=Lock(documents=documents))


def verify(folder: Path) -> tuple[int, tuple[Diagnostic, ...]]:
    """How many documents the lock has, and those that are not as it says; asks nobody."""
    lock = _lock(folder)
    found = []
    for name, one in sorted(lock.documents.items()):
        content = _content(folder / name)
        if content is None:
            said = f"The lock has it, from {one.origin}, and it is not there."
            cure = f"proxygen specs update {name}, or remove it from {LOCK_NAME}."
            found.append(_finding("document-missing", folder / name, folder, said, cure))
        elif one.sha256 not in (_digest(content), text_digest(content)):
            said = f"It is not what came from {one.origin} on {one.fetched}: it was edited here."
            cure = f"Change it at its origin or by an overlay; then proxygen specs update {name}."
            found.append(_finding("document-edited", folder / name, folder, said, cure))
    return len(lock.documents), tuple(found)


def write(supplied: Supplied) -> None:
    """Puts the documents and the lock in place, each at once; the lock is last."""
    supplied.folder.mkdir(parents=True, exist_ok=True)
    for name, content in supplied.contents.items():
        _replace(supplied.folder / name, content)
    text = supplied.lock.text().encode()
    if _content(supplied.folder / LOCK_NAME) != text:
        _replace(supplied.folder / LOCK_NAME, text)


def _replace(path: Path, content: bytes) -> None:
    staged = path.with_name(f".{path.name}.proxygen-new")
    try:
        staged.write_bytes(content)
        staged.replace(path)
    except OSError as error:
        found = f"It cannot be written: {error.strerror}."
        cure = "Make the folder writable."
        raise _refusal("output-unwritable", path, path.parent, found, cure) from error
    finally:
        staged.unlink(missing_ok=True)


def _lock(folder: Path) -> Lock:
    lock = read_lock(folder)
    if lock is None:
        cure = "proxygen specs add ORIGIN"
        raise _refusal("lock-missing", folder / LOCK_NAME, folder, "There is no lock.", cure)
    return lock


def _token(variable: str) -> str | None:
    if not variable:
        return None
    token = os.environ.get(variable, "")
    if not token or not token.isascii() or not token.isprintable():
        found = f"The variable {variable} holds no token."
        finding = Diagnostic(
            "token-missing", Severity.ERROR, Location(variable), found, "Set it, then try again."
        )
        raise InputRefused([finding])
    return token


def _name_of(origin: Origin, fetched: Fetched) -> str:
    """The name of the file it comes from, where that says whose it is; else that of its title."""
    name = origin.file_name
    stem = name.rpartition(".")[0].lower()
    if is_document_name(name) and stem not in _GENERAL_STEMS:
        return name
    suffix = ".json" if fetched.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ".yaml"
    probe = f"document{suffix}"
    with candidate(Path("specs-of-no-folder"), {probe: fetched.content}) as copy:
        title = read_contract(copy / probe, root=copy).contract.title
    return f"{service_name(title)}{suffix}"


def _refuse_name(name: str) -> None:
    if not is_document_name(name):
        found = f"`{name}` is no name of a document."
        cure = "Give a plain file name that ends in .yaml, .yml or .json."
        finding = Diagnostic("document-name", Severity.ERROR, Location("--as"), found, cure)
        raise InputRefused([finding])


def _locked(origin: Origin, fetched: Fetched, token_env: str) -> Locked:
    return Locked(
        origin=origin,
        sha256=_digest(fetched.content),
        fetched=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        revision=fetched.revision,
        token_env=token_env,
    )


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refusal(rule: str, path: Path, folder: Path, found: str, cure: str) -> InputRefused:
    return InputRefused([_finding(rule, path, folder, found, cure)])


def _finding(rule: str, path: Path, folder: Path, found: str, cure: str) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, Location(display_name(path, folder)), found, cure)
