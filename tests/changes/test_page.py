"""The page of a comparison: hostile text stays text, and nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from proxygen.changes.page.render import html_page
from proxygen.diagnostics import Location
from proxygen.report.finding import Finding, Related, Report, Severity

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{ 7 * 7 }}{% raw %}\x1b[31m\u202e"


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.set_cdata_mode(tag) if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data)


def finding(text: str) -> Finding:
    place = Location(text, 3, 1, f"/{text}")
    return Finding(
        rule=text,
        severity=Severity.BREAKING,
        location=place,
        found=text,
        cure=text,
        related=(Related("base", place),),
        operation=text,
        group=text,
        properties={
            "operations": [text, text],
            "operation_count": 99,
            "before": {text: [text]},
            "after": text,
        },
    )


def elements(page: str) -> Elements:
    parsed = Elements()
    parsed.feed(page)
    return parsed


def test_hostile_text_in_every_slot_makes_no_element() -> None:
    tame = elements(html_page(Report(command="diff", findings=(finding("x`y"),)), "x"))
    wild = elements(html_page(Report(command="diff", findings=(finding(HOSTILE),)), HOSTILE))
    assert [tag for tag, _ in wild.found] == [tag for tag, _ in tame.found]
    assert not any(name.startswith("on") for _, attributes in wild.found for name in attributes)


def test_hostile_text_is_shown_without_control_characters() -> None:
    page = html_page(Report(command="diff", findings=(finding(HOSTILE),)), HOSTILE)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize("findings", [(), (finding("x"),)])
def test_the_page_loads_nothing_and_runs_its_own_script_alone(
    findings: tuple[Finding, ...],
) -> None:
    page = html_page(Report(command="diff", findings=findings), "main")
    parsed = elements(page)
    assert not any(
        name in attributes for _, attributes in parsed.found for name in ("src", "srcset", "action")
    )
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page
    policy = next(
        attributes["content"]
        for tag, attributes in parsed.found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_both_sides_are_shown_where_they_stood() -> None:
    page = html_page(Report(command="diff", findings=(finding("x"),)), "main")
    assert page.count("<figure") == 2
    assert "x:\n- x" in page
    assert "and 98 more</summary>" in page
