"""Work beside this process comes to what it would come to in it, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from proxygen.cache import NO_CACHE, Cache
from proxygen.cores import Cores
from proxygen.pipeline import Build, Refused, build_specs

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes of builds, which begin some for small documents too."""
    begun: list[int] = []
    fork = os.fork

    def counted() -> int:
        process = fork()
        begun.append(process)
        return process

    monkeypatch.setattr("proxygen.cores.os.fork", counted)
    monkeypatch.setattr("proxygen.pipeline._LARGE", 0)
    return begun


def test_results_are_those_of_the_work_whatever_ends_first() -> None:
    def work(number: int) -> tuple[int, int]:
        time.sleep(0.02 * (7 - number))
        return number, os.getpid()

    with Cores(2) as cores:
        later = [cores.start(partial(work, number)) for number in range(7)]
        found = [one() for one in later]
        assert [one() for one in later] == found
    assert [number for number, _ in found] == list(range(7))
    assert len({process for _, process in found}) > 2


def test_work_that_fails_elsewhere_fails_here() -> None:
    here = os.getpid()
    asked: list[int] = []

    def fail() -> None:
        asked.append(os.getpid())
        raise LookupError(os.getpid())

    with Cores(2) as cores:
        later = cores.start(fail)
        with pytest.raises(LookupError, match=str(here)):
            later()
    assert asked == [here]


def test_work_whose_process_is_killed_is_done_here() -> None:
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with Cores(2) as cores:
        assert cores.start(work)() == here


def test_work_that_nobody_asks_for_ends_with_the_cores(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "process").write_text(str(os.getpid()))
        time.sleep(60)

    with Cores(2) as cores:
        cores.start(work)
        while not (tmp_path / "process").exists() or not (tmp_path / "process").read_text():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_one_core_forks_nothing() -> None:
    with Cores(1) as cores:
        assert cores.start(os.getpid)() == os.getpid()


def test_small_documents_are_not_worth_a_process(
    forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxygen.pipeline._LARGE", 1024 * 1024)
    assert isinstance(build_specs(SPECS, cores=Cores(2)), Build)
    assert not forks


@pytest.mark.parametrize("count", [2, 3])
def test_documents_built_side_by_side_give_the_same_bytes(
    count: int, tmp_path: Path, forks: list[int]
) -> None:
    alone = build_specs(SPECS, cache=NO_CACHE)
    beside = build_specs(SPECS, cache=Cache(folder=tmp_path), cores=Cores(count))
    again = build_specs(SPECS, cache=Cache(folder=tmp_path), cores=Cores(count))
    assert isinstance(alone, Build)
    assert isinstance(beside, Build)
    assert isinstance(again, Build)
    assert len(forks) > 10
    assert beside.files == alone.files == again.files
    assert beside.diagnostics == alone.diagnostics == again.diagnostics


def test_documents_judged_side_by_side_are_refused_for_the_same_reasons(
    tmp_path: Path, forks: list[int]
) -> None:
    for name, wrong in (("a", "summary: 7"), ("b", "tags: {}"), ("c", "deprecated: maybe")):
        text = f"""\
openapi: 3.1.0
info: {{title: Wrong, version: "1"}}
paths:
  /{name}:
    get:
      operationId: {name}
      {wrong}
      responses: {{"200": {{description: An answer.}}}}
"""
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    alone = build_specs(tmp_path)
    beside = build_specs(tmp_path, cores=Cores(2))
    assert isinstance(alone, Refused)
    assert isinstance(beside, Refused)
    assert len(forks) >= 2
    assert beside.diagnostics == alone.diagnostics
    assert {item.location.file.rpartition("/")[2] for item in alone.diagnostics} == {
        "a.yaml",
        "b.yaml",
        "c.yaml",
    }
