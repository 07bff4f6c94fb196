"""Options that every suite shares."""

from __future__ import annotations

import pytest
from hypothesis import settings

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
