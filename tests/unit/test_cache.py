"""The cache: whole entries or none, whatever befell the folder, and never more than its limit."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proxygen.cache import NO_CACHE, VARIABLE, Cache, key_of

KEY = key_of(["a", b"b"])


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "cache")


def entry(cache: Cache) -> Path:
    assert cache.folder is not None
    [path] = [path for path in cache.folder.rglob("*") if path.is_file()]
    return path


@pytest.mark.parametrize("content", [b"", b"text", bytes(range(256)) * 100])
def test_what_was_put_is_got(cache: Cache, content: bytes) -> None:
    cache.put("kind", KEY, content)
    assert cache.get("kind", KEY) == content
    assert cache.get("other", KEY) is None
    assert cache.get("kind", key_of(["ab"])) is None


def test_parts_of_a_key_do_not_run_together() -> None:
    keys = {key_of(parts) for parts in (["ab"], ["a", "b"], ["", "ab"], ["ab", ""], [])}
    assert len(keys) == 5


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 400])
def test_a_damaged_entry_is_a_missing_one(cache: Cache, damage: bytes) -> None:
    cache.put("kind", KEY, b"text" * 100)
    entry(cache).write_bytes(damage)
    assert cache.get("kind", KEY) is None
    cache.put("kind", KEY, b"new")
    assert cache.get("kind", KEY) == b"new"


def test_a_single_flipped_bit_is_noticed(cache: Cache) -> None:
    cache.put("kind", KEY, b"text")
    whole = entry(cache).read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        cache.put("kind", KEY, b"text")
        entry(cache).write_bytes(bytes(damaged))
        assert cache.get("kind", KEY) is None


def test_writers_at_once_leave_one_whole_entry(cache: Cache) -> None:
    contents = [bytes([number]) * 10_000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: cache.put("kind", KEY, content), contents))
    assert cache.get("kind", KEY) in contents
    entry(cache)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = Cache(folder=tmp_path / "file" / "cache")
    cache.put("kind", KEY, b"text")
    assert cache.get("kind", KEY) is None
    cache.trim()


def test_the_oldest_go_first_and_what_was_read_is_young(cache: Cache) -> None:
    for number in range(4):
        cache.put("kind", key_of([str(number)]), b"x" * 968)
    assert cache.folder is not None
    for number in range(4):
        os.utime(cache.folder / "1" / "kind" / key_of([str(number)]), (number, number))
    assert cache.get("kind", key_of(["0"])) is not None
    cache.trim(2000)
    left = [number for number in range(4) if cache.get("kind", key_of([str(number)])) is not None]
    assert left == [0, 3]


def test_the_folder_is_the_users_alone(cache: Cache) -> None:
    cache.put("kind", KEY, b"text")
    assert stat.S_IMODE(entry(cache).stat().st_mode) == 0o600
    assert stat.S_IMODE(entry(cache).parent.stat().st_mode) == 0o700


def test_no_cache_keeps_nothing() -> None:
    NO_CACHE.put("kind", KEY, b"text")
    assert NO_CACHE.get("kind", KEY) is None
    NO_CACHE.trim()


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert Cache.of_user().folder == tmp_path
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    folder = Cache.of_user().folder
    assert folder is not None
    assert folder.name == "proxygen"
