"""One warm process for all rows of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.hostile.warm import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Forks for every job; ended with the session."""
    process = Warm()
    yield process
    process.close()
