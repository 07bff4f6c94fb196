"""Verdicts kept in a file, so that a long run can be resumed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.mutants.copies import ROOT
from tests.mutants.mutant import Mutant, Verdict

DEFAULT = Path(".cache/mutants.json")


class Results:
    """Which mutants have been killed; a survivor is new, and so is one whose file has changed since."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._killed: dict[str, str] = {}

    def load(self) -> None:
        """What an earlier run has written; nothing where there was none."""
        if self._path.exists():
            self._killed = json.loads(self._path.read_text(encoding="utf-8"))

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """The earlier verdict, where it was death."""
        by = self._killed.get(_key(mutant))
        if by is None:
            return None
        return Verdict(mutant=mutant, killed=True, seconds=0.0, said="", by=by, again=True)

    def add(self, verdict: Verdict) -> None:
        """Keeps a verdict, on the disk too."""
        if verdict.killed:
            self._killed[_key(verdict.mutant)] = verdict.by
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._killed, indent=1), encoding="utf-8")


def _key(mutant: Mutant) -> str:
    source = (ROOT / mutant.file).read_bytes()
    text = "\0".join((mutant.find, mutant.replace, *mutant.select)).encode()
    return f"{mutant.id} {hashlib.sha256(source + text).hexdigest()[:16]}"
