"""The output is replaced whole or not at all, and only what the manifest owns is touched."""

from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.output import swap
from proxygen.output.manifest import MANIFEST, Origin, manifest_of
from proxygen.output.write import Written, write_tree

ORIGIN = Origin(version="1", runtime_contract=1, documents={}, config={}, templates={})
ONE = {"app.py": "one\n", "a/b.py": "b\n", "a/gone.py": "gone\n", "same.py": "same\n"}
TWO = {"app.py": "two\n", "a/b.py": "b\n", "new/c.py": "c\n", "same.py": "same\n"}


def write(root: Path, files: dict[str, str]) -> Written:
    return write_tree(root, whole(files))


def whole(files: dict[str, str]) -> dict[str, str]:
    return {**files, MANIFEST: manifest_of(ORIGIN, files).text()}


def on_disk(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def beside(root: Path) -> list[str]:
    return [path.name for path in root.parent.iterdir() if path != root]


def refused(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as error:
        write(root, files)
    return [(item.rule, item.location.file) for item in error.value.diagnostics]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_first_write_makes_the_tree(root: Path) -> None:
    written = write(root, ONE)
    assert on_disk(root) == whole(ONE)
    assert set(written.drift.added) == set(whole(ONE))
    assert beside(root) == []


def test_a_second_write_replaces_adds_and_removes(root: Path) -> None:
    write(root, ONE)
    written = write(root, TWO)
    assert on_disk(root) == whole(TWO)
    assert written.drift.changed == ("app.py", MANIFEST)
    assert written.drift.added == ("new/c.py",)
    assert written.drift.removed == ("a/gone.py",)
    assert beside(root) == []


def test_an_unchanged_file_keeps_its_time_and_inode(root: Path) -> None:
    write(root, ONE)
    os.utime(root / "same.py", ns=(1, 1))
    before = (root / "same.py").stat()
    write(root, TWO)
    after = (root / "same.py").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_write_of_the_same_touches_nothing(root: Path) -> None:
    write(root, ONE)
    before = root.stat()
    written = write(root, ONE)
    assert not written.drift
    assert (root.stat().st_ino, root.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_hand_written_file_stays(root: Path) -> None:
    write(root, ONE)
    (root / "mine.py").write_text("mine\n")
    (root / "a" / "mine.py").write_text("mine too\n")
    (root / "own").symlink_to("/nowhere")
    written = write(root, TWO)
    assert (root / "mine.py").read_text() == "mine\n"
    assert (root / "a" / "mine.py").read_text() == "mine too\n"
    assert (root / "own").readlink() == Path("/nowhere")
    assert written.kept == ("a/mine.py", "mine.py", "own")


def test_the_folders_of_others_stay_as_they_were(root: Path) -> None:
    write(root, ONE)
    private = root / "own" / "private"
    private.mkdir(parents=True)
    (root / "own" / "key").write_text("mine\n")
    (root / "empty" / "inside").mkdir(parents=True)
    private.chmod(0o700)
    (root / "own").chmod(0o710)
    os.utime(root / "own", (1, 1))
    write(root, TWO)
    assert (root / "empty" / "inside").is_dir()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    own = (root / "own").stat()
    assert (stat.S_IMODE(own.st_mode), own.st_mtime) == (0o710, 1)


def test_a_hand_written_file_in_the_way_is_refused_by_name(root: Path) -> None:
    write(root, ONE)
    (root / "new").mkdir()
    (root / "new" / "c.py").write_text("mine\n")
    assert refused(root, TWO) == [("output-not-owned", str(root / "new" / "c.py"))]
    assert (root / "new" / "c.py").read_text() == "mine\n"
    assert on_disk(root)["app.py"] == "one\n"


def test_a_folder_with_files_of_others_but_no_manifest_is_refused(root: Path) -> None:
    root.mkdir()
    (root / "app.py").write_text("mine\n")
    assert refused(root, ONE) == [("output-not-owned", str(root / "app.py"))]
    assert on_disk(root) == {"app.py": "mine\n"}


def test_a_symlink_on_the_way_to_a_file_is_refused(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root.mkdir()
    (root / "a").symlink_to(elsewhere)
    assert refused(root, ONE) == [("output-not-owned", str(root / "a"))]
    assert not list(elsewhere.iterdir())


def test_a_hand_written_folder_where_a_file_belongs_is_refused(root: Path) -> None:
    (root / "app.py").mkdir(parents=True)
    (root / "app.py" / "mine").write_text("mine\n")
    assert refused(root, ONE) == [("output-not-owned", str(root / "app.py"))]


def test_a_linked_output_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    root.symlink_to(tmp_path / "etc")
    assert refused(root, ONE) == [("output-symlink", str(root))]
    assert not list((tmp_path / "etc").iterdir())


def test_a_repository_as_output_is_refused(root: Path) -> None:
    (root / ".git").mkdir(parents=True)
    assert refused(root, ONE) == [("output-repository", str(root))]


def test_an_output_that_is_a_file_is_refused(root: Path) -> None:
    root.write_text("mine\n")
    assert refused(root, ONE) == [("output-not-folder", str(root))]


def test_a_manifest_that_is_not_ours_is_refused(root: Path) -> None:
    root.mkdir()
    (root / MANIFEST).write_text('{"name": "a web app"}')
    assert refused(root, ONE) == [("bad-manifest", str(root / MANIFEST))]


def test_a_manifest_with_a_path_outside_is_refused(root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("precious\n")
    write(root, ONE)
    text = manifest_of(ORIGIN, {"../victim.txt": "precious\n"}).text()
    (root / MANIFEST).write_text(text)
    assert refused(root, TWO) == [("bad-manifest", str(root / MANIFEST))]
    assert victim.read_text() == "precious\n"


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")
    root = tmp_path / "file" / "out"
    assert refused(root, ONE) == [("output-unwritable", str(root))]


def test_bytecode_of_a_removed_module_goes_with_it(root: Path) -> None:
    write(root, ONE)
    cache = root / "a" / "__pycache__"
    cache.mkdir()
    (cache / "gone.cpython-311.pyc").write_bytes(b"")
    (cache / "b.cpython-311.pyc").write_bytes(b"")
    write(root, TWO)
    assert [path.name for path in (root / "a" / "__pycache__").iterdir()] == ["b.cpython-311.pyc"]


def test_what_a_killed_build_left_beside_the_output_is_removed(root: Path) -> None:
    write(root, ONE)
    left = root.parent / ".out.proxygen-new"
    left.mkdir()
    (left / "half.py").write_text("half")
    write(root, TWO)
    assert beside(root) == []


@pytest.mark.parametrize("staged", [True, False])
def test_a_build_killed_between_two_renames_is_finished_by_the_next(
    root: Path, staged: bool
) -> None:
    write(root, ONE)
    root.rename(root.parent / ".out.proxygen-old")
    if staged:
        write(root.parent / ".out.proxygen-new", TWO)
    swap.recover(root.parent / ".out.proxygen-new", root, root.parent / ".out.proxygen-old")
    assert on_disk(root) == whole(TWO if staged else ONE)


def test_two_renames_do_where_the_system_cannot_swap(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, ONE)
    (root / "mine.py").write_text("mine\n")
    monkeypatch.setattr(swap, "_exchanged", lambda *_: False)
    write(root, TWO)
    assert on_disk(root) == {**whole(TWO), "mine.py": "mine\n"}
    assert beside(root) == []


STEPS = frozenset(
    {
        "ctypes.dlopen",
        "open",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.scandir",
        "shutil.rmtree",
    }
)


def killed_at(step: int, root: Path) -> bool:
    """Write TWO in a child that SIGKILL ends before its `step`-th call of the system's."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in STEPS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        code = 1
        try:
            write(root, TWO)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return status != 0


def test_a_process_killed_at_any_step_leaves_the_old_tree_or_the_new(root: Path) -> None:
    outcomes = []
    for step in range(1, 500):
        write(root, ONE)
        (root / "mine.py").write_text("mine\n")
        killed = killed_at(step, root)
        found = on_disk(root)
        assert found.pop("mine.py") == "mine\n"
        assert found in (whole(ONE), whole(TWO)), step
        outcomes.append(found == whole(TWO))
        if not killed:
            break
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 20
    assert outcomes.count(True) > 10
    assert beside(root) == []
