"""What the guard says of a request that it refuses: enough to find the mistake, nothing of the client's."""

from __future__ import annotations

import pytest

from proxygen.runtime.guard import Guard, GuardLimits


@pytest.mark.parametrize("names", [[b"host"], [b"content-length", b"host"]])
def test_repeated_fields_are_named(names: list[bytes]) -> None:
    lines = [(b"host", b"edge.test"), *((name, b"1") for name in [*names, *names])]
    scope = {
        "http_version": "1.1",
        "method": "GET",
        "raw_path": b"/",
        "path": "/",
        "query_string": b"",
        "headers": lines[1:],
    }
    refused = Guard(GuardLimits()).check(scope)
    assert refused is not None
    expected = ", ".join(sorted(name.decode() for name in names))
    assert (refused.status, refused.detail) == (400, f"Repeated field: {expected}")
