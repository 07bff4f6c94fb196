"""What the edge is to reach, each held against the medians of one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.edge.cases import ANSWER, DOWNLOAD, PASSTHROUGH, POST, STREAM, TYPED
from benchmarks.edge.results import Part

EDGE, INCLUDED = "proxygen", "proxygen-included"
_MILLISECONDS_ABOVE_ECHO = 0.3


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
    """One row of the page; `held` is None where nothing was measured."""

    label: str
    wanted: str
    measured: str
    held: bool | None


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


NOT_MEASURED = (
    ("p99 at half of saturation, above the bare FastAPI route's", "≤ 2 ms"),
    ("first and last of GitHub's 1,223 routes, of a gateway with 10", "≥ 0.9 times"),
    ("GitHub's gateway ready", "≤ 3 s, 250 MB"),
    ("the five services' gateway ready", "≤ 1 s"),
    ("1 GB through in either direction, of nginx", "≥ 0.5 times, memory constant"),
    ("build of the five documents, nothing changed", "≤ 0.5 s"),
    ("build of GitHub's document, nothing changed", "≤ 1 s"),
    ("build of GitHub's document, one description changed, of the cold build", "≤ 0.33 times"),
)
"""Targets that `make bench` has no part for: the page says so."""


def verdicts(part: Part) -> Iterator[Verdict]:
    """Every target: the ratios at 32 connections, the time of one request, and what is not measured."""
    for one in RATIOS:
        found = ratio(part, one, 32)
        yield Verdict(
            label=one.label,
            wanted=f"≥ {one.least:g} times",
            measured="not measured" if found is None else f"{found:.2f} times",
            held=None if found is None else found >= one.least,
        )
    ours = part.median(EDGE, TYPED, 1, "p50")
    echo = part.median("echo", ANSWER, 1, "p50")
    above = None if ours is None or echo is None else 1000 * (ours - echo)
    yield Verdict(
        label="one connection: median of the typed GET above an ASGI echo's on the same server",
        wanted=f"≤ {_MILLISECONDS_ABOVE_ECHO} ms",
        measured="not measured" if above is None else f"{above:.2f} ms",
        held=None if above is None else above <= _MILLISECONDS_ABOVE_ECHO,
    )
    for label, wanted in NOT_MEASURED:
        yield Verdict(label=label, wanted=wanted, measured="not measured", held=None)
