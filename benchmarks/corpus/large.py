"""`python -m benchmarks.corpus.large`: the well-known large documents, with all of their generated tests.

Stripe and GitHub are also held against datamodel-code-generator alone, and checked by mypy. Writes
benchmarks/corpus_large.json, which the page about the corpus shows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import steps
from benchmarks.corpus.fetch import CACHE, GITHUB, ROOT, CorpusUnavailableError, documents, github
from benchmarks.corpus.forked import preload, run
from benchmarks.corpus.measure import judge
from benchmarks.corpus.results import Row, source_digest

_RESULTS = ROOT / "benchmarks" / "corpus_large.json"
_CPU_SECONDS = 4 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Large:
    """One document; `tested` operations run their tests (None: all). `compared` adds the two checks."""

    title: str
    name: str
    tested: int | None = None
    compared: bool = False

    def path(self) -> Path:
        """Where it is in the cache."""
        return github() if self.name == GITHUB else CACHE / "package" / "api" / f"{self.name}.json"


LARGE = (
    _Large(title="Stripe", name="stripe.com", compared=True),
    _Large(title="GitHub", name=GITHUB, compared=True),
    _Large(title="Kubernetes", name="kubernetes.io"),
    _Large(title="EC2", name="amazonaws.com/ec2"),
    _Large(title="DigitalOcean", name="digitalocean.com"),
    _Large(title="Box", name="box.com"),
    _Large(title="Microsoft Graph v1.0", name="microsoft.com/graph", tested=100),
)


def main() -> int:
    """Measures the documents whose titles are given, or all; 1 where a step of one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus.large", description=__doc__)
    parser.add_argument("titles", nargs="*", choices=[*(one.title for one in LARGE), []])
    parser.add_argument("--tested", type=int, help="operations whose tests run; default: all")
    arguments = parser.parse_args()
    wanted = arguments.titles or [one.title for one in LARGE]
    try:
        documents()
        preload()
        rows = {row["title"]: row for row in known_large()}
        for one in LARGE:
            if one.title in wanted:
                rows[one.title] = row = _measured(one, arguments.tested or one.tested)
                print(json.dumps(row))
                ordered = [rows[each.title] for each in LARGE if each.title in rows]
                _RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    except CorpusUnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if any(rows[title].get("failed") for title in wanted) else 0


def known_large() -> list[Row]:
    """What was measured so far."""
    if not _RESULTS.exists():
        return []
    rows: list[Row] = json.loads(_RESULTS.read_text(encoding="utf-8"))
    return rows


def _measured(one: _Large, tested: int | None) -> Row:
    with tempfile.TemporaryDirectory(prefix="corpus-") as place:
        folder = Path(place)
        row: Row = {"title": one.title}
        if one.compared:
            (folder / "alone" / "specs").mkdir(parents=True)
            (folder / "alone" / steps.DOCUMENT).write_bytes(one.path().read_bytes())
            alone = run(steps.contracts_alone, folder / "alone", _CPU_SECONDS)
            if alone.code != 0:
                raise RuntimeError(f"{one.title}, models alone: {alone.said[-300:]}")
            row["alone_seconds"] = round(alone.cpu_seconds, 1)
        row |= judge(
            one.path(),
            one.name,
            folder,
            source=source_digest(),
            tested=tested,
            cpu_seconds=_CPU_SECONDS,
        ).as_json()
        if one.compared:
            checked = run(steps.check_types, folder, _CPU_SECONDS)
            row |= {"mypy": checked.code == 0, "mypy_said": checked.said[-300:]}
        return row


def large_table(rows: Sequence[Row]) -> str:
    """A table of Markdown."""
    head = (
        "| document | state | operations | routed | in the ledger | build s "
        "| of datamodel-code-generator alone | peak MB | mypy --strict "
        "| operations tested | tests | no example | what does not hold |"
    )
    lines = [head, "| --- " * 13 + "|"]
    for row in rows:
        alone = row.get("alone_seconds")
        cells = (
            f"{row['title']} (`{row['name']}`)",
            f"`{row['source']}`",
            f"{row['operations']:,}",
            f"{row['routed']:,}",
            f"{row['in_ledger']:,}",
            f"{row['build_seconds']:.1f}",
            f"{row['build_seconds'] / alone:.2f} of {alone:.1f} s" if alone else "",
            f"{row['build_megabytes']:,.0f}",
            {True: "passes", False: "fails", None: ""}[row.get("mypy")],
            f"{row['tested']:,}",
            f"{row['tests']:,}",
            f"{row['no_example']:,}",
            row.get("failed", ""),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
