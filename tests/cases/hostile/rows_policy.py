"""Rows P01 to P04: documents that would like to decide what the gateway decides."""

from __future__ import annotations

from typing import Final

from tests.cases.hostile.documents import LIST, PARAMETERS, patched
from tests.cases.hostile.row import Built, Files, Row

_OPERATIONS = "shop/operations.py"
_OWNED = ("X-User-ID", "Host", "Authorization", "Connection", "Content-Length", "Transfer-Encoding")


def _none_bound(files: Files) -> None:
    """Nothing of a client's is read under these names; X-User-ID is bound to the identity."""
    operations = files[_OPERATIONS]
    assert 'field=IdentityField.USER_ID, place=Place.HEADER, name="X-User-ID"' in operations
    assert operations.count("X-User-ID") == 1
    for name in _OWNED:
        assert f'Parameter(name="{name}"' not in operations
        assert f'"{name.lower()}"' not in operations
        assert name.lower() not in files["shop/contracts/requests.py"].lower()


def _still_authenticated(files: Files) -> None:
    routes = files["shop/routers/items_routes.py"]
    assert routes.count("identity: FromDishka[Identity],") == 3
    assert "Auth.PUBLIC" not in files[_OPERATIONS]
    assert "None)" not in routes


def _no_target(files: Files) -> None:
    for path, text in files.items():
        if path.endswith(".py"):
            assert "169.254.169.254" not in text, path
            assert "localhost.evil" not in text, path


ROWS: Final[tuple[Row, ...]] = (
    Built(
        id="P01",
        document=patched(
            {
                f"{LIST}/parameters/-": {
                    "name": _OWNED[0],
                    "in": "header",
                    "schema": {"type": "string"},
                },
            }
            | {
                f"{PARAMETERS}/{number}": {
                    "name": name,
                    "in": "header",
                    "schema": {"type": "string"},
                }
                for number, name in enumerate(_OWNED[1:5])
            }
        ),
        benign=None,
        check=_none_bound,
    ),
    Built(
        id="P02",
        document=patched({"/security": [], f"{LIST}/security": [{}]}),
        findings=("security-opens-nothing",),
        check=_still_authenticated,
    ),
    Built(
        id="P03",
        document=patched(
            {
                "/x-proxygen": {"auth": "none"},
                f"{LIST}/x-proxygen": {"auth": "none", "path": "/elsewhere"},
                "/info/x-proxygen": {"base_url": "http://169.254.169.254"},
            }
        ),
        decided="ignored, always: there is no way to trust an extension",
        check=_still_authenticated,
    ),
    Built(
        id="P04",
        document=patched(
            {
                "/servers": [{"url": "http://169.254.169.254/latest"}],
                f"{LIST}/servers": [{"url": "http://localhost.evil"}],
            }
        ),
        findings=("server-set-aside",),
        check=_no_target,
    ),
)
