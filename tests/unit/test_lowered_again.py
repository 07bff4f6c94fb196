"""A comparison reads and judges nothing twice that both versions have, or that a build has judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from proxygen.cache import NO_CACHE, Cache
from proxygen.config.read import load_config
from proxygen.openapi import validate
from proxygen.pipeline import Lowered, lower
from tests.unit.cli.test_command_line import PETS

CONFIG = '[gateway]\nname = "edge"\n\n[services.pets]\nspec = "pets.yaml"\n'


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "now" / "specs"
    folder.mkdir(parents=True)
    (folder / "pets.yaml").write_text(PETS, encoding="utf-8")
    (folder / "zoo.yaml").write_text(PETS.replace("/pets", "/zoo"), encoding="utf-8")
    (folder / "proxygen.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def lowered(specs: Path, like: Lowered | None = None, cache: Cache = NO_CACHE) -> Lowered:
    found = lower(load_config(specs), like=like, cache=cache)
    assert isinstance(found, Lowered)
    return found


def test_a_copy_of_everything_is_lowered_once(specs: Path, tmp_path: Path) -> None:
    now = lowered(specs)
    copy = shutil.copytree(specs, tmp_path / "then" / "specs")
    assert lowered(copy, now) is now


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "pets.yaml").write_text(PETS.replace("Rex", "Max")),
        lambda folder: (folder / "proxygen.toml").write_text(CONFIG.replace("edge", "gate")),
        lambda folder: (folder / "proxygen.toml").unlink(),
        lambda folder: (folder / "zoo.yaml").unlink(),
        lambda folder: (folder / "part.yaml").write_text("type: string\n"),
    ],
)
def test_what_differs_is_lowered_as_if_there_were_no_other(
    specs: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    now = lowered(specs)
    copy = shutil.copytree(specs, tmp_path / "then" / "specs")
    change(copy)
    found = lowered(copy, now)
    assert found is not now
    assert (found.gateway, found.diagnostics) == (lowered(copy).gateway, lowered(copy).diagnostics)


def test_a_document_that_was_judged_is_not_judged_again(
    specs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(folder=tmp_path / "cache")
    once = lowered(specs, cache=cache)

    def judged(*_: object) -> bool:
        raise AssertionError("the validator was asked again")

    monkeypatch.setattr(validate, "validate_document", judged)
    assert lowered(specs, cache=cache).gateway == once.gateway
