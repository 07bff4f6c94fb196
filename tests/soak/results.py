"""What the long runs have found, kept in `docs/reliability.json`, one entry for each scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.soak.figure import Figure, Outcome

ROOT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = ROOT / "docs" / "reliability.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run of a scenario: how large it was, how long it took, what it found."""

    count: int
    seconds: float
    outcome: Outcome


def read() -> dict[str, Result]:
    """The results by scenario; none where none are kept."""
    if not RESULTS.exists():
        return {}
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {
        name: Result(
            count=entry["count"],
            seconds=entry["seconds"],
            outcome=Outcome(
                figures=tuple(Figure(**figure) for figure in entry["figures"]),
                samples=tuple((requests, memory) for requests, memory in entry["samples"]),
                faults=tuple(entry["faults"]),
            ),
        )
        for name, entry in kept.items()
    }


def keep(results: Mapping[str, Result]) -> None:
    """Writes them down, in one step."""
    entries = {
        name: {"count": result.count, "seconds": result.seconds, **asdict(result.outcome)}
        for name, result in sorted(results.items())
    }
    fresh = RESULTS.with_suffix(".new")
    fresh.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    fresh.replace(RESULTS)
