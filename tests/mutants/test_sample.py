"""The mutation tool works, its catalogue fits the code, and a fixed sample of it is noticed.

All of it is `make mutants`; the sample is one defect of each kind, in every suite.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.copies import ROOT, ToolError, make_copy, require_copy, run_pytest
from tests.mutants.mutant import Mutant, Suite
from tests.mutants.operators import operator_mutants
from tests.mutants.results import Results
from tests.mutants.run import judge, require_green
from tests.mutants.sentences import SENTENCES
from tests.mutants.survivors import EQUIVALENT

SAMPLE = (
    "owned-header-not-stripped",
    "user-not-injected",
    "body-before-identity",
    "body-binding-removed",
    "5xx-passed",
    "read-time-out-is-503",
    "post-retried",
    "downstream-endpoint-is-the-edges",
    "duplicate-keys-pass",
    "passthrough-decoded",
)
_OF_THE_TOOL = "tests/mutants/test_of_the_tool.py"


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_copy(tmp_path_factory.mktemp("mutants").resolve() / "copy")


@pytest.mark.parametrize("mutant", [m for m in CATALOGUE if m.id in SAMPLE], ids=lambda m: m.id)
def test_a_broken_rule_is_noticed(copy: Path, mutant: Mutant) -> None:
    verdict = judge(mutant, copy)
    assert verdict.killed, verdict.said


def test_the_sample_is_of_every_suite() -> None:
    sample = [mutant for mutant in CATALOGUE if mutant.id in SAMPLE]
    assert len(sample) == len(SAMPLE)
    assert {mutant.suite for mutant in sample} == {Suite.GENERATED, Suite.WIRE}


def test_every_mutant_fits_and_has_a_name_of_its_own() -> None:
    for mutant in CATALOGUE:
        source = (ROOT / mutant.file).read_text(encoding="utf-8")
        compile(mutant.mutate(source), mutant.file, "exec")
    assert [name for name, count in Counter(m.id for m in CATALOGUE).items() if count > 1] == []


def test_every_sentence_is_broken_by_some_mutant() -> None:
    assert {mutant.rule for mutant in CATALOGUE} == SENTENCES.keys()


def test_every_selection_is_there() -> None:
    for mutant in CATALOGUE:
        assert mutant.select, mutant.id
        for selected in mutant.select:
            assert (ROOT / selected.partition("::")[0]).exists(), selected


def test_operator_mutants_fit_and_have_names_of_their_own() -> None:
    mutants = operator_mutants(ROOT)
    assert len({mutant.id for mutant in mutants}) == len(mutants) > 1000
    for mutant in mutants[:200]:
        compile(
            mutant.mutate((ROOT / mutant.file).read_text(encoding="utf-8")), mutant.file, "exec"
        )


def test_what_is_listed_as_unnoticeable_is_a_mutant() -> None:
    known = {mutant.id for mutant in (*CATALOGUE, *operator_mutants(ROOT))}
    assert EQUIVALENT.keys() <= known


def test_a_mutant_that_does_not_fit_is_an_error(copy: Path) -> None:
    mutant = replace(CATALOGUE[0], find="stands nowhere")
    with pytest.raises(ValueError, match="stands 0 times"):
        mutant.apply(copy)


class TestTool:
    """How a run of pytest is read."""

    @pytest.fixture
    def write(self, copy: Path) -> Iterator[Path]:
        path = copy / _OF_THE_TOOL
        yield path
        path.unlink()

    @pytest.mark.parametrize(
        ("text", "passed"),
        [
            ("def test_it():\n    pass\n", True),
            ("def test_it():\n    assert False\n", False),
            ("import nowhere\n", False),
        ],
    )
    def test_a_failure_and_a_broken_import_are_noticed(
        self, copy: Path, write: Path, text: str, passed: bool
    ) -> None:
        write.write_text(text, encoding="utf-8")
        assert run_pytest(copy, [_OF_THE_TOOL]).passed is passed

    def test_no_test_is_no_verdict(self, copy: Path, write: Path) -> None:
        write.write_text("", encoding="utf-8")
        with pytest.raises(ToolError, match="ended with 5"):
            run_pytest(copy, [_OF_THE_TOOL])

    def test_tests_that_fail_without_a_mutant_or_are_not_there_are_an_error(
        self, copy: Path, write: Path
    ) -> None:
        write.write_text("def test_it():\n    assert False\n", encoding="utf-8")
        for selected in (_OF_THE_TOOL, "tests/mutants/test_nowhere.py"):
            mutant = replace(CATALOGUE[0], select=(selected,))
            with pytest.raises(ToolError, match="fails without a mutant"):
                require_green([mutant], copy)

    def test_a_copy_that_runs_other_code_is_an_error(self, copy: Path, tmp_path: Path) -> None:
        require_copy(copy)
        with pytest.raises(ToolError, match="does not run its own code"):
            require_copy(tmp_path)

    def test_a_mutant_leaves_its_copy_as_it_was(self, copy: Path) -> None:
        mutant = CATALOGUE[0]
        original = (copy / mutant.file).read_text(encoding="utf-8")
        assert mutant.apply(copy) == original
        assert (copy / mutant.file).read_text(encoding="utf-8") == mutant.mutate(original)
        (copy / mutant.file).write_text(original, encoding="utf-8")

    def test_deaths_are_kept_and_survivals_are_not(self, tmp_path: Path, copy: Path) -> None:
        path = tmp_path / "results.json"
        mutant = next(m for m in CATALOGUE if m.id == "user-not-injected")
        verdict = judge(mutant, copy)
        Results(path).add(replace(verdict, killed=False))
        Results(path).add(verdict)
        kept = Results(path)
        assert kept.verdict(mutant) is None
        kept.load()
        found = kept.verdict(mutant)
        assert found is not None
        assert (found.killed, found.again) == (True, True)
        assert kept.verdict(replace(mutant, replace="something else")) is None
