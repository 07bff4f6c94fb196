"""Every row of `documents.md`: refused with its place and nothing written, or built and data only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cases.hostile import rows
from tests.cases.hostile.documents import Json, text_of
from tests.cases.hostile.row import Built, Refused, Row
from tests.cases.hostile.skeleton import identifiers, shape, texts
from tests.cases.hostile.warm import Done, Warm
from tests.cases.test_cases import compare

HERE = Path(__file__).parent
MEMORY = 512 * 1024 * 1024
"""Bytes."""

SAFE_PATH = re.compile(r"(?:[a-z0-9_]+/)*(?:[a-z0-9_]+\.(?:py|json)|LEDGER\.md)")
RESERVED = re.compile(r"(?:.*/)?(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./].*)?")
CODE_NAMES = {"canary", "__import__", "antigravity_canary", "eval", "exec"}
BENIGN: dict[bytes, Counter[str]] = {}


def laid_out(folder: Path, document: bytes, file: str, beside: Mapping[str, bytes]) -> Path:
    """A folder with the row's documents below `specs`."""
    specs = folder / "here" / "specs"
    specs.mkdir(parents=True)
    for name, content in {file: document, **beside}.items():
        (specs / name).parent.mkdir(exist_ok=True)
        (specs / name).write_bytes(content)
    return specs.parent


def kept_to_itself(done: Done, folder: Path, row: Row) -> None:
    """Time, memory, files, network and processes are within what a build may have."""
    assert done.seconds <= row.seconds, done.seconds
    assert done.peak <= MEMORY, done.peak
    assert done.network == []
    assert done.imported == []
    assert set(done.ran) <= {"ruff"}
    assert done.read == []
    scratch = folder.parent / "scratch"
    allowed = (f"{folder}/generated", f"{folder}/.generated.proxygen-", f"{scratch}/")
    made = {path for path in done.written if not path.startswith(allowed)}
    assert made <= {str(folder)}, made  # the output's parent, which is made where it is missing
    assert not [*scratch.iterdir()]
    assert {path.name for path in folder.iterdir()} <= {"specs", "generated"}


@pytest.mark.parametrize("row", rows.REFUSED, ids=lambda row: row.id)
def test_what_cannot_be_built_is_refused_with_its_place(
    row: Refused, warm: Warm, tmp_path: Path, golden: bool
) -> None:
    folder = laid_out(tmp_path, row.content, row.file, row.beside)
    old = folder / "generated" / "kept.txt"
    old.parent.mkdir()
    old.write_text("the old output")
    done = warm.run("build", folder)
    assert done.exit_code == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert [path.name for path in old.parent.iterdir()] == ["kept.txt"]
    assert old.read_text() == "the old output"
    place = r":\d+:\d+: " if row.placed else ": "
    for rule, pointer in row.errors:
        shown = pointer.encode("unicode_escape").decode() if not pointer.isprintable() else pointer
        line = (
            rf"^specs/{re.escape(row.file)}{place}error\[{rule}\]{re.escape(f' {shown}'.rstrip())}$"
        )
        assert re.search(line, done.stderr, re.MULTILINE), done.stderr
    compare(HERE / f"{row.id}.stderr.txt", done.stderr, golden)
    kept_to_itself(done, folder, row)


@pytest.mark.parametrize("row", rows.BUILT, ids=lambda row: row.id)
def test_what_is_built_holds_the_text_as_data(row: Built, warm: Warm, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, row.content, row.file, row.beside)
    done = warm.run("build", folder)
    assert done.exit_code == 0, done.stderr
    assert "Traceback" not in done.stderr
    kept_to_itself(done, folder, row)
    files = read_output(folder)
    for path, text in files.items():
        assert SAFE_PATH.fullmatch(path), path
        assert not RESERVED.fullmatch(path), path
        assert all(line.isprintable() for line in text.split("\n")), path
        if path.endswith(".py"):
            assert not identifiers(text) & CODE_NAMES, path
    ledger = files["ledger.json"]
    for rule in row.findings:
        assert f'"rule": "{rule}"' in ledger
    data = texts(files) if row.data else set()
    for text in row.data:
        assert any(" ".join(text.split()) in one for one in data), text
    if row.check is not None:
        row.check(files)
    if row.benign is not None:
        assert shape(files) == benign_shape(row.benign, row, warm, tmp_path)
    for action in filter(None, ("import", row.probe)):
        used = warm.run(action, folder)
        assert used.exit_code == 0, used.stderr
        assert used.imported == []
        assert used.network == []


def read_output(folder: Path) -> dict[str, str]:
    """The files below `generated`, as the bytes say."""
    root = folder / "generated"
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in root.rglob("*")
        if path.is_file()
    }


def benign_shape(
    document: Mapping[str, Json], row: Row, warm: Warm, tmp_path: Path
) -> Counter[str]:
    """The shape of what the benign document of a row gives; many rows share one."""
    content = text_of(document)
    if content not in BENIGN:
        folder = laid_out(tmp_path / "benign", content, "shop.json", row.beside)
        done = warm.run("build", folder)
        assert done.exit_code == 0, done.stderr
        BENIGN[content] = shape(read_output(folder))
    return BENIGN[content]
