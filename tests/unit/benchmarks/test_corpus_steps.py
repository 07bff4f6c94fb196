"""A step of the sweep that somebody ends is no result of the document."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from benchmarks.corpus.forked import BROKEN, run


def _ends_by(number: int) -> tuple[int, None]:
    os.kill(os.getpid(), number)
    return 0, None


def test_a_step_that_is_interrupted_has_no_result(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(lambda: _ends_by(signal.SIGINT), tmp_path, 10)


def test_a_step_that_is_killed_or_raises_has_failed(tmp_path: Path) -> None:
    assert run(lambda: _ends_by(signal.SIGKILL), tmp_path, 10).code == -signal.SIGKILL
    raised = run(lambda: (1 // 0, None), tmp_path, 10)
    assert raised.code == BROKEN
    assert "ZeroDivisionError" in raised.said
