"""Reads the bytes of an origin within limits, from wherever it is; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proxygen.supply.fetch_refusal import fetch_refusal
from proxygen.supply.limits import Limits
from proxygen.supply.origin import Kind, Origin, local_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document's bytes; `revision` is git's commit, in hexadecimal, else ""."""

    content: bytes
    revision: str = ""


def fetch(origin: Origin, *, folder: Path, token: str | None, limits: Limits) -> Fetched:
    """What lies there now; paths are relative to `folder`. Raises `InputRefused`."""
    match origin.kind:
        case Kind.HTTP:
            from proxygen.supply.http import fetch_http

            return Fetched(content=fetch_http(origin.where, token=token, limits=limits))
        case Kind.GIT:
            from proxygen.supply.git import fetch_git

            content, revision = fetch_git(origin, folder=folder, limits=limits)
            return Fetched(content=content, revision=revision)
        case Kind.FILE:
            return Fetched(content=_read_file(origin, local_path(folder, origin.where), limits))


def _read_file(origin: Origin, path: Path, limits: Limits) -> bytes:
    try:
        if not path.is_file():
            raise fetch_refusal(str(origin), "There is no such file.", "Correct the path.")
        with path.open("rb") as handle:
            content = handle.read(limits.size + 1)
    except OSError as error:
        found = f"The file cannot be read: {error.strerror}."
        raise fetch_refusal(str(origin), found, "Check that you may read it.") from error
    if len(content) > limits.size:
        found = f"The file has more than {limits.size} bytes."
        raise fetch_refusal(str(origin), found, "Split the document by service.")
    return content
