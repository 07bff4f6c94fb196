"""What no reader may disagree on is refused whatever the operation's validation says."""

from __future__ import annotations

import pytest

from proxygen.runtime.operation import Validation
from tests.unit.runtime.test_json_bodies import USER, refused


@pytest.mark.parametrize("validation", Validation)
@pytest.mark.parametrize(
    "content",
    [
        '{"count":1}'.encode("utf-16"),
        '{"count":1}'.encode("utf-32-le"),
        b'\xef\xbb\xbf{"count":1}',
        b'{"count":1,"count":1}',
        b'{"count":NaN}',
        b'{"a":"\xff"}',
        b"[" * 100_000,
    ],
)
async def test_it_is_400(content: bytes, validation: Validation) -> None:
    for bindings in ((), (USER,)):
        assert (await refused(content, *bindings, validation=validation)).status == 400
