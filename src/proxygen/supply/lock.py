"""`specs.lock`: where each fetched document came from, and the hash of what came. Sorted JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.source.load import DOCUMENT_SUFFIXES, display_name
from proxygen.supply.origin import Origin, parse_origin

LOCK_NAME: Final = "specs.lock"

_FORMAT: Final = 1
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One document: `sha256` of its bytes in hexadecimal, `fetched` when they were first seen (RFC 3339,
    UTC), `revision` git's commit, `token_env` the name of the variable with the token; "" for none."""

    origin: Origin
    sha256: str
    fetched: str
    revision: str = ""
    token_env: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The documents that were fetched, by their file names."""

    documents: Mapping[str, Locked] = field(default_factory=dict)

    def text(self) -> str:
        """As it is written: the same bytes for the same documents."""
        documents = {
            name: {
                "origin": str(one.origin),
                "sha256": one.sha256,
                "fetched": one.fetched,
                **({"revision": one.revision} if one.revision else {}),
                **({"token_env": one.token_env} if one.token_env else {}),
            }
            for name, one in self.documents.items()
        }
        return (
            json.dumps({"format": _FORMAT, "documents": documents}, indent=2, sort_keys=True) + "\n"
        )


def is_document_name(name: str) -> bool:
    """Whether a fetched document may be called so: a plain name that a build would find."""
    return _NAME.fullmatch(name) is not None and name.lower().endswith(DOCUMENT_SUFFIXES)


def read_lock(folder: Path) -> Lock | None:
    """The lock of a folder; None where it has none. Raises `InputRefused`."""
    path = folder / LOCK_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal(path, folder, f"It cannot be read: {type(error).__name__}.") from None
    try:
        value = json.loads(text)
        if value["format"] != _FORMAT:
            raise ValueError("another format")
        documents = {name: _locked(name, one) for name, one in value["documents"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refusal(path, folder, "This is no lock that proxygen wrote.") from None
    return Lock(documents=documents)


def _locked(name: str, value: Any) -> Locked:
    texts = {key: _text(value.get(key, "")) for key in ("fetched", "revision", "token_env")}
    sha256 = _text(value["sha256"])
    if not is_document_name(name) or not _SHA256.fullmatch(sha256):
        raise ValueError(name)
    return Locked(origin=parse_origin(_text(value["origin"])), sha256=sha256, **texts)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError("not a text")
    return value


def _refusal(path: Path, folder: Path, found: str) -> InputRefused:
    cure = "Restore it from version control, or remove it and add the documents again."
    where = Location(display_name(path, folder))
    return InputRefused([Diagnostic("bad-lock", Severity.ERROR, where, found, cure)])
