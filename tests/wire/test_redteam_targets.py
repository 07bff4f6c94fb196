"""Targets that a downstream could read as another path."""

from __future__ import annotations

import pytest

from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

pytestmark = pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)


class TestOverlong:
    @pytest.mark.parametrize("path", ["%e0%80%af", "%e0%80%ae%e0%80%ae", "%f0%80%80%af"])
    def test_overlong_dots_and_slashes_are_400(
        self, edge: Edge, bff: Downstream, path: str
    ) -> None:
        assert edge.request("GET", f"/bff/v1/teacher/x{path}y", [bearer()]).status == 400
        assert bff.requests == []
