"""What the edge is to reach, each held against the medians of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.corpus.results import Row
from benchmarks.edge import building, bulk, half, routes, starting, throughput
from benchmarks.edge.cases import ANSWER, DOWNLOAD, PASSTHROUGH, POST, STREAM, TYPED
from benchmarks.edge.gateways import FIVE, GITHUB, GITHUB_SHORT, MANY, STRIPE
from benchmarks.edge.results import Part

EDGE, INCLUDED = "proxygen", "proxygen-included"
_EMPTY = Part(source="", when="", seconds=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Requests/s of one subject's case at 32 connections, at least so many times another's."""

    label: str
    subject: str
    case: str
    other: str
    other_case: str
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One row of the page; `held` is None where nothing was measured.

    `source` is the state of the code that it was measured on.
    """

    label: str
    wanted: str
    measured: str
    held: bool | None
    source: str = ""


def _ratio(label: str, least: float, ours: tuple[str, str], theirs: tuple[str, str]) -> Ratio:
    return Ratio(
        label=label,
        subject=ours[0],
        case=ours[1],
        other=theirs[0],
        other_case=theirs[1],
        least=least,
    )


_BARE, _FASTIFY = ("fastapi", ANSWER), ("fastify", PASSTHROUGH)
_SEED, _SEED_POST = ("seed", PASSTHROUGH), ("seed", POST)
RATIOS = (
    _ratio("typed GET, of the bare FastAPI route", 0.5, (EDGE, TYPED), _BARE),
    _ratio("passthrough, of the bare FastAPI route", 0.5, (EDGE, PASSTHROUGH), _BARE),
    _ratio("typed GET, of @fastify/http-proxy", 0.5, (EDGE, TYPED), _FASTIFY),
    _ratio("passthrough, of @fastify/http-proxy", 0.5, (EDGE, PASSTHROUGH), _FASTIFY),
    _ratio("typed GET, of the seed's proxy", 12, (EDGE, TYPED), _SEED),
    _ratio("passthrough, of the seed's proxy", 12, (EDGE, PASSTHROUGH), _SEED),
    _ratio("identity POST, of the seed's", 10, (EDGE, POST), _SEED_POST),
    _ratio("in a team's application: typed GET, of the seed's proxy", 6, (INCLUDED, TYPED), _SEED),
    _ratio("in a team's application: POST, of the seed's", 6, (INCLUDED, POST), _SEED_POST),
)

_FASTER, _FASTER_POST = ("seed-pyreqwest", PASSTHROUGH), ("seed-pyreqwest", POST)
BESIDE = (
    _ratio("typed GET, of the seed's proxy over pyreqwest", 0, (EDGE, TYPED), _FASTER),
    _ratio("passthrough, of the seed's proxy over pyreqwest", 0, (EDGE, PASSTHROUGH), _FASTER),
    _ratio("identity POST, of the seed's over pyreqwest", 0, (EDGE, POST), _FASTER_POST),
    _ratio(
        "event stream, of the seed's proxy over pyreqwest",
        0,
        (EDGE, STREAM),
        ("seed-pyreqwest", STREAM),
    ),
    _ratio("event stream, of the seed's proxy", 0, (EDGE, STREAM), ("seed", STREAM)),
    _ratio("event stream, of @fastify/http-proxy", 0, (EDGE, STREAM), ("fastify", STREAM)),
    _ratio("1 MB download, of the seed's proxy", 0, (EDGE, DOWNLOAD), ("seed", DOWNLOAD)),
    _ratio("1 MB download, of @fastify/http-proxy", 0, (EDGE, DOWNLOAD), ("fastify", DOWNLOAD)),
)
"""Reported, with no target of their own."""


def ratio(part: Part, one: Ratio, connections: int) -> float | None:
    """None where one of the two was not measured."""
    ours = part.median(one.subject, one.case, connections, "rate")
    theirs = part.median(one.other, one.other_case, connections, "rate")
    return ours / theirs if ours and theirs else None


def verdicts(parts: Mapping[str, Part], large: Sequence[Row] = ()) -> Iterator[Verdict]:
    """Every target, in the order in which they were set; `large`: the corpus' rows of large documents."""
    for name, judge in (
        (throughput.PART, _rates),
        (half.PART, _half),
        (routes.PART, _routes),
        (starting.PART, _starts),
        (bulk.PART, _bulk),
        (building.PART, _builds),
    ):
        part = parts.get(name, _EMPTY)
        yield from (replace(one, source=part.source) for one in judge(part))
    yield from _beside_models(parts.get(building.PART, _EMPTY), large)


def _rates(part: Part) -> Iterator[Verdict]:
    for one in RATIOS:
        yield _at_least(one.label, ratio(part, one, 32), one.least)
    yield _at_most(
        "one connection: median of the typed GET above an ASGI echo's on the same server",
        _difference(part, "p50", (EDGE, TYPED, 1), ("echo", ANSWER, 1)),
        Limit(most=0.3, unit="ms", scale=1e3),
    )


def _half(part: Part) -> Iterator[Verdict]:
    yield _at_most(
        "half of saturation at a fixed rate: p99 above the bare FastAPI route's",
        _difference(part, "p99", _paced(EDGE), _paced("fastapi")),
        Limit(most=2, unit="ms", scale=1e3),
    )


def _paced(subject: str) -> tuple[str, str, int]:
    return subject, half.HALF, half.CONNECTIONS


def _routes(part: Part) -> Iterator[Verdict]:
    for label, suffix in (("", ""), (", in a team's application", routes.INCLUDED)):
        for case in (routes.FIRST, routes.LAST):
            many, few = (
                value_of(part, name + suffix, case, "rate") for name in (GITHUB, GITHUB_SHORT)
            )
            yield _at_least(
                f"{case} of GitHub's 1,223 routes, of the same route in a gateway with 10{label}",
                many / few if many and few else None,
                0.9,
            )


def _starts(part: Part) -> Iterator[Verdict]:
    github, five = (
        {value: value_of(part, name, starting.READY, value) for value in ("seconds", "megabytes")}
        for name in (GITHUB, FIVE)
    )
    yield _at_most("GitHub's gateway ready", github["seconds"], Limit(most=3, unit="s"))
    yield _at_most(
        "GitHub's gateway ready, memory of its processes (a shared page counts once)",
        github["megabytes"],
        Limit(most=250, unit="MB"),
    )
    yield _at_most("the five services' gateway ready", five["seconds"], Limit(most=1, unit="s"))


def _bulk(part: Part) -> Iterator[Verdict]:
    for case, label in ((bulk.DOWN, "down"), (bulk.UP, "up")):
        ours, nginx = (value_of(part, name, case, "rate") for name in (EDGE, "nginx"))
        ratio_found = ours / nginx if ours and nginx else None
        yield _at_least(f"1 GB {label}, of nginx's throughput", ratio_found, 0.5)
        peak, before = (value_of(part, EDGE, case, value) for value in ("peak", "before"))
        growth = None if peak is None or before is None else peak - before
        limit = Limit(most=16, unit="MB")
        yield _at_most(f"1 GB {label}: growth of memory meanwhile (constant)", growth, limit)


def _builds(part: Part) -> Iterator[Verdict]:
    five, github = (value_of(part, name, building.UNCHANGED, "seconds") for name in (FIVE, GITHUB))
    label = "build with nothing changed"
    yield _at_most(f"{label}, the five documents", five, Limit(most=0.5, unit="s"))
    yield _at_most(f"{label}, GitHub's document", github, Limit(most=1, unit="s"))
    edited, cold = (
        value_of(part, GITHUB, case, "seconds") for case in (building.EDITED, building.COLD)
    )
    yield _at_most(
        "build of GitHub's document with one description changed, of the cold build",
        edited / cold if edited and cold else None,
        Limit(most=0.33, unit="times"),
    )
    one, two = (
        value_of(part, MANY, case, "seconds") for case in (building.ONE_CORE, building.COLD)
    )
    yield _at_least(
        "cold build of five large documents on two cores, of its speed on one",
        one / two if one and two else None,
        1.6,
    )


def _beside_models(part: Part, large: Sequence[Row]) -> Iterator[Verdict]:
    """Of this run where it was measured in it, else of the run over the well-known documents (CPU time)."""
    for name, title in ((STRIPE, "Stripe"), (GITHUB, "GitHub")):
        cold, alone = (
            value_of(part, name, case, "seconds") for case in (building.COLD, building.ALONE)
        )
        source = part.source
        row = next((row for row in large if row["title"] == title), None)
        if alone is None and row is not None and row.get("alone_seconds"):
            cold, alone, source = row["build_seconds"], row["alone_seconds"], row["source"]
        verdict = _at_most(
            f"cold build of {title}'s document, of datamodel-code-generator's models alone",
            cold / alone if cold and alone else None,
            Limit(most=1.5, unit="times"),
        )
        yield replace(verdict, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`most` is in `unit`, of which a measured value is `scale` to one."""

    most: float
    unit: str
    scale: float = 1.0


def value_of(part: Part, subject: str, case: str, value: str) -> float | None:
    """The median of a subject's case at whatever size it was measured; None where it was not."""
    for key in part.rounds:
        if (key.subject, key.case) == (subject, case):
            return part.median(subject, case, key.at, value)
    return None


def _difference(
    part: Part, value: str, ours: tuple[str, str, int], theirs: tuple[str, str, int]
) -> float | None:
    one, other = part.median(*ours, value), part.median(*theirs, value)
    return None if one is None or other is None else one - other


def _at_least(label: str, found: float | None, least: float) -> Verdict:
    return Verdict(
        label=label,
        wanted=f"≥ {least:g} times",
        measured="not measured" if found is None else f"{found:.2f} times",
        held=None if found is None else found >= least,
    )


def _at_most(label: str, found: float | None, limit: Limit) -> Verdict:
    value = None if found is None else limit.scale * found
    return Verdict(
        label=label,
        wanted=f"≤ {limit.most:g} {limit.unit}",
        measured="not measured" if value is None else f"{value:,.2f} {limit.unit}",
        held=None if value is None else value <= limit.most,
    )
