"""Every long run in small: the same code, the same limits, seconds."""

from __future__ import annotations

import asyncio

import pytest
import uvloop

from tests.soak.figure import Outcome, Scenario
from tests.soak.scenarios import SCENARIOS

SMALL = [scenario for scenario in SCENARIOS if scenario.quick is not None]


@pytest.mark.parametrize("scenario", SMALL, ids=lambda scenario: scenario.name)
def test_every_figure_holds_in_small(scenario: Scenario) -> None:
    assert scenario.quick is not None
    count = scenario.quick

    async def bounded() -> Outcome:
        async with asyncio.timeout(60):
            return await scenario.run(count, lambda _: None)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(bounded())
    assert outcome.faults == ()
    assert [figure for figure in outcome.figures if not figure.held and not figure.at_rest] == []
