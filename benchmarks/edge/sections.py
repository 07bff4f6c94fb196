"""The sections of the page about what else is measured than requests per second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.edge import building, bulk, half, profile, routes, starting
from benchmarks.edge.curves import Panel, panels
from benchmarks.edge.gateways import FIVE, GITHUB, GITHUB_SHORT, GRAPHS, MANY, STRIPE
from benchmarks.edge.results import Part
from benchmarks.edge.tables import table

_NAMES = {
    FIVE: "the five services",
    GITHUB: "GitHub",
    GITHUB_SHORT: "GitHub, cut to 10",
    STRIPE: "Stripe",
    MANY: "Box, DigitalOcean, GitHub, Kubernetes and Stripe",
    **dict.fromkeys(GRAPHS, "Microsoft Graph, cut"),
    GRAPHS[-1]: "Microsoft Graph v1.0",
}
_TICKS = (10, 100, 1_000, 11_422)
_SMALLEST_SHARE = 0.01
Parts = dict[str, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A curve: a value of one case of the gateways, whose names end in `suffix`."""

    label: str
    part: str
    case: str
    value: str
    suffix: str = ""


def _of_builds(value: str) -> Sequence[_Line]:
    cases = (building.COLD, building.EDITED, building.UNCHANGED)
    return [_Line(label=one, part=building.PART, case=one, value=value) for one in cases]


def _of_start(value: str) -> Sequence[_Line]:
    case = starting.READY
    return [_Line(label=case, part=starting.PART, case=case, value=value)]


def _of_routes(value: str, suffix: str = "") -> Sequence[_Line]:
    return [
        _Line(label=one, part=routes.PART, case=one, value=value, suffix=suffix)
        for one in (routes.FIRST, routes.LAST)
    ]


_PLOTS: Sequence[tuple[str, str, float, Sequence[_Line]]] = (
    ("build", "s", 1, _of_builds("seconds")),
    ("memory of a build", "MB", 1, _of_builds("megabytes")),
    (
        "memory while it serves",
        "MB",
        1,
        [
            replace(_of_routes("megabytes", suffix)[1], label=label)
            for label, suffix in (("by itself", ""), ("in an application", routes.INCLUDED))
        ],
    ),
    ("start", "s until ready", 1, _of_start("seconds")),
    ("served", "requests/s", 1, _of_routes("rate")),
    ("served", "CPU µs per request", 1e6, _of_routes("cpu")),
    ("memory when ready", "MB", 1, _of_start("megabytes")),
    ("in an application", "requests/s", 1, _of_routes("rate", routes.INCLUDED)),
    ("in an application", "CPU µs per request", 1e6, _of_routes("cpu", routes.INCLUDED)),
)
"""Title, unit, what a value is multiplied by for it, and the curves of each plot."""


def sections(parts: Parts, source: str) -> Iterable[str]:
    """Headings, sentences and tables, of the parts that were measured.

    `source` is the state of the code that the page is about; a part of another one says so.
    """
    written = {
        routes.PART: _routes,
        starting.PART: _starts,
        building.PART: _builds,
        half.PART: _half,
        bulk.PART: _bulk,
        profile.PART: _profile,
    }
    for name, write in written.items():
        part = parts.get(name)
        if part is not None and (part.rounds or part.skipped):
            yield from write(part)
            if part.skipped:
                reasons = "; ".join(f"{what} ({why[-120:]})" for what, why in part.skipped.items())
                yield f"Not measured: {reasons}."
            other = (
                "" if part.source == source else f", which is not that of the requests ({source})"
            )
            state = f"state of the code {part.source}{other}"
            note = f" {part.note}" if part.note else ""
            yield f"Medians of {part.counted}; {part.when}, {state}.{note}"


def plot_of_routes(parts: Parts) -> str | None:
    """Graph's gateways against their number of routes; None where nothing was measured."""
    plots = []
    for title, unit, scale, lines in _PLOTS:
        curves = {
            line.label: points
            for line in lines
            if (part := parts.get(line.part)) and (points := _points(part, line, scale))
        }
        if curves:
            plots.append(Panel(title=title, unit=unit, curves=curves))
    title = "Microsoft Graph's document, cut to so many routes"
    return panels(title, "across: number of routes", _TICKS, plots) if plots else None


def _points(part: Part, line: _Line, scale: float) -> Sequence[tuple[float, float]]:
    names = [name + line.suffix for name in GRAPHS]
    return sorted(
        (float(key.at), scale * found)
        for key in part.rounds
        if key.subject in names
        and key.case == line.case
        and (found := part.median(key.subject, key.case, key.at, line.value))
    )


def _routes(part: Part) -> Iterable[str]:
    yield "## First and last of many routes"
    yield (
        f"Requests per second at {routes.CONNECTIONS} connections. A document that is cut keeps its first "
        "and last operations, so that the same two routes are asked in each gateway."
    )
    yield table(
        ("gateway", "routes", "which", "requests/s", "p99 ms", "CPU µs", "MB"), _route_rows(part)
    )


def _route_rows(part: Part) -> Iterable[Sequence[object]]:
    for key in part.rounds:
        values = _medians(part, key.subject, key.case, key.at)
        name = _NAMES[key.subject.removesuffix(routes.INCLUDED)]
        where = ", in an application" if key.subject.endswith(routes.INCLUDED) else ""
        yield (
            name + where,
            f"{key.at:,}",
            key.case,
            f"{values['rate']:,.0f}",
            f"{1e3 * values['p99']:.1f}",
            f"{1e6 * values['cpu']:,.0f}",
            f"{values['megabytes']:,.0f}",
        )


def _starts(part: Part) -> Iterable[str]:
    yield "## Starts"
    yield (
        "From the command to the first 200 of `/readyz`, all of it on one core; what the processes (the "
        "server's own and its one worker) hold in memory then. Shared pages count once in the first figure, "
        "for each process in the second."
    )
    yield table(
        ("gateway", "routes", "s", "MB", "MB, shared counted twice", "MB, the larger process"),
        (
            (
                _NAMES[key.subject],
                f"{key.at:,}",
                *(f"{values[name]:,.2f}" for name in ("seconds",)),
                *(f"{values[name]:,.0f}" for name in ("megabytes", "resident", "largest")),
            )
            for key in part.rounds
            for values in [_medians(part, key.subject, key.case, key.at)]
        ),
    )


def _builds(part: Part) -> Iterable[str]:
    yield "## Builds"
    yield (
        "`proxygen build` on both cores, the interpreter's start included. A cold build finds nothing that "
        'an earlier one has left. One document is built by one process, several side by side. "Models '
        'alone" is datamodel-code-generator by itself on the same document, formatted by ruff. MB is the '
        "peak of the largest process."
    )
    yield table(
        ("gateway", "routes", "build", "s", "CPU s", "MB"),
        (
            (
                _NAMES[key.subject],
                f"{key.at:,}",
                key.case,
                f"{values['seconds']:,.2f}",
                f"{values['cpu']:,.2f}",
                f"{values['megabytes']:,.0f}",
            )
            for key in part.rounds
            for values in [_medians(part, key.subject, key.case, key.at)]
        ),
    )


def _half(part: Part) -> Iterable[str]:
    yield "## At a fixed rate"
    yield (
        "Both are sent half of what the edge can do at most, evenly, by a client that counts each latency "
        "from when the request was due; the last column is how late the client itself was."
    )
    yield table(
        ("subject", "requests/s", "p50 ms", "p99 ms", "p99 of sent late, ms"),
        (
            (
                {"proxygen": "proxygen, typed GET", "fastapi": "bare FastAPI route"}[key.subject],
                f"{values['rate']:,.0f}",
                *(f"{1e3 * values[name]:.2f}" for name in ("p50", "p99", "sent_late")),
            )
            for key in part.rounds
            for values in [_medians(part, key.subject, key.case, key.at)]
        ),
    )


def _bulk(part: Part) -> Iterable[str]:
    yield "## A gigabyte"
    yield (
        "1 GiB over one connection, down from nginx or up (passthrough, with its length) to a service that "
        "reads it. The client is on the load's core."
    )
    yield table(
        ("subject", "direction", "MB/s", "CPU s", "MB before", "MB at its peak"),
        (
            (
                key.subject,
                {bulk.DOWN: "down", bulk.UP: "up"}[key.case],
                f"{values['rate']:,.0f}",
                f"{values['cpu']:.2f}",
                f"{values['before']:,.0f}",
                f"{values['peak']:,.0f}",
            )
            for key in part.rounds
            for values in [_medians(part, key.subject, key.case, key.at)]
        ),
    )


def _profile(part: Part) -> Iterable[str]:
    heads = {
        profile.THREADS: ("thread", "Of the worker's CPU time, by thread:"),
        profile.MODULES: (
            "module",
            "Of the Python thread's samples, by the edge's module (`proxygen.runtime`) that was running or "
            "had called what ran:",
        ),
        profile.LIBRARIES: ("package", "The same samples by the package whose code ran:"),
    }
    yield "## Where the time goes"
    yield "A typed GET at 32 connections, sampled by py-spy."
    for case, (head, sentence) in heads.items():
        shares = {
            key.subject: rounds[0]["share"]
            for key, rounds in part.rounds.items()
            if key.case == case
        }
        yield sentence
        rows = [
            (name, f"{share:.1%}") for name, share in shares.items() if share >= _SMALLEST_SHARE
        ]
        rest = sum(share for share in shares.values() if share < _SMALLEST_SHARE)
        yield table((head, "share"), [*rows, ("less than 1 % each", f"{rest:.1%}")])


def _medians(part: Part, subject: str, case: str, at: int) -> dict[str, float]:
    return {
        name: part.median(subject, case, at, name) or 0.0
        for key, found in part.rounds.items()
        if (key.subject, key.case, key.at) == (subject, case, at)
        for name in found[0]
    }
