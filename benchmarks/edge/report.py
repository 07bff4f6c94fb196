"""The page about speed: targets, plots, the table of medians, how it was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.corpus.large import known_large
from benchmarks.edge.cases import ANSWER, CASES, DOWNLOAD, PASSTHROUGH, POST, STREAM, TYPED
from benchmarks.edge.charts import Group, Line, dots
from benchmarks.edge.peers import ROOT
from benchmarks.edge.results import Part, Results, machine
from benchmarks.edge.sections import plot_of_routes, sections
from benchmarks.edge.subjects import SUBJECTS
from benchmarks.edge.tables import table
from benchmarks.edge.targets import BESIDE, RATIOS, Verdict, ratio, verdicts
from benchmarks.edge.throughput import PART

_PAGE = ROOT / "docs" / "performance.md"
_PLOTS = ROOT / "docs" / "performance"
_SERIES = {1: "1 connection", 32: "32 connections", 256: "256 connections"}
_GROUPS = {
    "Answered at once, no service behind": (ANSWER,),
    "GET of 460 bytes from a service behind": (TYPED, PASSTHROUGH),
    "POST with the caller's identity": (POST,),
    "A hundred events from a service behind": (STREAM,),
    "1 MB from a service behind": (DOWNLOAD,),
}
_OTHER = "†"
_CASE_IN_LABEL = {TYPED: ", typed"}
_COLUMNS = (
    "subject",
    "case",
    "connections",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU µs",
    "busy",
    "MB",
)
_INTRODUCTION = """\
What an edge with every rule at work costs: a request, beside its peers and beside a handler that does
nothing; a start; a build; and what of it grows with the number of routes. First what it is to reach and what
was measured, then pictures, then every figure, and at the end how it is measured and how to do it again."""
_METHOD = """\
`make bench` measures one part after the other; `make bench BENCH="PART … --rounds 3"` some of them, and
leaves the others as they are; `python -m benchmarks.edge --help` lists them. Rounds that are kept in
`benchmarks/edge.json` are not measured again while the code stays the same. Each subject is one
process on one core, the load (wrk) and the service behind (nginx) share the other, where the service goes
first if the machine allows it (SCHED_FIFO): no edge is charged for a service that waits until the load has
had its slice of their core. The subjects take turns in every round. A figure of requests per second is the
median of {rounds} of {seconds:g} s each. Ratios of one run hold; absolute figures move with the machine
({processor}, {cores} cores, CPython {python}; {when}, state of the code {source}).

The load sends 10,000 ES256 tokens in turn; an edge has seen each once before it is measured. proxygen
verifies them, counts, and writes its two log events for each request as JSON (to /dev/null). The service
answers 409 unless `X-User-ID` is the token's user, so that a wrong identity anywhere ends the measurement, as
does any answer that is no 2xx or is short. Before a subject is measured, one request goes through it to a
recorder, which holds every byte of the answer, the identity headers and the enriched body against what they
must be.

Peers do what they do by default, but that nginx and http-proxy-middleware keep connections to the service,
and that nginx writes no body to a file first, which is in their favour. None of them checks a token. "busy"
is how much of its core a subject used: well below 100 %, the load's core was the limit, and only its CPU time
says what it costs."""


def write_report(results: Results) -> None:
    """docs/performance.md and its plots."""
    part = results.parts[PART]
    _PLOTS.mkdir(exist_ok=True)
    plots = (("rate", "Requests per second", 1.0), ("cpu", "CPU µs per request", 1e6))
    for value, title, scale in plots:
        (_PLOTS / f"{value}.svg").write_text(_plot(part, value, title, scale), encoding="utf-8")
    routes = plot_of_routes(results.parts)
    if routes is not None:
        (_PLOTS / "routes.svg").write_text(routes, encoding="utf-8")
    _PAGE.write_text(page(results), encoding="utf-8")


def page(results: Results) -> str:
    """The text of the page."""
    part = results.parts[PART]
    method = _METHOD.format(
        rounds=part.counted, seconds=part.seconds, when=part.when, source=part.source, **machine()
    )
    found = list(verdicts(results.parts, known_large()))
    plotted = plot_of_routes(results.parts) is not None
    written = [
        "# Speed",
        _INTRODUCTION,
        "## Targets",
        "What is so many times another is so in requests per second at 32 connections, where nothing else is "
        "said.",
        table(("target", "wanted", "measured", "held"), _targets(found, part.source)),
        *_other_states(found, part.source),
        "## Pictures",
        "![Requests per second of every subject](performance/rate.svg)",
        "![CPU time per request of every subject](performance/cpu.svg)",
        *(
            ["![Gateways against their number of routes](performance/routes.svg)"]
            if plotted
            else []
        ),
        "## Ratios at every number of connections",
        table(("ratio", "1", "32", "256"), _ratios(part)),
        "## Every figure",
        table(
            _COLUMNS,
            _rows(part),
        ),
        *_skipped(part),
        *sections(results.parts, part.source),
        "## How it is measured",
        method,
    ]
    return "\n\n".join(written) + "\n"


def _targets(found: Iterable[Verdict], source: str) -> Iterable[Sequence[object]]:
    held = {True: "yes", False: "**no**", None: "-"}
    for one in found:
        mark = f" {_OTHER}" if one.held is not None and one.source != source else ""
        yield (one.label, one.wanted, one.measured + mark, held[one.held])


def _other_states(found: Iterable[Verdict], source: str) -> Sequence[str]:
    """What the mark in the table of targets stands for, where one is there."""
    others = {one.source for one in found if one.held is not None} - {source}
    if not others:
        return ()
    named = ", ".join(sorted(others))
    return (
        f"{_OTHER} measured on another state of the code ({named}) than the other rows ({source}).",
    )


def _ratios(part: Part) -> Iterable[Sequence[object]]:
    for one in (*RATIOS, *BESIDE):
        found = [ratio(part, one, connections) for connections in _SERIES]
        yield (one.label, *("-" if value is None else f"{value:.2f}" for value in found))


def _rows(part: Part) -> Iterable[Sequence[object]]:
    for subject in SUBJECTS:
        for key in part.rounds:
            if key.subject != subject.key:
                continue
            values = {
                name: part.median(key.subject, key.case, key.at, name) or 0.0
                for name in part.rounds[key][0]
            }
            yield (
                subject.label,
                CASES[key.case].label,
                key.at,
                f"{values['rate']:,.0f}",
                f"{1e3 * values['p50']:.2f}",
                f"{1e3 * values['p99']:.2f}",
                f"{1e6 * values['cpu']:,.0f}",
                f"{values['rate'] * values['cpu']:.0%}",
                f"{values['megabytes']:.0f}",
            )


def _plot(part: Part, value: str, title: str, scale: float) -> str:
    """The best first in each group; series are numbers of connections."""
    groups = []
    for heading, cases in _GROUPS.items():
        lines = []
        for subject in SUBJECTS:
            for case in (case for case in cases if case in subject.paths):
                found = {
                    name: scale * median
                    for at, name in _SERIES.items()
                    if (median := part.median(subject.key, case, at, value))
                }
                if found:
                    label = subject.label.replace("`", "") + _CASE_IN_LABEL.get(case, "")
                    ours = subject.key.startswith("proxygen")
                    lines.append(Line(label=label, values=found, ours=ours))
        lines.sort(key=lambda line: line.values.get(_SERIES[32], 0.0), reverse=value == "rate")
        if lines:
            groups.append(Group(title=heading, lines=lines))
    return dots(title, list(_SERIES.values()), _SERIES[32], groups)


def _skipped(part: Part) -> Sequence[str]:
    if not part.skipped:
        return ()
    reasons = "; ".join(f"{what} ({why[:80]})" for what, why in part.skipped.items())
    return (f"Not measured, or a round less: {reasons}.",)
