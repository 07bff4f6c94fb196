"""`docs/reliability.md` says what the long runs have found, and says so where a figure does not hold."""

from __future__ import annotations

from tests.soak import report, results
from tests.soak.figure import Figure, Outcome
from tests.soak.identity import slope
from tests.soak.results import Result


def test_the_committed_page_and_plot_are_of_the_kept_results() -> None:
    kept = results.read()
    assert report.REPORT.read_text(encoding="utf-8") == report.page(kept)
    samples = kept["identity"].outcome.samples
    assert report.PLOT.read_text(encoding="utf-8") == report.plot(samples)


def test_what_falls_short_is_said() -> None:
    figures = (
        Figure(what="answers", measured=9, limit=10, least=True),
        Figure(what="lost", measured=1, limit=0),
        Figure(what="memory", measured=0.5, limit=1, unit="MB"),
    )
    outcome = Outcome(figures=figures, faults=("1 broke off",))
    page = report.page({"churn": Result(count=1_000, seconds=7, outcome=outcome)})
    assert "1,000 clients that leave (of 50,000 in the whole run), in 7 s." in page
    assert "| answers | 9 | ≥ 10 | **no** |" in page
    assert "| lost | 1 | ≤ 0 | **no** |" in page
    assert "| memory | 0.5 MB | ≤ 1 MB | yes |" in page
    assert "- 1 broke off" in page


def test_growth_is_judged_behind_the_warm_up() -> None:
    warming = [(number, number * 100) for number in range(20)]
    level = [(number, 2_000) for number in range(20, 100)]
    growing = [(number, 2_000 + number) for number in range(20, 100)]
    assert slope([*warming, *level]) == 0
    assert round(slope([*warming, *growing]), 6) == 1
