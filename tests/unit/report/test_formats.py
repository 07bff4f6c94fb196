"""What each format says, and that text of documents stays text in all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token

from proxygen.report.finding import Level, Report, Severity
from proxygen.report.formats import ReportFormat, written
from proxygen.report.json_format import report_schema
from tests.unit.report.reports import (
    BREAKING,
    ERROR,
    HOSTILE,
    NOTE,
    NOTHING,
    ORDINARY,
    WARNING,
    hostile_report,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PUBLISHED = ROOT / "docs" / "report.schema.json"
SARIF = Draft4Validator(
    json.loads((HERE / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
)


def read(report: Report, form: ReportFormat) -> Any:
    return json.loads(written(report, form))


def test_the_text_has_groups_places_cures_and_a_count() -> None:
    assert written(ORDINARY, ReportFormat.TEXT) == (
        "specs/a.yaml:4:1: warning[pattern-unchecked] /components/schemas/A/pattern\n"
        "  Python cannot compile the pattern.\n"
        "  see specs/a.yaml:2:1 /info\n"
        "  = Nothing.\n"
        "\n"
        "specs/proxygen.toml:12:3: error[unknown-key]\n"
        "  [gateway] has no key `nam`. Did you mean `name`?\n"
        "  = Known here: name, output.\n"
        "\n"
        "For callers\n"
        "\n"
        "specs/b.yaml:30:7: breaking[request-field-required] POST /b /paths/~1b/post\n"
        "  `name` is required now.\n"
        "  base specs/b.yaml:28:7 /paths/~1b/post\n"
        "  = Let it be optional for a while.\n"
        "\n"
        "Downstream only\n"
        "\n"
        "specs/b.yaml: compatible[description-changed]\n"
        "  The description is another.\n"
        "  = Nothing.\n"
        "\n"
        "1 breaking, 1 compatible, 1 error, 1 warning\n"
    )


@pytest.mark.parametrize("form", list(ReportFormat))
def test_the_order_of_findings_does_not_matter_within_a_group(form: ReportFormat) -> None:
    one = Report(command="check", findings=(ERROR, WARNING))
    other = Report(command="check", findings=(WARNING, ERROR))
    assert written(one, form) == written(other, form)


def test_color_changes_nothing_but_color() -> None:
    colored = written(ORDINARY, ReportFormat.TEXT, color=True)
    assert "\x1b[1;31merror[unknown-key]\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == written(ORDINARY, ReportFormat.TEXT)


def test_people_hear_nothing_about_nothing_and_tools_get_an_empty_report() -> None:
    assert written(NOTHING, ReportFormat.TEXT) == ""
    assert written(NOTHING, ReportFormat.GITHUB) == ""
    assert read(NOTHING, ReportFormat.GITLAB) == []
    assert read(NOTHING, ReportFormat.JSON)["findings"] == []
    assert read(NOTHING, ReportFormat.SARIF)["runs"][0]["results"] == []
    suite = ElementTree.fromstring(written(NOTHING, ReportFormat.JUNIT))[0]  # noqa: S314 - ours
    assert (suite.get("tests"), suite.get("failures"), len(suite)) == ("1", "0", 1)
    assert written(NOTHING, ReportFormat.MARKDOWN) == "### proxygen check: nothing found\n"


def test_severities_become_the_levels_of_each_format() -> None:
    assert [one.level for one in Severity] == [*Level, *Level]
    commands = [line.split()[0] for line in written(ORDINARY, ReportFormat.GITHUB).splitlines()]
    assert commands == ["::warning", "::error", "::error", "::notice"]
    assert [one["severity"] for one in read(ORDINARY, ReportFormat.GITLAB)] == [
        "minor", "major", "major", "info",
    ]  # fmt: skip
    results = read(ORDINARY, ReportFormat.SARIF)["runs"][0]["results"]
    assert [one["level"] for one in results] == ["warning", "error", "error", "note"]


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [(Level.ERROR, [BREAKING]), (Level.NOTE, [BREAKING, NOTE]), (Level.WARNING, [BREAKING])],
)
def test_the_threshold_decides_what_fails_in_junit_and_json(
    fail_on: Level, failing: list[object]
) -> None:
    report = Report(command="diff", findings=(BREAKING, NOTE), fail_on=fail_on)
    assert list(report.failing) == failing
    suite = ElementTree.fromstring(written(report, ReportFormat.JUNIT))[0]  # noqa: S314 - ours
    assert suite.get("failures") == str(len(failing))
    assert len(suite.findall("testcase/failure")) == len(failing)
    assert read(report, ReportFormat.JSON)["failed"] is True


def test_a_fingerprint_outlives_an_edit_above_it_and_tells_findings_apart() -> None:
    moved = replace(ERROR, location=replace(ERROR.location, line=99, column=1))
    assert moved.fingerprint == ERROR.fingerprint
    assert len({one.fingerprint for one in (ERROR, WARNING, BREAKING, NOTE)}) == 4
    twice = Report(command="check", findings=(ERROR, moved))
    assert len({one["fingerprint"] for one in read(twice, ReportFormat.GITLAB)}) == 2


def test_the_published_schema_is_written_from_the_code(golden: bool) -> None:
    text = json.dumps(report_schema(), indent=2) + "\n"
    if golden:
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text
    Draft202012Validator.check_schema(report_schema())


HOSTILE_NOT_EMPTY = [text for text in HOSTILE if text]
REPORTS = [ORDINARY, NOTHING, *(hostile_report(text) for text in HOSTILE)]


@pytest.mark.parametrize("report", REPORTS)
def test_json_fits_its_schema(report: Report) -> None:
    text = written(report, ReportFormat.JSON)
    assert text.isascii()
    Draft202012Validator(report_schema()).validate(json.loads(text))


@pytest.mark.parametrize("report", REPORTS)
def test_sarif_fits_its_schema_and_has_no_link(report: Report) -> None:
    text = written(report, ReportFormat.SARIF)
    log = json.loads(text)
    SARIF.validate(log)
    assert text.isascii()
    for result in log["runs"][0]["results"]:
        assert not re.search(r"(?<!\\)\]\(", result["message"]["text"])


@pytest.mark.parametrize("report", REPORTS)
def test_gitlab_has_what_its_documentation_requires(report: Report) -> None:
    for entry in read(report, ReportFormat.GITLAB):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["description"].isprintable()


@pytest.mark.parametrize("text", HOSTILE_NOT_EMPTY)
def test_a_terminal_gets_printable_lines_only(text: str) -> None:
    lines = written(hostile_report(text), ReportFormat.TEXT).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == len(written(hostile_report("x"), ReportFormat.TEXT).split("\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_runner_of_github_reads_one_command_for_each_finding(text: str) -> None:
    lines = re.split(r"\r\n|\r|\n", written(hostile_report(text), ReportFormat.GITHUB))
    assert len(lines) == 3
    command = re.fullmatch(r"::error ([^:]*)::(.*)", lines[0])
    assert command is not None
    properties = dict(item.split("=", 1) for item in command[1].split(","))
    assert set(properties) <= {"file", "line", "col", "title"}
    assert properties["line"] == "7"
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_xml_of_the_same_form_whatever_the_text(text: str) -> None:
    def tags(report: Report) -> list[str]:
        root = ElementTree.fromstring(written(report, ReportFormat.JUNIT))  # noqa: S314 - ours
        return [element.tag for element in root.iter()]

    assert tags(hostile_report(text)) == tags(hostile_report("x"))


@pytest.mark.parametrize("text", HOSTILE_NOT_EMPTY)
def test_markdown_renders_to_the_same_form_whatever_the_text(text: str) -> None:
    rendered = list(inline_parts(hostile_report(text)))
    assert {part.content for part in rendered if part.type == "html_inline"} <= {
        "<br>", "<code>", "</code>",
    }  # fmt: skip
    assert structure(hostile_report(text)) == structure(hostile_report("x"))


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_mentions_nobody_and_links_nothing(text: str) -> None:
    said = ""
    in_code = False
    for part in inline_parts(hostile_report(text)):
        if part.type == "html_inline":
            in_code = {"<code>": True, "</code>": False}.get(part.content, in_code)
        elif part.type in ("text", "text_special") and not in_code:
            said += part.content
    assert not re.search(r"[@#]\w", said)
    source = re.sub(r"`[^`]*`|<code>.*?</code>", "", written(hostile_report(text), MARKDOWN))
    assert not re.search(r"https?://|www\.", source)


MARKDOWN = ReportFormat.MARKDOWN


def parsed(report: Report) -> list[Token]:
    parser = MarkdownIt("gfm-like", {"linkify": False}).disable("linkify")
    return parser.parse(written(report, MARKDOWN))


def inline_parts(report: Report) -> Iterator[Token]:
    for block in parsed(report):
        yield from block.children or []


def structure(report: Report) -> list[str]:
    """Kinds of the rendered parts, without the text in them, which may be code or plain."""
    inside = {"text", "text_special", "html_inline", "code_inline"}
    blocks = [block.type for block in parsed(report)]
    return [*blocks, *(part.type for part in inline_parts(report) if part.type not in inside)]
