"""A sweep goes on from what is committed, on a machine that has measured nothing."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.corpus.results import begin, known_rows

ROW = {"name": "a.test/one", "source": "0123456789ab"}


def test_a_new_machine_goes_on_from_the_committed_rows(tmp_path: Path) -> None:
    committed = tmp_path / "corpus.json"
    committed.write_text(json.dumps({"measured": [ROW]}), encoding="utf-8")
    results = tmp_path / "cache" / "results.jsonl"
    begin(results, committed=committed)
    assert known_rows(results) == {"a.test/one": ROW}


def test_what_this_machine_measured_counts_more_than_what_is_committed(tmp_path: Path) -> None:
    committed = tmp_path / "corpus.json"
    committed.write_text(json.dumps({"measured": [ROW]}), encoding="utf-8")
    results = tmp_path / "results.jsonl"
    mine = {**ROW, "source": "ba9876543210"}
    results.write_text(json.dumps(mine) + "\n", encoding="utf-8")
    begin(results, committed=committed)
    assert known_rows(results) == {"a.test/one": mine}


def test_a_fresh_sweep_knows_nothing(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    begin(results, committed=None)
    assert known_rows(results) == {}
