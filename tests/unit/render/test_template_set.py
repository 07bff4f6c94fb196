"""Stock templates hold layout only, and overrides are known, current, and inside their folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.render.environment import GATE
from proxygen.render.gateway import gateway_pages, render_gateway
from proxygen.render.template_set import TemplateSet, stock_folder
from tests.unit.render.gateway_sample import contracts, gateway

STOCK = TemplateSet.load()


def override(folder: Path, name: str, text: str, *, base: str | None = None) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = base if base is not None else STOCK.templates[name].sha256
    path.write_text(f"{{# proxygen-base: sha256:{digest} #}}\n{text}", encoding="utf-8")
    return path


def rules(folder: Path) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        TemplateSet.load(folder)
    return [item.rule for item in refused.value.diagnostics]


@pytest.mark.parametrize("name", sorted(STOCK.templates))
def test_a_stock_template_decides_nothing(name: str) -> None:
    text = STOCK.templates[name].text
    assert not re.search(r"\{%-?\s*(set|if|elif|macro|import|include|extends|call|filter)\b", text)


@pytest.mark.parametrize("name", sorted(STOCK.templates))
def test_a_stock_template_prints_through_the_gate_only(name: str) -> None:
    for printed in re.findall(r"\{\{(.*?)\}\}", STOCK.templates[name].text):
        assert re.fullmatch(rf" [a-z_.]+ \| ({'|'.join(GATE)})(\(4\))? ", printed)


def test_every_stock_template_is_used() -> None:
    assert {page.template for page in gateway_pages(gateway())} == set(STOCK.templates)


def test_an_override_replaces_its_template(tmp_path: Path) -> None:
    override(tmp_path, "settings.py.jinja", "{{ view.docstring | docstring }}\nX = 1\n")
    templates = TemplateSet.load(tmp_path)
    files = render_gateway(gateway(), contracts, templates=templates)
    assert files["settings.py"].endswith("X = 1\n")
    stock = render_gateway(gateway(), contracts, templates=STOCK)
    assert {path for path in files if files[path] != stock[path]} == {"settings.py"}


def test_an_unknown_template_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    override(tmp_path, "setings.py.jinja", "", base="0" * 64)
    with pytest.raises(InputRefused) as refused:
        TemplateSet.load(tmp_path)
    (finding,) = refused.value.diagnostics
    assert finding.rule == "unknown-template"
    assert "nearest: settings.py.jinja" in finding.cure
    assert "service/routers/tag_routes.py.jinja" in finding.cure


def test_a_stale_override_is_refused(tmp_path: Path) -> None:
    override(tmp_path, "settings.py.jinja", "x", base="0" * 64)
    assert rules(tmp_path) == ["stale-template"]


def test_an_override_that_does_not_name_its_base_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.py.jinja").write_text("x = 1\n", encoding="utf-8")
    assert rules(tmp_path) == ["unmarked-template"]


def test_a_symlink_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    outside = override(tmp_path, "settings.py.jinja", "x")
    (own / "settings.py.jinja").symlink_to(outside)
    assert rules(own) == ["template-outside"]


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(stock_folder())
    assert rules(tmp_path / "link") == ["templates-folder"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert rules(tmp_path / "nowhere") == ["templates-folder"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ view.nothing | docstring }}",
        "{{ view.docstring }}",
        "{{ view.docstring | upper }}",
        "{% for x in %}",
        "{% include 'app.py.jinja' %}{{ range(3) }}",
        "{{ view.docstring | docstring ~ view.docstring }}",
        "{{ view.nothing | literal }}",
        "{{ view.docstring | docstring }}\ndef (:",
        "{{ view.docstring | docstring }}\nimport os; os.getcwd()",
        "{{ view.docstring | docstring }}\nx = (",
    ],
)
def test_an_override_that_fails_is_the_users_to_correct(tmp_path: Path, text: str) -> None:
    override(tmp_path, "settings.py.jinja", text)
    with pytest.raises(InputRefused) as refused:
        render_gateway(gateway(), contracts, templates=TemplateSet.load(tmp_path))
    (finding,) = refused.value.diagnostics
    assert finding.rule == "template-error"
    assert finding.location.file == (tmp_path / "settings.py.jinja").as_posix()


def test_a_failing_line_of_an_override_is_named(tmp_path: Path) -> None:
    override(
        tmp_path, "settings.py.jinja", "{{ view.docstring | docstring }}\n\n{{ view.no | literal }}"
    )
    with pytest.raises(InputRefused) as refused:
        render_gateway(gateway(), contracts, templates=TemplateSet.load(tmp_path))
    (finding,) = refused.value.diagnostics
    text = (tmp_path / "settings.py.jinja").read_text(encoding="utf-8")
    assert "view.no" in text.splitlines()[finding.location.line - 1]
