"""What earlier builds worked out, kept in a folder of the user's: each entry is whole or not there.

An entry's name is the hash of all that it was made from, and its content begins with its own hash, so that a
damaged file is a missing one. Entries appear by renaming; several builds may write at once. What is read is
held to the same rules as what is made: the cache saves time and vouches for nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROXYGEN_CACHE"
"""The environment variable that names the folder."""
LIMIT: Final = 512 * 1024 * 1024
"""Bytes that are kept; what was not used for longest goes first."""
_ALGORITHM: Final = "sha256"
_HASH_SIZE: Final = 32
_FORMAT: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Entries of several kinds below `folder`; None: nothing is kept, and nothing is found."""

    folder: Path | None

    @classmethod
    def of_user(cls) -> Cache:
        """The cache that `PROXYGEN_CACHE` names, else the one in the platform's folder for caches."""
        named = os.environ.get(VARIABLE)
        if named:
            return cls(folder=Path(named))
        from platformdirs import user_cache_path

        return cls(folder=user_cache_path("proxygen", appauthor=False))

    def get(self, kind: str, key: str) -> bytes | None:
        """The content of an entry; None where there is none, or where it is not what was written."""
        path = self._path(kind, key)
        if path is None:
            return None
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        content = data[_HASH_SIZE:]
        if hashlib.new(_ALGORITHM, content).digest() != data[:_HASH_SIZE]:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return content

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep this; where the folder cannot be written, nothing is kept."""
        path = self._path(kind, key)
        if path is None:
            return
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.new(_ALGORITHM, content).digest() + content)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def trim(self, limit: int = LIMIT) -> None:
        """Remove what was not used for longest until at most `limit` bytes are left."""
        if self.folder is None:
            return
        entries: list[tuple[float, int, Path]] = []
        for path in self.folder.rglob("*"):
            with contextlib.suppress(OSError):
                known = path.lstat()
                if not path.is_dir():
                    entries.append((known.st_mtime, known.st_size, path))
        size = sum(entry[1] for entry in entries)
        for _, each, path in sorted(entries):
            if size <= limit:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            size -= each

    def _path(self, kind: str, key: str) -> Path | None:
        return None if self.folder is None else self.folder / _FORMAT / kind / key


NO_CACHE: Final = Cache(folder=None)
"""Keeps nothing."""


def key_of(parts: Iterable[bytes | str]) -> str:
    """The name of an entry that is made from these parts, in this order."""
    whole = hashlib.new(_ALGORITHM)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big"))
        whole.update(data)
    return whole.hexdigest()
