"""The ignore file: what it takes away, until when, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from proxygen.changes.ignored import NAME, Remaining, read_entries, without_ignored
from proxygen.changes.model import Audience, Change, Operations
from proxygen.diagnostics import InputRefused, Location
from proxygen.report.finding import Severity

TODAY = date(2026, 11, 25)
PLACE = Location("specs/things.yaml", 3, 1, "/paths/~1things/get")
REMOVED = Change(
    rule="operation-removed",
    audience=Audience.CALLERS,
    severity=Severity.BREAKING,
    direct=Severity.BREAKING,
    base=PLACE,
    revision=PLACE,
    operations=Operations(("GET /things", "POST /things"), 0b11),
    found="x",
    cure="y",
)
ENTRY = '[[ignore]]\nrule = "operation-*"\nuntil = 2027-01-01\nreason = "nobody calls it"\n'


def remaining(folder: Path, text: str, *changes: Change) -> Remaining:
    (folder / NAME).write_text(text, encoding="utf-8")
    return without_ignored(changes, read_entries(folder), TODAY)


def rules(found: Remaining) -> list[str]:
    return [one.rule for one in found.findings]


def test_no_file_ignores_nothing(tmp_path: Path) -> None:
    assert read_entries(tmp_path) == ()
    assert without_ignored((REMOVED,), (), TODAY) == Remaining((REMOVED,), 0, ())


def test_an_entry_takes_a_change_away(tmp_path: Path) -> None:
    assert remaining(tmp_path, ENTRY, REMOVED) == Remaining((), 1, ())


def test_an_entry_holds_on_its_last_day(tmp_path: Path) -> None:
    today = ENTRY.replace("2027-01-01", TODAY.isoformat())
    assert remaining(tmp_path, today, REMOVED) == Remaining((), 1, ())


def test_an_entry_that_is_over_takes_nothing_away_and_is_a_finding(tmp_path: Path) -> None:
    found = remaining(tmp_path, ENTRY.replace("2027", "2026"), REMOVED)
    assert found.changes == (REMOVED,)
    assert rules(found) == ["ignore-expired"]
    assert found.findings[0].location.line == 1


@pytest.mark.parametrize(
    "more", ['operation = "PUT *"', 'pointer = "/components/*"', 'rule = "sunset-*"']
)
def test_an_entry_that_takes_nothing_is_a_finding(tmp_path: Path, more: str) -> None:
    text = ENTRY.replace('rule = "operation-*"\n', "") if more.startswith("rule") else ENTRY
    found = remaining(tmp_path, f"{text}{more}\n", REMOVED)
    assert found.changes == (REMOVED,)
    assert rules(found) == ["ignore-unused"]


def test_an_entry_for_one_operation_leaves_the_others(tmp_path: Path) -> None:
    found = remaining(tmp_path, f'{ENTRY}operation = "GET *"\n', REMOVED)
    assert [list(one.operations) for one in found.changes] == [["POST /things"]]
    assert found.ignored == 0
    assert found.findings == ()


def test_an_entry_takes_a_change_of_the_whole_edge(tmp_path: Path) -> None:
    whole = replace(REMOVED, operations=Operations((), 0))
    assert remaining(tmp_path, ENTRY, whole) == Remaining((), 1, ())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (ENTRY.replace("reason", "because"), "unknown-key"),
        (ENTRY.replace('reason = "nobody calls it"\n', ""), "missing-key"),
        (ENTRY.replace("until = 2027-01-01\n", ""), "missing-key"),
        (ENTRY.replace("2027-01-01", '"soon"'), "wrong-type"),
        (ENTRY.replace("2027-01-01", "2027-01-01T00:00:00Z"), "wrong-type"),
        (ENTRY.replace('"nobody calls it"', '""'), "wrong-type"),
        (ENTRY.replace("operation-*", "no-such-*"), "bad-value"),
        (ENTRY.replace("[[ignore]]", "[ignore]"), "wrong-type"),
        (ENTRY.replace("[[ignore]]", "[[ignored]]"), "unknown-key"),
        ("ignore = [1]", "wrong-type"),
        ("ignore = = 1", "toml-syntax"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, text: str, rule: str
) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_entries(tmp_path)
    assert rule in [one.rule for one in refused.value.diagnostics]
    assert all(one.location.line and one.cure for one in refused.value.diagnostics)
