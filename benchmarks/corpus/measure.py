"""One document through all steps: what became of it, and what that cost."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.corpus import steps
from benchmarks.corpus.fetch import ROOT, name_of
from benchmarks.corpus.forked import Done, run

TESTED = 20
CPU_SECONDS = 900
_KEPT = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one document. Seconds are CPU seconds of a step and its children unless they say wall.

    `valid` is openapi-spec-validator's word, `refused` the rule ids of a refused build, `reasons` the rule
    ids of the operations in the ledger. `failed` names the first step that does not hold (build, import,
    ruff, tests), or is empty; a refusal with a position is a failed build as well.
    """

    name: str
    source: str
    bytes: int
    valid: bool
    validator_seconds: float
    exit_code: int
    operations: int
    build_seconds: float
    build_wall_seconds: float
    build_megabytes: float
    routed: int = 0
    in_ledger: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    import_seconds: float = 0.0
    import_megabytes: float = 0.0
    ruff_clean: bool = False
    tested: int = 0
    tests: int = 0
    tests_seconds: float = 0.0
    no_example: int = 0
    refused: tuple[str, ...] = ()
    failed: str = ""
    said: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the report."""
        rounded = {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }
        return {key: value for key, value in rounded.items() if value not in ("", (), {})}


def measure(document: Path, source: str, *, tested: int | None = TESTED) -> Measured:
    """Everything about one document of the corpus, in a folder that is gone afterwards.

    `source` names the state of the generator, `tested` how many operations' tests run (None: all; 0: the
    step is left out).
    """
    with tempfile.TemporaryDirectory(prefix="corpus-") as place:
        return judge(document, name_of(document), Path(place), source=source, tested=tested)


def judge(
    document: Path,
    name: str,
    folder: Path,
    *,
    source: str,
    tested: int | None,
    cpu_seconds: int = CPU_SECONDS,
) -> Measured:
    """As `measure`, for any document, in a folder that the caller owns, `cpu_seconds` for each step."""
    content = document.read_bytes()
    (folder / "specs").mkdir()
    (folder / steps.DOCUMENT).write_bytes(content)
    validated = run(steps.validate, folder, cpu_seconds)
    built = run(steps.build, folder, cpu_seconds)
    known: dict[str, Any] = {
        "name": name,
        "source": source,
        "bytes": len(content),
        "valid": validated.code == 0,
        "validator_seconds": validated.cpu_seconds,
        "operations": validated.value or 0,
        "exit_code": built.code,
        "build_seconds": built.cpu_seconds,
        "build_wall_seconds": built.seconds,
        "build_megabytes": built.megabytes,
    }
    if built.code != 0:
        return Measured(**known, refused=rules_in(built.said), **_failure("build", built))
    return Measured(**known, **_judge(folder, tested, cpu_seconds))


def _judge(folder: Path, tested: int | None, cpu_seconds: int) -> dict[str, Any]:
    """What the steps after the build say; the first that fails is the last."""
    created = run(steps.create, folder, cpu_seconds)
    if created.code != 0:
        return _failure("import", created)
    known: dict[str, Any] = {**created.value, "import_megabytes": created.megabytes}
    linted = run(steps.lint, folder, cpu_seconds)
    if linted.code != 0:
        return {**known, **_failure("ruff", linted)}
    known["ruff_clean"] = True
    if tested == 0:
        return known
    ran = run(partial(steps.run_tests, tested), folder, cpu_seconds)
    known |= {"tests_seconds": ran.cpu_seconds, **(ran.value or {})}
    if ran.code != 0:
        return {**known, **_failure("tests", ran)}
    return known


def _failure(step: str, done: Done) -> dict[str, Any]:
    said = done.said.replace(f"{ROOT}/", "")  # A committed row names no machine.
    return {"failed": step, "said": said[-_KEPT:] or f"ended by {done.code}"}


def rules_in(said: str) -> tuple[str, ...]:
    """The rule ids of the errors among these diagnostics."""
    found = [
        line.partition("error[")[2].partition("]")[0]
        for line in said.splitlines()
        if "error[" in line
    ]
    return tuple(sorted(set(found)))
