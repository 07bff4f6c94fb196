"""A build beside an earlier one: the same bytes as without it, and whatever moved is noticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from proxygen.cache import NO_CACHE, VARIABLE, Cache
from proxygen.config.read import load_config
from proxygen.generator import is_released
from proxygen.incremental import Known, build_incrementally, clean_by_manifest
from proxygen.output.manifest import MANIFEST, Manifest, digest, manifest_of
from proxygen.output.write import write_tree
from proxygen.pipeline import Build, build_specs
from proxygen.render import skeleton
from proxygen.render.template_set import stock_folder
from proxygen.render.verdicts import judge

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      summary: List pets
      parameters:
        - {$ref: "parts/limit.yaml"}
        - {name: user_id, in: query, schema: {type: string}}
      responses:
        "200": {description: The pets.}
"""
BODY = """\
    post:
      operationId: addPet
      requestBody:
        content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}
      responses:
        "200":
          description: The pet.
          content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}
"""
LIMIT = "{name: limit, in: query, schema: {type: integer}}\n"
OVERLAY = """\
overlay: 1.0.0
info: {title: Adjusted, version: "1"}
actions:
  - {target: $.info, update: {title: Adjusted pets}}
"""
CONFIG = """\
[gateway]
name = "edge"
output = "../generated"

[services.pets]
spec = "pets.yaml"
overlays = ["adjust.yaml"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Documents, and their output written by a build that is noted in the cache."""
    specs = tmp_path / "specs"
    (specs / "parts").mkdir(parents=True)
    (specs / "pets.yaml").write_text(DOCUMENT, encoding="utf-8")
    (specs / "parts" / "limit.yaml").write_text(LIMIT, encoding="utf-8")
    (specs / "adjust.yaml").write_text(OVERLAY, encoding="utf-8")
    (specs / "proxygen.toml").write_text(CONFIG, encoding="utf-8")
    made(tmp_path)
    return tmp_path


def cache_of(project: Path) -> Cache:
    return Cache(folder=project / "cache")


def made(project: Path, *, templates: Path | None = None) -> Known | Build:
    """One build, written."""
    found = build_incrementally(project / "specs", templates=templates, cache=cache_of(project))
    assert isinstance(found, Known | Build), found
    write_tree(found.config.output, found.files)
    return found


def append(name: str, text: str) -> Callable[[Path], None]:
    def move(project: Path) -> None:
        with (project / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return move


def another_document(project: Path) -> None:
    (project / "specs" / "cats.yaml").write_text(DOCUMENT.replace("pets", "cats"))


def another_part(project: Path) -> None:
    (project / "specs" / "stray.yaml").write_text("nothing: here\n")


def relinked_part(project: Path) -> None:
    part = project / "specs" / "parts" / "limit.yaml"
    part.rename(part.with_name("first.yaml"))
    part.symlink_to("first.yaml")
    made(project)
    part.with_name("second.yaml").write_text(LIMIT.replace("limit", "most"))
    part.unlink()
    part.symlink_to("second.yaml")


def forged(project: Path) -> None:
    """A hand edit whose author has mended the manifest as well."""
    root = project / "generated"
    (root / "settings.py").write_text("SERVICES = ()\n")
    manifest = Manifest.parse((root / MANIFEST).read_text())
    files = {path: (root / path).read_text() for path in manifest.outputs}
    (root / MANIFEST).write_text(manifest_of(manifest.origin, files).text())


MOVES: dict[str, Callable[[Path], None]] = {
    "a document": append("specs/pets.yaml", "# moved\n"),
    "a part of a document": append("specs/parts/limit.yaml", "# moved\n"),
    "an overlay": append("specs/adjust.yaml", "# moved\n"),
    "a comment in the configuration": append("specs/proxygen.toml", "# moved\n"),
    "the configuration": append("specs/proxygen.toml", 'prefix = "/v1"\n'),
    "another document": another_document,
    "a stray file": another_part,
    "where a link leads": relinked_part,
    "an output, by hand": append("generated/app.py", "# moved\n"),
    "the manifest, by hand": append("generated/manifest.json", "\n"),
    "an output and its hash": forged,
    "an output that is gone": lambda project: (project / "generated" / "app.py").unlink(),
}


def test_an_unmoved_build_is_known_with_its_files_and_warnings(project: Path) -> None:
    anew = build_specs(project / "specs", cache=NO_CACHE)
    found = made(project)
    assert isinstance(anew, Build)
    assert isinstance(found, Known)
    assert found.files == anew.files
    assert found.diagnostics == anew.diagnostics
    assert found.diagnostics, "the example has no warning to be remembered"


@pytest.mark.parametrize("moved", MOVES)
def test_what_moved_is_built_again(project: Path, moved: str) -> None:
    MOVES[moved](project)
    found = made(project)
    assert isinstance(found, Build), f"{moved} went unnoticed"
    anew = build_specs(project / "specs", cache=NO_CACHE)
    assert isinstance(anew, Build)
    assert found.files == anew.files
    assert {path: digest((project / "generated" / path).read_bytes()) for path in anew.files} == {
        path: digest(text.encode()) for path, text in anew.files.items()
    }
    assert isinstance(made(project), Known)


def test_a_template_that_moves_is_built_again(project: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own).mkdir()
    name = "settings.py.jinja"
    stock = (stock_folder() / name).read_text(encoding="utf-8")
    base = f"{{# proxygen-base: sha256:{digest(stock.encode())} #}}\n"
    (own / name).write_text(base + stock, encoding="utf-8")
    assert isinstance(made(project, templates=own), Known), "it says what the stock one says"
    (own / name).write_text(base + stock + "\n# ours\n", encoding="utf-8")
    assert isinstance(made(project, templates=own), Build)
    assert isinstance(made(project, templates=own), Known)
    assert isinstance(made(project), Build)


def test_another_generator_builds_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxygen.incremental.generator_digest", lambda: "another")
    assert isinstance(made(project), Build)


def test_another_generator_in_a_checkout_is_not_clean_by_the_manifest(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(project / "specs")
    assert not is_released(), "the tests run from a checkout"
    assert clean_by_manifest(config, cache_of(project))
    monkeypatch.setattr("proxygen.incremental.generator_digest", lambda: "another")
    assert not clean_by_manifest(config, cache_of(project))
    monkeypatch.setattr("proxygen.incremental.is_released", lambda: True)
    assert clean_by_manifest(config, NO_CACHE), "the version says which source it is"
    append("generated/settings.py", "# ours\n")(project)
    assert not clean_by_manifest(config, NO_CACHE)


def test_an_output_that_this_cache_has_not_seen_is_built_again(project: Path) -> None:
    assert isinstance(
        build_incrementally(project / "specs", cache=Cache(folder=project / "empty")), Build
    )
    assert isinstance(build_incrementally(project / "specs", cache=NO_CACHE), Build)


def test_a_changed_description_makes_no_contracts_and_judges_nothing_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "specs" / "pets.yaml").write_text(DOCUMENT + BODY, encoding="utf-8")
    made(project)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    moved = DOCUMENT.replace("summary: List pets", "summary: All of the pets")
    (project / "specs" / "pets.yaml").write_text(moved + BODY, encoding="utf-8")
    anew = build_specs(project / "specs")
    assert isinstance(anew, Build)
    monkeypatch.setattr("proxygen.pipeline.generate_contracts", refuse)
    monkeypatch.setattr("proxygen.openapi.validate.validate_document", refuse)
    found = made(project)
    assert isinstance(found, Build)
    assert found.files == anew.files
    assert found.diagnostics == anew.diagnostics


LEFT_ALONE = (
    "datamodel_code_generator",
    "jinja2",
    "jsonpath",
    "jsonschema",
    "openapi_spec_validator",
)
"""What an unchanged build has no use for, and takes half a second to import."""


def test_an_unchanged_build_imports_nothing_of_the_generator(project: Path) -> None:
    script = (
        "import sys\n"
        "from proxygen.cli import main\n"
        "sys.argv = ['proxygen', 'build', 'specs']\n"
        "try:\n    main()\n"
        "except SystemExit as ended:\n    assert not ended.code\n"
        "import json\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter, a script of this test
        [sys.executable, "-c", script],
        cwd=project,
        env={**os.environ, VARIABLE: str(project / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "nothing changed" in done.stderr
    loaded = json.loads(done.stdout)
    assert not [name for name in loaded if name.partition(".")[0] in LEFT_ALONE]
    assert "proxygen.pipeline" not in loaded


def test_a_changed_description_judges_only_the_modules_that_it_is_in(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    check = skeleton.check_skeleton

    def counted(path: str, text: str, expected: skeleton.Skeleton) -> None:
        judged.append(path)
        check(path, text, expected)

    moved = DOCUMENT.replace("summary: List pets", "summary: All of the pets")
    (project / "specs" / "pets.yaml").write_text(moved, encoding="utf-8")
    monkeypatch.setattr("proxygen.render.verdicts.check_skeleton", counted)
    assert isinstance(made(project), Build)
    assert judged == ["pets/routers/adjusted_pets_routes.py"]


def test_a_text_that_is_not_as_its_view_says_is_judged_every_time(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path)
    expected = skeleton.read_skeleton(skeleton.parse("x.py", "x = 1"))
    judge("x.py", "x = 2", expected, cache=cache)
    for _ in range(2):
        with pytest.raises(skeleton.UnexpectedSourceError):
            judge("x.py", "x = open()", expected, cache=cache)
        with pytest.raises(skeleton.UnexpectedSourceError):
            judge("x.py", "x = 2", skeleton.Skeleton(outline=(), calls=frozenset()), cache=cache)
