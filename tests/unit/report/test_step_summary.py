"""The summary of a job in GitHub's CI."""

from __future__ import annotations

from pathlib import Path

from proxygen.report.step_summary import add_step_summary

MIB = 1 << 20


def test_it_is_added_to_what_other_steps_wrote(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("# before\n", encoding="utf-8")
    add_step_summary("### ours\n", {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.read_text(encoding="utf-8") == "# before\n### ours\n\n"


def test_nobody_asked_for_one(tmp_path: Path) -> None:
    add_step_summary("### ours\n", {"GITHUB_STEP_SUMMARY": ""})
    add_step_summary("### ours\n", {})
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_too_long_ends_at_a_line_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    for _ in range(3):
        add_step_summary("å line\n" * 200_000, {"GITHUB_STEP_SUMMARY": str(path)})
        assert path.stat().st_size <= MIB
    text = path.read_text(encoding="utf-8")
    assert text.endswith("å line\n… and more: see the log of this step.\n")
