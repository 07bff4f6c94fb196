"""`proxygen check`: what moved, where, and the command that cures it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from proxygen.render.template_set import TemplateSet
from tests.unit.cli.commands import run, times_a_bare_start
from tests.unit.cli.test_command_line import PETS

CONFIG = '[gateway]\nname = "edge"\n\n[services.pets]\nspec = "pets.yaml"\nretries = 1\n'
OVERRIDDEN = "settings.py.jinja"


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "specs").mkdir()
    (folder / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    (folder / "specs" / "proxygen.toml").write_text(CONFIG, encoding="utf-8")
    finished = run("build", "specs", "-o", "generated", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """A project whose output is up to date."""
    return shutil.copytree(built_once, tmp_path / "project")


def check(project: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    finished = run("check", "specs", "-o", "generated", *arguments, cwd=project, **environment)
    return finished.returncode, finished.stdout, finished.stderr


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert old in text
        (project / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def manifest(change: Callable[[dict[str, dict[str, object]]], None]) -> Callable[[Path], None]:
    """The output as another proxygen would have left it."""

    def edit(project: Path) -> None:
        path = project / "generated" / "manifest.json"
        value = json.loads(path.read_text(encoding="utf-8"))
        change(value)
        path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    return edit


def new_document(project: Path) -> None:
    shutil.copy(project / "specs" / "pets.yaml", project / "specs" / "zoo.yaml")
    replaced("specs/zoo.yaml", "/pets/{petId}", "/zoo/{petId}")(project)


CAUSES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a document changed": (
        replaced("specs/pets.yaml", "Get a pet", "Get one pet"),
        "specs/pets.yaml: error[document-moved]\n  The document `specs/pets.yaml` changed.",
    ),
    "a document is new": (
        new_document,
        "specs/zoo.yaml: error[document-moved]\n  The document `specs/zoo.yaml` is new.",
    ),
    "a key changed": (
        replaced("specs/proxygen.toml", "retries = 1", "retries = 0"),
        "specs/proxygen.toml:6:1: error[configuration-moved]\n"
        "  The key `services.pets.retries` was `1` and is `0`.",
    ),
    "a key is gone": (
        replaced("specs/proxygen.toml", 'name = "edge"', ""),
        "specs/proxygen.toml: error[configuration-moved]\n"
        '  The key `gateway.name` is gone; it was `"edge"`.',
    ),
    "a file was edited by hand": (
        replaced("generated/pets/operations.py", "GET_PET", "GET_A_PET"),
        "generated/pets/operations.py:9:1: error[edited-by-hand]",
    ),
    "a file was deleted": (
        lambda project: (project / "generated" / "settings.py").unlink(),
        "generated/settings.py: error[deleted-by-hand]",
    ),
    "another version wrote it": (
        manifest(lambda value: value["generator"].update(proxygen="0.0.1")),
        "error[generator-moved]\n  proxygen 0.0.1 wrote this,",
    ),
    "another runtime is asked for": (
        manifest(lambda value: value["generator"].update(runtime_contract=0)),
        "error[runtime-contract-moved]\n  It was written for runtime contract 0,",
    ),
    "a template changed": (
        manifest(lambda value: value["templates"].update({OVERRIDDEN: "0" * 64})),
        f"error[template-moved]\n  The template `{OVERRIDDEN}` changed.",
    ),
    "nothing is there": (
        lambda project: shutil.rmtree(project / "generated"),
        "error[not-built]",
    ),
}


@pytest.mark.parametrize("case", CAUSES)
def test_a_drift_has_its_cause_its_place_and_its_cure(case: str, built: Path) -> None:
    change, expected = CAUSES[case]
    change(built)
    code, diff, said = check(built)
    assert code == 1
    assert expected in said
    assert said.count("error[") == 1
    assert said.endswith("\n  = proxygen build specs --output generated\n")
    assert diff.startswith("--- ")
    assert run("build", "specs", "-o", "generated", cwd=built).returncode == 0
    assert check(built)[0] == 0
    assert check(built, "--full")[0] == 0


def test_an_override_that_changed_is_named_with_its_file(built: Path) -> None:
    stock = TemplateSet.load().templates[OVERRIDDEN]
    own = built / "own" / OVERRIDDEN
    own.parent.mkdir()
    marked = f"{{# proxygen-base: sha256:{stock.sha256} #}}\n{stock.text}"
    own.write_text(marked, encoding="utf-8")
    assert run("build", "specs", "-o", "generated", "--templates", "own", cwd=built).returncode == 0
    own.write_text(marked + "# ours\n", encoding="utf-8")
    code, _, said = check(built, "--templates", "own")
    assert code == 1
    assert f"own/{OVERRIDDEN}: error[template-moved]" in said
    assert "--templates own\n" in said


def test_the_manifest_alone_answers_quickly(built: Path) -> None:
    """0.5 s is the goal, the interpreter's start included: seven bare starts."""

    def answer() -> None:
        code, diff, said = check(built)
        assert (code, diff) == (0, "")
        assert "by its manifest" in said

    assert times_a_bare_start(answer) < 7


def test_an_unchanged_build_is_as_quick(built: Path) -> None:
    """0.5 s is its goal too."""
    arguments = ("build", "specs", "-o", "generated")
    assert run(*arguments, cwd=built).returncode == 0

    def build() -> None:
        assert "nothing changed" in run(*arguments, cwd=built).stderr

    assert times_a_bare_start(build) < 7


def test_full_finds_what_no_hash_shows(built: Path) -> None:
    def forge(value: dict[str, dict[str, object]]) -> None:
        from proxygen.output.manifest import digest

        edited = built / "generated" / "settings.py"
        edited.write_text(edited.read_text(encoding="utf-8") + "X = 1\n", encoding="utf-8")
        value["outputs"]["settings.py"] = digest(edited.read_bytes())

    manifest(forge)(built)
    code, diff, said = check(built, "--full")
    assert code == 1
    assert "-X = 1\n" in diff
    assert "generated/settings.py:" in said
    assert "error[output-differs]" in said


def test_a_long_diff_is_cut_and_says_so(built: Path) -> None:
    shutil.rmtree(built / "generated")
    code, diff, said = check(built, "--diff-lines", "5")
    assert (code, len(diff.splitlines())) == (1, 5)
    assert "more lines of the diff: --diff-lines 0 shows all\n" in said
    assert len(check(built, "--diff-lines", "0")[1].splitlines()) > 500


def test_a_document_that_cannot_be_built_from_exits_2(built: Path) -> None:
    (built / "specs" / "pets.yaml").write_text("openapi: [\n", encoding="utf-8")
    code, diff, said = check(built)
    assert (code, diff) == (2, "")
    assert said.startswith("specs/pets.yaml:")


def test_in_the_ci_of_github_lines_are_annotated_and_the_job_has_a_summary(built: Path) -> None:
    replaced("specs/proxygen.toml", "retries = 1", "retries = 0")(built)
    summary = built / "summary.md"
    code, _, said = check(built, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert code == 1
    assert (
        "::error file=specs/proxygen.toml,line=6,col=1,title=configuration-moved::"
        "The key `services.pets.retries` was `1` and is `0`.%0A"
        "Run: proxygen build specs --output generated\n"
    ) in said
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("### proxygen check: 1 error\n")
    assert "```console\nproxygen build specs --output generated\n```" in text
    assert "```diff\n--- a/" in text


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
def test_stdout_is_one_json_value_for_tools(form: str, built: Path) -> None:
    assert check(built, "--format", form)[0] == 0
    replaced("specs/pets.yaml", "Get a pet", "Get one pet")(built)
    code, out, _ = check(built, "--format", form)
    assert code == 1
    assert "document-moved" in json.dumps(json.loads(out))


def test_files_are_named_from_the_root_of_the_repository(built: Path) -> None:
    (built / ".git").mkdir()
    replaced("specs/pets.yaml", "Get a pet", "Get one pet")(built)
    finished = run("check", ".", "-o", "../generated", "-f", "json", cwd=built / "specs")
    assert finished.returncode == 1
    assert json.loads(finished.stdout)["findings"][0]["file"] == "specs/pets.yaml"


def test_a_report_in_a_file_leaves_its_text_for_people(built: Path) -> None:
    replaced("specs/pets.yaml", "Get a pet", "Get one pet")(built)
    code, out, said = check(built, "-f", "sarif", "--output-file", "drift.sarif")
    assert (code, out) == (1, "")
    assert "error[document-moved]" in said
    log = json.loads((built / "drift.sarif").read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0"
    code, _, said = check(built, "-f", "sarif", "--output-file", "no/such/folder.sarif")
    assert code == 2
    assert "cannot be written" in said
