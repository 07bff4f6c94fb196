"""Findings as JUnit XML, which most CI systems show beside the tests."""

from __future__ import annotations

from xml.etree import ElementTree

from proxygen.report.escaping import printable
from proxygen.report.finding import Finding, Report


def junit_report(report: Report) -> str:
    """A test case for each finding, failed where it makes the command fail; one that passed for none."""
    failing = set(report.failing)
    suite = ElementTree.Element(
        "testsuite",
        name=f"proxygen {report.command}",
        tests=str(max(len(report.findings), 1)),
        failures=str(len([one for one in report.findings if one in failing])),
        errors="0",
        skipped="0",
    )
    for one in report.ordered:
        suite.append(_case(one, failed=one in failing))
    if not report.findings:
        ElementTree.SubElement(suite, "testcase", classname="proxygen", name=report.command)
    suites = ElementTree.Element("testsuites", name="proxygen")
    suites.append(suite)
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(one: Finding, *, failed: bool) -> ElementTree.Element:
    name = " ".join(part for part in (one.rule, one.operation, str(one.location)) if part)
    case = ElementTree.Element(
        "testcase",
        classname=printable(one.location.file),
        name=printable(name),
        file=printable(one.location.file),
    )
    if one.location.line:
        case.set("line", str(one.location.line))
    lines = [str(one.location), *(f"{other.role} {other.location}" for other in one.related)]
    text = "\n".join(printable(line) for line in (*lines, one.found, one.cure))
    if failed:
        failure = ElementTree.SubElement(case, "failure", type=one.severity)
        failure.set("message", printable(one.found))
        failure.text = text
    else:
        ElementTree.SubElement(case, "system-out").text = f"{one.severity}\n{text}"
    return case
