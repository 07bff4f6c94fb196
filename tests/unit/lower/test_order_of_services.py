"""What takes longest is begun first, and nobody sees it in what comes out."""

from __future__ import annotations

import json
from pathlib import Path

from proxygen.config.read import load_config
from proxygen.lower.gateway import lower_gateway
from proxygen.reading import read_documents


def _document(count: int) -> str:
    answers = {"200": {"description": "It."}}
    paths = {f"/things{number}": {"get": {"responses": answers}} for number in range(count)}
    info = {"title": "Things", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": paths})


def test_the_largest_service_is_told_first_and_stands_where_it_is_configured(
    tmp_path: Path,
) -> None:
    sizes = {"alpha": 2, "beta": 9, "gamma": 4}
    said = []
    for name, count in sizes.items():
        (tmp_path / f"{name}.json").write_text(_document(count), encoding="utf-8")
        said.append(f'[services.{name}]\nspec = "{name}.json"\nprefix = "/{name}"\n')
    (tmp_path / "proxygen.toml").write_text("".join(said), encoding="utf-8")
    config = load_config(tmp_path)
    read, _ = read_documents(config)
    told: list[str] = []
    gateway, _ = lower_gateway(
        config,
        {name: one.contract for name, one in read.items()},
        lowered=lambda service: told.append(service.name),
    )
    assert told == ["beta", "gamma", "alpha"]
    assert [one.name for one in gateway.services] == ["alpha", "beta", "gamma"]
    assert [entry.service for entry in gateway.counts] == sorted(
        entry.service for entry in gateway.counts
    )
