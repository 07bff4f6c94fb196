"""What was measured so far: every round, by part, with the state of the code that it was measured on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.edge.peers import ROOT

RESULTS = ROOT / "benchmarks" / "edge.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One figure's place: `at` is the number of connections, of routes, or of bytes, as the part says."""

    subject: str
    case: str
    at: int


@dataclass(slots=True, kw_only=True)
class Part:
    """The rounds of one part, all of the same state of the code, and what was left out and why.

    `note` says under which conditions, where they were not as the page says.
    """

    source: str
    when: str
    seconds: int
    rounds: dict[Key, list[dict[str, float]]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def counted(self) -> str:
        """How many rounds its figures have: "5 rounds", or "1 to 5 rounds"."""
        counts = sorted({len(found) for found in self.rounds.values()}) or [0]
        ends = dict.fromkeys((counts[0], counts[-1]))
        return " to ".join(str(count) for count in ends) + (
            " round" if ends == {1: None} else " rounds"
        )

    def median(self, subject: str, case: str, at: int, value: str) -> float | None:
        """Of the rounds; None where nothing was measured."""
        found = self.rounds.get(Key(subject=subject, case=case, at=at))
        return median(one[value] for one in found) if found else None


class Results:
    """The parts in benchmarks/edge.json; every round is on disk as soon as it is added."""

    def __init__(self, path: Path = RESULTS) -> None:
        self._path = path
        self.parts: dict[str, Part] = _read(path)

    def begin(self, name: str, seconds: int, *, fresh: bool, note: str = "") -> Part:
        """The part to go on with: what another state of the code, or other seconds, gave is forgotten."""
        source = source_digest()
        known = self.parts.get(name)
        if known is None or fresh or (known.source, known.seconds) != (source, seconds):
            when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            self.parts[name] = Part(source=source, when=when, seconds=seconds)
        if note:
            self.parts[name].note = note
        return self.parts[name]

    def add(self, part: Part, key: Key, values: Mapping[str, float]) -> None:
        """One round more."""
        part.rounds.setdefault(key, []).append(dict(values))
        self.write()

    def write(self) -> None:
        """All of it."""
        parts = {name: _as_json(part) for name, part in self.parts.items()}
        text = json.dumps({"machine": machine(), "parts": parts}, indent=1)
        self._path.write_text(text + "\n", encoding="utf-8")


def machine() -> dict[str, str]:
    """What it ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def source_digest() -> str:
    """A name for the state of the generator, the runtime, the output and the peers."""
    digest = hashlib.sha256()
    for folder in ("src", "templates", "generated", "benchmarks/peers"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".jinja", ".lua", ".mjs", ".conf", ".yaml"):
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _read(path: Path) -> dict[str, Part]:
    if not path.exists():
        return {}
    parts: Mapping[str, Mapping[str, object]] = json.loads(path.read_text(encoding="utf-8"))[
        "parts"
    ]
    return {name: _of_json(part) for name, part in parts.items()}


def _as_json(part: Part) -> dict[str, object]:
    rounds = [
        {
            "subject": key.subject,
            "case": key.case,
            "at": key.at,
            **{name: [_short(one[name]) for one in found] for name in found[0]},
        }
        for key, found in part.rounds.items()
    ]
    kept = {"source": part.source, "when": part.when, "seconds": part.seconds}
    if part.note:
        kept["note"] = part.note
    return {**kept, "skipped": part.skipped, "rounds": rounds}


def _of_json(found: Mapping[str, object]) -> Part:
    rows: Sequence[dict[str, object]] = found["rounds"]  # type: ignore[assignment]  # as written above
    rounds: dict[Key, list[dict[str, float]]] = {}
    for row in rows:
        key = Key(subject=row.pop("subject"), case=row.pop("case"), at=row.pop("at"))  # type: ignore[arg-type]
        columns: Mapping[str, list[float]] = row  # type: ignore[assignment]
        count = len(next(iter(columns.values())))
        rounds[key] = [{name: values[i] for name, values in columns.items()} for i in range(count)]
    return Part(
        source=str(found["source"]),
        when=str(found["when"]),
        seconds=int(found["seconds"]),  # type: ignore[call-overload]
        rounds=rounds,
        skipped=dict(found["skipped"]),  # type: ignore[call-overload]
        note=str(found.get("note", "")),
    )


def _short(value: float) -> float:
    """Five significant digits: more is noise in the diff."""
    return float(f"{value:.5g}")
