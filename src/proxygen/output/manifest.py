"""The manifest of an output: hashes of what it was made from and of what it consists of.

It says which files are the tool's, and it lets `check` name the cause of a drift. There is no time in
it and no path of a machine, so that two people who build from the same get the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

MANIFEST = "manifest.json"
"""The manifest's path in the output."""

_FORMAT = 2
_ONE_HASH = 1
"""The format before keys were told apart: `config` is a hash of all of them."""


class ManifestError(Exception):
    """A manifest that is not one, or not one of this tool's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an output is made from: documents by relative path and templates by name, with their SHA-256 in
    hexadecimal; `config` has every key that is not the default, with its value as JSON.
    """

    version: str
    runtime_contract: int
    documents: Mapping[str, str]
    config: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`outputs` has every file of the tool's but the manifest itself, by relative posix path."""

    origin: Origin
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def owned(self) -> frozenset[str]:
        """Every path that is the tool's to overwrite and to delete."""
        return frozenset({*self.outputs, MANIFEST})

    def text(self) -> str:
        """The manifest as it is written: sorted JSON, one file per line."""
        return (
            json.dumps(
                {
                    "format": _FORMAT,
                    "generator": {
                        "proxygen": self.origin.version,
                        "runtime_contract": self.origin.runtime_contract,
                    },
                    "documents": self.origin.documents,
                    "config": self.origin.config,
                    "templates": self.origin.templates,
                    "outputs": self.outputs,
                },
                indent=2,
                sort_keys=True,
            )
            + "\n"
        )

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Read what `text` wrote; raises `ManifestError`, also for a path that leads elsewhere."""
        try:
            value = json.loads(text)
            generator = value["generator"]
            manifest = cls(
                origin=Origin(
                    version=_text(generator["proxygen"]),
                    runtime_contract=int(generator["runtime_contract"]),
                    documents=_texts(value["documents"]),
                    config={} if value["format"] == _ONE_HASH else _texts(value["config"]),
                    templates=_texts(value["templates"]),
                ),
                outputs=_texts(value["outputs"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ManifestError("is not a manifest that proxygen wrote") from error
        if value["format"] not in (_FORMAT, _ONE_HASH):
            raise ManifestError("was written by another version of proxygen")
        for path in manifest.outputs:
            check_path(path)
        return manifest


def manifest_of(origin: Origin, files: Mapping[str, str]) -> Manifest:
    """The manifest of these files."""
    outputs = {path: digest(text.encode()) for path, text in sorted(files.items())}
    return Manifest(origin=origin, outputs=outputs)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def with_plain_ends(content: bytes) -> bytes:
    """A file as it was written: where `core.autocrlf` is on, git gives lines CR LF in the work tree."""
    return content.replace(b"\r\n", b"\n")


def is_text(content: bytes | None, text: str) -> bool:
    """Whether a file has this text, its line ends aside."""
    if content is None:
        return False
    wanted = text.encode()
    return content == wanted or with_plain_ends(content) == wanted


def check_path(path: str) -> None:
    """Raise unless this is a path that stays inside the output whatever it is joined to."""
    pure = PurePosixPath(path)
    parts = path.split("/")
    if pure.is_absolute() or any(part in ("", ".", "..") for part in parts) or "\\" in path:
        raise ManifestError(f"names a file outside the output: {path!r}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _texts(value: Any) -> dict[str, str]:
    return {_text(name): _text(found) for name, found in value.items()}
