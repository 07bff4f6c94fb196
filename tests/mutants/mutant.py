"""One deliberate defect, and the suite that must notice it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Suite(StrEnum):
    """Who must kill a mutant: WIRE where only a socket can see it, ANY where no suite is named."""

    GENERATED = "generated"
    WIRE = "wire"
    UNIT = "unit"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`find` stands exactly once in `file` and is replaced; `rule` is a key of `sentences.SENTENCES`.

    `select` narrows the suite to files or node ids, so that a run is quick; empty runs all of it.
    """

    id: str
    rule: str
    file: str
    find: str
    replace: str
    suite: Suite
    select: tuple[str, ...] = ()

    def mutate(self, original: str) -> str:
        """The text of the file with the defect; ValueError where it does not fit."""
        found = original.count(self.find)
        if found != 1:
            raise ValueError(f"{self.id}: stands {found} times in {self.file}")
        if self.find == self.replace:
            raise ValueError(f"{self.id}: changes nothing")
        return original.replace(self.find, self.replace)

    def apply(self, root: Path) -> str:
        """Writes the mutant below `root` and returns the original text."""
        path = root / self.file
        original = path.read_text(encoding="utf-8")
        path.write_text(self.mutate(original), encoding="utf-8")
        return original


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mutant: killed, or not, after `seconds`, with the end of what pytest said.

    `by` is the part of a suite that killed it; `again` says that the verdict is of an earlier run.
    """

    mutant: Mutant
    killed: bool
    seconds: float
    said: str
    by: str = ""
    again: bool = False
