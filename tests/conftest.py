"""Options that every suite shares."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from proxygen.cache import VARIABLE

# An example's time says how busy the machine is; what is slow has tests of its own.
settings.register_profile("proxygen", deadline=None)
settings.load_profile("proxygen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        action="store_true",
        help="rewrite the expectations of tests/cases instead of comparing",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten."""
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the cache of who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, os.fspath(tmp_path_factory.mktemp("cache")))
        yield
