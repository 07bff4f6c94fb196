"""The edge has the operations that a service's `include` and `exclude` leave it, and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proxygen.diagnostics import Diagnostic, InputRefused, Location
from proxygen.openapi.model import Contract
from proxygen.openapi.parse import parse_contract
from proxygen.openapi.selection import Pattern, Patterns, Selection
from proxygen.source.load import load_document
from tests.unit.openapi.documents import document

PLACE = Location("proxygen.toml", 3, 5)


def patterns(**kinds: list[str]) -> Patterns:
    return Patterns(
        **{
            kind: tuple(Pattern(text=text, location=PLACE) for text in texts)
            for kind, texts in kinds.items()
        }
    )


def shop() -> dict[str, Any]:
    def operation(name: str, *tags: str) -> dict[str, Any]:
        return {"operationId": name, "tags": list(tags), "responses": {"200": {"description": ""}}}

    return document(
        paths={
            "/v1/orders": {"get": operation("listOrders"), "post": operation("placeOrder")},
            "/v1/orders/notes": {"delete": operation("dropNote", "internal")},
            "/admin": {"get": operation("admin", "internal", "ops")},
            "/a/../b": {"get": operation("broken")},
        }
    )


def selected(
    folder: Path, include: Patterns | None = None, exclude: Patterns | None = None
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    path = folder / "shop.json"
    path.write_text(json.dumps(shop()), encoding="utf-8")
    selection = Selection(include=include or Patterns(), exclude=exclude or Patterns())
    return parse_contract(load_document(path, root=folder), selection=selection)


def names(contract: Contract) -> list[str | None]:
    return [item.operation_id for item in contract.operations]


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ({"paths": ["/v1/*"]}, ["listOrders", "placeOrder", "dropNote"]),
        ({"paths": ["/v1/order?"]}, ["listOrders", "placeOrder"]),
        ({"operations": ["list*", "admin"]}, ["listOrders", "admin"]),
        ({"tags": ["ops"]}, ["admin"]),
        ({"paths": ["/v1/*"], "methods": ["GET"]}, ["listOrders"]),
    ],
)
def test_an_included_operation_matches_each_kind_that_is_given(
    tmp_path: Path, include: dict[str, list[str]], expected: list[str]
) -> None:
    contract, found = selected(tmp_path, patterns(**include))
    assert names(contract) == expected
    assert found == ()


def test_an_excluded_operation_matches_any(tmp_path: Path) -> None:
    exclude = patterns(paths=["/a/*"], tags=["internal"], methods=["POST"])
    contract, _ = selected(tmp_path, exclude=exclude)
    assert names(contract) == ["listOrders"]


def test_what_is_left_out_is_counted_and_not_judged(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        selected(tmp_path)
    contract, _ = selected(tmp_path, patterns(paths=["/v1/orders"]))
    left_out = [place for noun, place in contract.set_aside if noun == "excluded operation"]
    assert left_out == [
        "/paths/~1v1~1orders~1notes/delete",
        "/paths/~1admin/get",
        "/paths/~1a~1..~1b/get",
    ]


@pytest.mark.parametrize("side", ["include", "exclude"])
def test_a_pattern_that_selects_nothing_is_refused_where_it_was_written(
    tmp_path: Path, side: str
) -> None:
    both = {"include": patterns(paths=["/v1/*"]), "exclude": patterns(tags=["internal"])}
    both[side] = patterns(paths=["/v1/*", "/a/*", "/v2/*"])
    with pytest.raises(InputRefused) as refused:
        selected(tmp_path, **both)
    found = [item for item in refused.value.diagnostics if item.rule == "selection-no-match"]
    assert [(item.location, "'/v2/*'" in item.found) for item in found] == [(PLACE, True)]


def test_a_pattern_of_many_stars_takes_no_time(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        selected(tmp_path, patterns(paths=["*a*a*a*a*a*a*a*a*b" + "*" * 200]))
