"""`make hostile`: 50,000 documents with any text in any slot, on every core; what is done is not done again.

`.cache/hostile.json` says which parts are done for which state of the sources; a part is 250 documents.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
STATE: Final = ROOT / ".cache" / "hostile.json"
DOCUMENTS: Final = 50_000
PART: Final = 250
FIRST: Final = 1000
"""The first part's number; those of the sample in `make test` are below it."""


def sources_digest() -> str:
    """A hash of what decides the outcome: the generator, its templates and these tests."""
    hashed = hashlib.sha256()
    for folder in ("src/proxygen", "templates", "tests/cases/hostile"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".jinja"}:
                hashed.update(
                    path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes()
                )
    return hashed.hexdigest()


def done_parts(digest: str) -> dict[str, dict[str, int]]:
    """The outcomes by part that an earlier run left for these sources."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    parts: dict[str, dict[str, int]] = state["parts"] if state.get("sources") == digest else {}
    return parts


def run_part(part: int) -> tuple[int, dict[str, int], str]:
    """The part's outcomes, and what failed, if anything, with the document that shows it."""
    from tests.cases.hostile.any_text import check_many, without_layout

    try:
        with without_layout():
            return part, dict(check_many(part, PART)), ""
    except Exception:  # noqa: BLE001 - whatever it is, it is the finding of this run
        return part, {}, traceback.format_exc()


def main() -> int:
    """Run what is left; 1 where a document failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    digest = sources_digest()
    parts = done_parts(digest)
    wanted = range(FIRST, FIRST + -(-arguments.documents // PART))
    left = [part for part in wanted if str(part) not in parts]
    failed = 0
    started = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(arguments.processes, maxtasksperchild=4) as pool:
        for number, (part, outcomes, failure) in enumerate(pool.imap_unordered(run_part, left), 1):
            if failure:
                failed += 1
                report = STATE.with_name(f"hostile-{part}.txt")
                report.parent.mkdir(exist_ok=True)
                report.write_text(failure, encoding="utf-8")
                sys.stderr.write(f"\npart {part} failed: see {report.relative_to(ROOT)}\n")
            else:
                parts[str(part)] = outcomes
                keep(digest, parts)
            pace = (time.monotonic() - started) / number
            say(parts, len(wanted), pace * (len(left) - number))
    say(parts, len(wanted), 0.0)
    sys.stderr.write("\n")
    return 1 if failed else 0


def keep(digest: str, parts: dict[str, dict[str, int]]) -> None:
    """Write down what is done, in one step."""
    STATE.parent.mkdir(exist_ok=True)
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps({"sources": digest, "parts": parts}), encoding="utf-8")
    fresh.replace(STATE)


def say(parts: dict[str, dict[str, int]], wanted: int, seconds_left: float) -> None:
    """One line of progress."""
    total: Counter[str] = Counter()
    for outcomes in parts.values():
        total.update(outcomes)
    bar = "#" * (30 * len(parts) // max(wanted, 1))
    sys.stderr.write(
        f"\r[{bar:30}] {total.total()} documents: {total['built']} built, {total['refused']} refused; "
        f"{seconds_left / 60:.0f} min left "
    )
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
