"""`python -m benchmarks.corpus`: the sweep, resumable; writes benchmarks/corpus.json and docs/corpus.md."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import CACHE, PACKAGE, ROOT, CorpusUnavailableError, documents, name_of
from benchmarks.corpus.measure import Measured, measure
from benchmarks.corpus.report import page

RESULTS = CACHE / "results.jsonl"


def main() -> int:
    """0 when the sweep has ended, 1 where it was cut short by `--seconds`, 2 without a corpus."""
    arguments = _arguments()
    try:
        everything = documents()
    except CorpusUnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.fresh:
        RESULTS.unlink(missing_ok=True)
    known = {row["name"] for row in _results()}
    todo = [path for path in everything if name_of(path) not in known]
    random.Random(arguments.seed).shuffle(todo)  # noqa: S311 - an order, no secret
    left = _sweep(todo[: arguments.most], arguments.workers, time.monotonic() + arguments.seconds)
    _write(len(everything))
    return 1 if left else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=int, default=None, help="how many more documents at most")
    parser.add_argument(
        "--seconds", type=float, default=float("inf"), help="stop starting new ones then"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="the order in which documents are taken"
    )
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    return parser.parse_args()


def _sweep(todo: list[Path], workers: int, deadline: float) -> int:
    """Measures until all is done or the time is up; how many are left."""
    waiting = iter(todo)
    done = 0
    with ThreadPoolExecutor(workers) as pool, RESULTS.open("a", encoding="utf-8") as results:
        running: set[Future[Measured]] = set()
        while True:
            while len(running) < workers and time.monotonic() < deadline:
                document = next(waiting, None)
                if document is None:
                    break
                running.add(pool.submit(measure, document))
            if not running:
                return len(todo) - done
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                measured = future.result()
                results.write(json.dumps(measured.as_json()) + "\n")
                results.flush()
                done += 1
                _progress(done, len(todo), measured)


def _progress(done: int, total: int, measured: Measured) -> None:
    word = measured.failed or "ok"
    if not sys.stderr.isatty():
        if measured.failed:
            print(f"{word}: {measured.name} {' '.join(measured.refused)}", file=sys.stderr)
        return
    width = 30 * done // max(total, 1)
    bar = "█" * width + "░" * (30 - width)
    print(f"\r\x1b[K{bar} {done}/{total}  {word}  {measured.name[:60]}", end="", file=sys.stderr)
    if measured.failed:
        print(file=sys.stderr)


def _results() -> Iterator[dict[str, Any]]:
    if RESULTS.exists():
        for line in RESULTS.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _write(total: int) -> None:
    rows = sorted(_results(), key=lambda row: str(row["name"]))
    text = json.dumps({"package": PACKAGE, "documents": total, "measured": rows}, indent=1)
    (ROOT / "benchmarks" / "corpus.json").write_text(text + "\n", encoding="utf-8")
    (ROOT / "docs" / "corpus.md").write_text(page(rows, PACKAGE), encoding="utf-8")
    failed = sum(1 for row in rows if row["failed"])
    print(
        f"\n{len(rows)} of {total} documents measured, {failed} with something that does not hold"
    )


if __name__ == "__main__":
    sys.exit(main())
