"""The page about the corpus: a summary, plots, and the documents that deserve a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log10

from benchmarks.corpus.fetch import PACKAGE, ROOT
from benchmarks.corpus.results import Row, known_rows


def write_report(total: int) -> None:
    """benchmarks/corpus.json and docs/corpus.md, of a corpus of so many documents."""
    rows = sorted(known_rows().values(), key=lambda row: str(row["name"]))
    text = json.dumps({"package": PACKAGE, "documents": total, "measured": rows}, indent=1)
    (ROOT / "benchmarks" / "corpus.json").write_text(text + "\n", encoding="utf-8")
    (ROOT / "docs" / "corpus.md").write_text(page(rows, PACKAGE), encoding="utf-8")
    failed = sum(1 for row in rows if "failed" in row)
    print(f"{len(rows)} of {total} documents measured, {failed} with something that does not hold")


def page(rows: Sequence[Row], package: str) -> str:
    """`docs/corpus.md` from the results, whole documents only."""
    parts = [
        "# The corpus",
        f"Every document of the npm package `{package}`, built without a configuration by `make corpus`:",
        _table(("what", "documents", "operations"), _summary(rows)),
        "## Refused and failed, by reason",
        _table(("step", "rule or tool", "documents", "an example"), _reasons(rows)),
        "## Time and memory against operations",
        plot(rows, "build_seconds", "seconds"),
        plot(rows, "build_megabytes", "megabytes"),
        "## The largest",
        _table(
            ("document", "operations", "routed", "in the ledger", "build s", "peak MB", "import s"),
            [_line(row) for row in sorted(rows, key=lambda r: -r["operations"])[:25]],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    groups: list[tuple[str, list[Row]]] = [
        ("in the corpus", list(rows)),
        ("accepted by openapi-spec-validator", [r for r in rows if r["valid"]]),
        ("built", [r for r in rows if r["exit_code"] == 0]),
        ("accepted, and all steps hold", [r for r in rows if r["valid"] and not r.get("failed")]),
        (
            "rejected, and all steps hold",
            [r for r in rows if not r["valid"] and not r.get("failed")],
        ),
        (
            "accepted, and something does not hold",
            [r for r in rows if r["valid"] and r.get("failed")],
        ),
    ]
    lines: list[tuple[object, ...]] = [
        (name, len(group), sum(r["operations"] for r in group)) for name, group in groups
    ]
    lines.append(("routed operations", "", sum(r["routed"] for r in rows)))
    lines.append(("operations in the ledger", "", sum(r["in_ledger"] for r in rows)))
    return lines


def _reasons(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    reasons: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.get("failed"):
            for rule in row.get("refused") or ("-",):
                key = (row["failed"], rule)
                reasons[key] += 1
                examples.setdefault(key, row["name"])
    return [(*key, count, f"`{examples[key]}`") for key, count in reasons.most_common()]


def _line(row: Row) -> tuple[object, ...]:
    return (
        f"`{row['name']}`",
        row["operations"],
        row["routed"],
        row["in_ledger"],
        f"{row['build_seconds']:.1f}",
        f"{row['build_megabytes']:.0f}",
        f"{row['import_seconds']:.1f}",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def plot(rows: Sequence[Row], measure: str, unit: str) -> str:
    """A scatter of one measure against the number of operations, both logarithmic, as inline SVG."""
    points = [
        (log10(row["operations"]), log10(row[measure]))
        for row in rows
        if row["exit_code"] == 0 and row["operations"] > 0 and row[measure] > 0
    ]
    if not points:
        return ""
    right = max(x for x, _ in points) or 1.0
    low, high = min(y for _, y in points), max(y for _, y in points)
    span = (high - low) or 1.0
    dots = "".join(
        f'<circle cx="{60 + 620 * x / right:.0f}" cy="{240 - 210 * (y - low) / span:.0f}" r="2"/>'
        for x, y in points
    )
    return (
        f'<svg viewBox="0 0 720 280" role="img" aria-label="{unit} against operations" '
        f'font-family="sans-serif" font-size="12"><rect width="720" height="280" fill="#fff"/>'
        f'<path d="M60 20V240H690" fill="none" stroke="#667085"/>'
        f'<text x="60" y="262">1</text><text x="690" y="262" text-anchor="end">'
        f"{10**right:,.0f} operations</text>"
        f'<text x="55" y="240" text-anchor="end">{10**low:,.1f}</text>'
        f'<text x="55" y="34" text-anchor="end">{10**high:,.0f}</text>'
        f'<text x="68" y="16">{unit}</text><g fill="#6938ef" fill-opacity="0.45">{dots}</g></svg>'
    )
