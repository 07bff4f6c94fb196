"""The text of a proposed `proxygen.toml`: what holds already, and under it what a person may accept.

A line that begins with `#` and no space is a proposal. The file builds as it is, and with every proposal
accepted; both are tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.lower.identity import DEFAULT_FIELDS
from proxygen.lower.naming import folded
from proxygen.scaffold import toml_text as toml
from proxygen.scaffold.decisions import Decisions, Occurrence, OperationDecision, decisions_about
from proxygen.scaffold.likely_names import LIKELY
from proxygen.scaffold.survey import SurveyedService, survey
from proxygen.source.load import display_name

SCHEMA_NAME: Final = ".proxygen.schema.json"
"""The JSON Schema that editors complete the file by, beside it; no document, as its name is hidden."""

_SHOWN: Final = 20
"""Places that are listed of one thing; more are counted."""
_WAIVED: Final = "TODO: say whose it is, and why clients may choose it"

_HEAD: Final = """\
# The edge of these services. Paths in this file are relative to it; what is not said has a safe default.
#
# A line that begins with `#` and no space is a proposal: remove the `#` to accept it. The file builds as it
# is, and with everything accepted. The lines above a proposal say what was found, and where."""

_IDENTITY: Final = """\
# ---- Identity: who calls comes from the verified token, and from nowhere else ----
#
# These names carry the caller. With them accepted, the edge fills every such input from the token and refuses
# a client's own value (422); as it is, it fills headers only, and clients choose the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The text, and how much was found: for the one line that a person reads first."""

    folder: Path
    text: str
    services: int
    operations: int
    identity_inputs: int
    collisions: int
    unrouted: int


def propose(specs: Path) -> Proposal:
    """The configuration for the documents of a folder; raises `InputRefused` where one cannot be read."""
    folder, services = survey(specs)
    for service in services:
        _refuse_unwritable(service.path, folder)
    decisions = decisions_about(services)
    blocks = [f"#:schema {SCHEMA_NAME}", _HEAD, _gateway(), *_identity(decisions)]
    operations = dict(decisions.operations)
    for service in services:
        blocks += _service(service, folder, operations[service.name])
    return Proposal(
        folder=folder,
        text="\n\n".join(blocks) + "\n",
        services=len(services),
        operations=sum(len(service.planned) for service in services),
        identity_inputs=sum(bool(one.field) for one in decisions.occurrences),
        collisions=len({one.route for service in services for one in service.collisions}),
        unrouted=sum(len(service.unrouted) for service in services),
    )


def _refuse_unwritable(path: Path, folder: Path) -> None:
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        found = "The name of this file is not UTF-8, so that no configuration can name it."
        where = Location(display_name(path, folder))
        finding = Diagnostic("document-name", Severity.ERROR, where, found, "Rename the file.")
        raise InputRefused([finding]) from None


def _gateway() -> str:
    return "\n".join(
        [
            "[gateway]",
            "# What X-Proxied-By tells the services.",
            toml.pair("name", "api-gateway"),
            _proposed(toml.pair("output", "../generated")),
        ]
    )


def _identity(decisions: Decisions) -> Iterator[str]:
    lines = [_IDENTITY]
    fields = {}
    for field in LIKELY:
        found = [one for one in decisions.occurrences if one.field == field]
        fields[field] = _spellings((*DEFAULT_FIELDS[field], *(one.name for one in found)))
        lines += _places(field, found)
    lines.append(_proposed(toml.table("identity", "fields")))
    lines += [_proposed(toml.pair(field, names)) for field, names in fields.items()]
    yield "\n".join(lines)
    others = [one for one in decisions.occurrences if not one.field]
    if others:
        head = toml.comment(
            "Names that may be the caller's too, or somebody else's: nothing is proposed."
        )
        yield "\n".join([head, *_listed(map(_place, others))])
    if decisions.scopes:
        yield "\n".join(
            [
                toml.comment(
                    "Scopes of the documents, and the scopes of the token that stand for them."
                ),
                toml.comment("With identity accepted, each needs a line: 403 for who lacks it."),
                _proposed(toml.table("identity", "scopes")),
                *(_proposed(toml.pair(scope, scope)) for scope in decisions.scopes if scope),
            ]
        )


def _spellings(names: Iterable[str]) -> list[str]:
    """The names as they are written first; those that differ in case or separators only, once."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(folded(name), name)
    return list(found.values())


def _places(field: str, found: Sequence[Occurrence]) -> list[str]:
    if not found:
        return [toml.comment(f"{field}: no input has a name of the usual ones.")]
    noun = "input" if len(found) == 1 else "inputs"
    return [toml.comment(f"{field}: {len(found)} {noun}"), *_listed(map(_place, found))]


def _place(one: Occurrence) -> str:
    return f"{one.service} {one.operation} {one.target} ({_where(one.location)})"


def _service(
    service: SurveyedService, folder: Path, decisions: Sequence[OperationDecision]
) -> Iterator[str]:
    count = len(service.planned)
    noun = "operation" if count == 1 else "operations"
    title = service.contract.title or service.name
    file = display_name(service.path, folder)
    lines = [
        toml.comment(f"---- {service.name}: {title} ({file}, {count} {noun}) ----"),
        toml.table("services", service.name),
        toml.pair("spec", service.path.relative_to(folder).as_posix()),
        toml.pair("base_url_env", f"{service.name.upper()}_URL"),
    ]
    if service.prefix:
        lines.append(toml.comment("Routes that other services have too, hence the prefix:"))
        routes = (
            f"{one.route} ({', '.join(map(_where, one.places))})" for one in service.collisions
        )
        lines += _listed(routes)
        lines.append(toml.pair("prefix", service.prefix))
    if service.base_path:
        found = f"The document's first server is below {service.base_path}. If its base URL is not:"
        lines += [toml.comment(found), _proposed(toml.pair("base_path", service.base_path))]
    yield "\n".join(lines)
    if service.unrouted:
        head = toml.comment("Operations that are not routed until somebody decides:")
        yield "\n".join([head, *_listed(map(_unrouted, service.unrouted))])
    for one in decisions:
        yield "\n".join(_operation(service.name, one))


def _unrouted(one: Diagnostic) -> str:
    return f"{_where(one.location)} {one.rule}: {one.found}; {one.cure}"


def _operation(service: str, one: OperationDecision) -> Iterator[str]:
    """The table of one operation, proposed; what stops the build already is not left to accept."""
    head = toml.table("services", service, "operations", one.key)
    if one.public:
        yield toml.comment(f"The document asks for no credentials here ({_where(one.location)}).")
        yield _proposed(head)
        yield _proposed(toml.pair("auth", "public"))
        return
    yield toml.comment(f"Identity at {_where(one.location)}: {_reasons(one)}.")
    if one.path is not None:
        yield toml.comment(
            f"Where it is somebody else whom the caller names: {_waivers(one.in_path)}"
        )
    yield head if one.needed else _proposed(head)
    if one.path is not None:
        yield _proposed(toml.pair("path", one.path))
    for target, field, loose in one.bind:
        value = {"field": field, "absent_parent": "skip"} if loose else field
        yield _proposed(toml.pair(("bind", target), value))
    if one.waive:
        line = _waivers(one.waive)
        yield line if one.needed else _proposed(line)


def _waivers(targets: Iterable[str]) -> str:
    waivers = ({"field": target, "reason": _WAIVED} for target in targets)
    return f"waive = [{', '.join(map(toml.inline_table, waivers))}]"


def _reasons(one: OperationDecision) -> str:
    said = []
    if one.path is not None:
        said.append("clients must not choose it, so the edge's path has no place for it")
    if any(loose for *_, loose in one.bind):
        said.append("the object around it may be absent: then nothing is written")
    if one.waive:
        said.append(
            "nothing can be written there for sure, or no path is free without it: a waiver"
        )
    return "; ".join(said)


def _listed(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    for line in every[:_SHOWN]:
        yield f"#   {toml.comment(line)[2:]}"
    if len(every) > _SHOWN:
        yield f"#   … and {len(every) - _SHOWN} more"


def _where(location: Location) -> str:
    if not location.line:
        return location.file
    return f"{location.file}:{location.line}:{location.column}"


def _proposed(line: str) -> str:
    return f"#{line}"
