"""The access matrix for people: a table at a terminal, and in Markdown."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from proxygen.audit.matrix import Route
from proxygen.ir.gateway import Auth
from proxygen.report.escaping import code_span, markdown_sentence, printable

ALWAYS = "Every route that is not public carries X-User-ID and X-Org-ID as well."


def text_table(routes: tuple[Route, ...]) -> str:
    """Routes by service, who may call them, and where identity goes; what clients choose below them."""
    name = max((len(printable(one.name)) for one in routes), default=0)
    who = max((len(_WHO[one.auth]) for one in routes), default=0)
    lines: list[str] = []
    for service, members in groupby(routes, key=lambda one: one.service):
        lines += ["", printable(service)] if lines else [printable(service)]
        for one in members:
            cells = f"{printable(one.name):<{name}}  {_WHO[one.auth]:<{who}}  {_sent(one)}"
            lines.append(f"  {cells}".rstrip())
            lines += [f"  {'':<{name}}  {printable(remark)}" for remark in _remarks(one)]
    return "\n".join([*lines, "", ALWAYS, ""])


def markdown_table(routes: tuple[Route, ...]) -> str:
    """The same, one row for a route."""
    text = "### Who may call what\n\n| route | service | who | identity goes to | remarks |\n"
    text += "| --- | --- | --- | --- | --- |\n"
    for one in routes:
        sent = ", ".join(f"{code_span(item.input)} = {item.field}" for item in one.identity)
        remarks = "<br>".join(markdown_sentence(remark) for remark in _remarks(one))
        cells = (
            code_span(one.name),
            code_span(one.service),
            _WHO[one.auth],
            sent,
            remarks,
        )
        text += "| " + " | ".join(cells) + " |\n"
    return f"{text}\n{ALWAYS}\n"


_WHO: Final = {Auth.PUBLIC: "public", Auth.OPTIONAL: "optional", Auth.REQUIRED: "authenticated"}


def _sent(route: Route) -> str:
    return printable(", ".join(f"{one.input} = {one.field}" for one in route.identity))


def _remarks(route: Route) -> list[str]:
    remarks = []
    if route.scopes:
        scopes = " or ".join(" and ".join(one) for one in route.scopes)
        remarks.append(f"scope: {scopes}")
    if route.signed is not None:
        remarks.append(f"signed by {route.signed.by}: {route.signed.reason}")
    for one in route.left:
        why = one.reason or "nobody has decided that"
        remarks.append(f"{one.input} is the client's: {why}")
    return remarks
