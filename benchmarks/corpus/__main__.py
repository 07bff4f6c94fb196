"""`python -m benchmarks.corpus`: the sweep, resumable; writes benchmarks/corpus.json and docs/corpus.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.corpus.fetch import CorpusUnavailableError, documents, name_of
from benchmarks.corpus.forked import base_megabytes, preload
from benchmarks.corpus.measure import TESTED, Measured, measure
from benchmarks.corpus.report import write_report
from benchmarks.corpus.results import (
    COMMITTED,
    append,
    begin,
    known_rows,
    size_of,
    source_digest,
)


def main() -> int:
    """0 when the sweep has ended, 1 where it was cut short, 2 without a corpus."""
    arguments = _arguments()
    try:
        everything = documents()
    except CorpusUnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    begin(committed=None if arguments.fresh else COMMITTED)
    source = source_digest()
    todo = _chosen(everything, arguments, source)
    preload()
    # A fork inherits what `preload` has imported; so do the children that it forks for the steps.
    pool = ProcessPoolExecutor(arguments.workers, mp_context=get_context("fork"))
    judge = partial(measure, source=source, tested=arguments.tested)
    with pool:
        submit = partial(pool.submit, judge)
        deadline = time.monotonic() + arguments.seconds
        try:
            left = _sweep(todo, submit, arguments.workers, deadline)
        except KeyboardInterrupt:
            left = 1
    write_report(len(everything), base_megabytes())
    return 1 if left else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("names", nargs="*", help="patterns of names; default: every document")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--tested", type=int, default=TESTED, help="operations of a document whose tests run"
    )
    parser.add_argument("--every", type=int, default=1, help="only each N-th document, by size")
    parser.add_argument(
        "--seconds", type=float, default=float("inf"), help="stop starting new ones then"
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--fresh", action="store_true", help="forget earlier results")
    again.add_argument("--failed", action="store_true", help="measure only what failed, again")
    again.add_argument(
        "--untested", action="store_true", help="measure what was built and not tested, again"
    )
    again.add_argument(
        "--stale", action="store_true", help="also what another state of the generator did"
    )
    return parser.parse_args()


def _chosen(everything: list[Path], arguments: argparse.Namespace, source: str) -> list[Path]:
    """The documents to measure, small ones first."""
    known = known_rows()
    names = arguments.names or ["*"]
    chosen = sorted(everything, key=size_of)[:: arguments.every]
    chosen = [path for path in chosen if any(fnmatchcase(name_of(path), one) for one in names)]
    if arguments.failed:
        return [path for path in chosen if known.get(name_of(path), {}).get("failed")]
    if arguments.untested:
        return [path for path in chosen if known.get(name_of(path), {}).get("tested") == 0]
    if arguments.stale:
        return [path for path in chosen if known.get(name_of(path), {}).get("source") != source]
    return [path for path in chosen if name_of(path) not in known]


def _sweep(
    todo: list[Path], submit: Callable[[Path], Future[Measured]], workers: int, deadline: float
) -> int:
    """Measures until all is done or the time is up; how many are left."""
    waiting = iter(todo)
    left = len(todo)
    running: dict[Future[Measured], int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    with progress:
        bar = progress.add_task("", total=sum(map(size_of, todo)))
        while True:
            while len(running) < workers and time.monotonic() < deadline:
                document = next(waiting, None)
                if document is None:
                    break
                running[submit(document)] = size_of(document)
            if not running:
                return left
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                measured = future.result()
                append(measured)
                left -= 1
                if measured.failed:
                    refused = " ".join(measured.refused)
                    progress.console.print(f"{measured.failed}: {measured.name} {refused}")
                done = f"{len(todo) - left}/{len(todo)} {measured.name[:50]}"
                progress.update(bar, advance=running.pop(future), description=done)


if __name__ == "__main__":
    sys.exit(main())
