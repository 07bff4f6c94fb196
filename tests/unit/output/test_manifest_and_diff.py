"""The manifest says nothing of time and place, and names the cause of a drift."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from proxygen.output.causes import Kind
from proxygen.output.diff import compare, unified
from proxygen.output.manifest import MANIFEST, Manifest, ManifestError, Origin, manifest_of
from proxygen.output.tree import read_tree
from proxygen.output.write import write_tree

ORIGIN = Origin(
    version="1",
    runtime_contract=1,
    documents={"specs/a.yaml": "d"},
    config={"gateway.name": '"edge"'},
    templates={"app.py.jinja": "t"},
)
FILES = {"app.py": "one\ntwo\n", "gone.py": "x\n"}


def whole(files: dict[str, str], origin: Origin = ORIGIN) -> dict[str, str]:
    return {**files, MANIFEST: manifest_of(origin, files).text()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path / "out", whole(FILES))
    return tmp_path / "out"


def test_a_manifest_reads_back_what_it_wrote() -> None:
    manifest = manifest_of(ORIGIN, FILES)
    assert Manifest.parse(manifest.text()) == manifest
    assert manifest.owned == {"app.py", "gone.py", MANIFEST}


def test_a_manifest_has_only_these_keys() -> None:
    value = json.loads(manifest_of(ORIGIN, FILES).text())
    assert set(value) == {"format", "generator", "documents", "config", "templates", "outputs"}


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"format": 1}', "<<<<<<< ours", "[" * 100_000]
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ManifestError):
        Manifest.parse(text)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", "./a", "", "a\\b"])
def test_a_manifest_owns_nothing_outside_its_output(path: str) -> None:
    with pytest.raises(ManifestError):
        Manifest.parse(manifest_of(ORIGIN, {path: ""}).text())


@pytest.mark.parametrize(
    ("origin", "cause"),
    [
        (replace(ORIGIN, documents={"specs/a.yaml": "e"}), "The document `specs/a.yaml` changed."),
        (replace(ORIGIN, documents={}), "The document `specs/a.yaml` is gone."),
        (
            replace(ORIGIN, config={"gateway.name": '"other"'}),
            'The key `gateway.name` was `"edge"` and is `"other"`.',
        ),
        (replace(ORIGIN, config={}), 'The key `gateway.name` is gone; it was `"edge"`.'),
        (
            replace(ORIGIN, config={**ORIGIN.config, "retries": "1"}),
            "The key `retries` is new: `1`.",
        ),
        (replace(ORIGIN, templates={"app.py.jinja": "u"}), "The template `app.py.jinja` changed."),
        (replace(ORIGIN, version="2"), "proxygen 1 wrote this, and 2 runs."),
        (
            replace(ORIGIN, runtime_contract=2),
            "It was written for runtime contract 1, and this is 2.",
        ),
    ],
)
def test_a_drift_has_its_cause(root: Path, origin: Origin, cause: str) -> None:
    drift = compare(read_tree(root), whole(FILES, origin))
    assert drift.changed == (MANIFEST,)
    assert [one.found for one in drift.causes] == [cause]


def test_a_hand_edit_is_named(root: Path) -> None:
    (root / "app.py").write_text("one\n2\n")
    (root / "gone.py").unlink()
    drift = compare(read_tree(root), whole(FILES))
    assert [(one.kind, one.name) for one in drift.causes] == [
        (Kind.EDITED, "app.py"),
        (Kind.DELETED, "gone.py"),
    ]
    assert (drift.changed, drift.added) == (("app.py",), ("gone.py",))


def test_no_drift_is_no_drift(root: Path) -> None:
    assert not compare(read_tree(root), whole(FILES))


def test_a_diff_goes_from_what_is_there_to_what_a_build_writes(root: Path) -> None:
    wanted = whole({"app.py": "one\n2\n", "new.py": "n\n"})
    tree = read_tree(root)
    lines = list(unified(tree, wanted, compare(tree, wanted)))
    assert lines[:6] == ["--- a/app.py", "+++ b/app.py", "@@ -1,2 +1,2 @@", " one", "-two", "+2"]
    assert "+++ /dev/null" in lines
    assert "--- /dev/null" in lines


def test_a_missing_output_drifts_whole(tmp_path: Path) -> None:
    drift = compare(read_tree(tmp_path / "none"), whole(FILES))
    assert set(drift.added) == set(whole(FILES))
    assert [one.kind for one in drift.causes] == [Kind.NOT_BUILT]
