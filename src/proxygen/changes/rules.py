"""Every rule of a change: what it means for a caller, and what to do about it.

Breaking: what a caller may rely on is gone, or a request that was right is refused. Dangerous: callers that
are strict or take no care fail, or it cannot be decided. Compatible: no caller has to do anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from proxygen.changes.model import Direction
from proxygen.report.finding import Severity

BREAKING: Final = Severity.BREAKING
DANGEROUS: Final = Severity.DANGEROUS
COMPATIBLE: Final = Severity.COMPATIBLE


@dataclass(frozen=True, slots=True)
class Rule:
    """`title` says what happened, `cure` what to do; `direction` is None where there is only one."""

    id: str
    severity: Severity
    title: str
    cure: str
    direction: Direction | None = None


_KEEP_ROUTE: Final = "Keep the old route until its callers have moved."
_TELL: Final = "Tell the callers before it goes live."
_ASK: Final = "Check with the callers that rely on it."
_NOTHING: Final = "Nothing."
_CURES: Final[Mapping[tuple[Direction, Severity], str]] = {
    (Direction.REQUEST, BREAKING): "Go on accepting what was accepted, or offer it on a new route.",
    (Direction.REQUEST, DANGEROUS): "Check what callers send before it goes live.",
    (Direction.REQUEST, COMPATIBLE): _NOTHING,
    (
        Direction.RESPONSE,
        BREAKING,
    ): "Go on answering what was promised, or offer it on a new route.",
    (Direction.RESPONSE, DANGEROUS): "Check that callers can take what they may now get.",
    (Direction.RESPONSE, COMPATIBLE): _NOTHING,
}

_OF_OPERATIONS: Final = (
    ("operation-added", COMPATIBLE, "an operation is new", _NOTHING),
    ("operation-removed", BREAKING, "an operation is gone", _KEEP_ROUTE),
    ("operation-removed-before-sunset", BREAKING, "an operation is gone before its sunset", _KEEP_ROUTE),
    ("operation-removed-after-sunset", DANGEROUS, "an operation is gone after its sunset", _ASK),
    ("operation-moved", BREAKING, "an operation has another method or path", _KEEP_ROUTE),
    ("operation-renamed", COMPATIBLE, "an operationId is another, the route is the same",
     "Nothing on the wire; generated clients get another name."),
    ("operation-deprecated", COMPATIBLE, "an operation is deprecated", _TELL),
    ("operation-undeprecated", COMPATIBLE, "an operation is no longer deprecated", _NOTHING),
    ("operation-condition-changed", DANGEROUS, "what tells an operation from others of its route is another",
     _ASK),
    ("operation-service-changed", DANGEROUS, "another service stands behind a route", _ASK),
    ("sunset-added", DANGEROUS, "an operation has an end", _TELL),
    ("sunset-removed", COMPATIBLE, "an operation has no end any more", _NOTHING),
    ("sunset-earlier", DANGEROUS, "an operation ends earlier", _TELL),
    ("sunset-later", COMPATIBLE, "an operation ends later", _NOTHING),
    ("sunset-unreadable", DANGEROUS, "`x-sunset` is no date", "Write it as 2030-12-31."),
    ("path-variable-renamed", COMPATIBLE, "a variable of a path has another name",
     "Nothing on the wire; generated clients get another name."),
)  # fmt: skip

_OF_ACCESS: Final = (
    ("auth-tightened", BREAKING, "callers need a token where they needed none",
     "Have the callers send a token first."),
    ("auth-opened", DANGEROUS, "a route can be called without a token", "Check that this is meant."),
    ("auth-token-read", DANGEROUS, "a public route reads tokens, and refuses bad ones", _ASK),
    ("scopes-tightened", BREAKING, "a token needs a scope that it did not need",
     "Grant the scope to the callers first."),
    ("scopes-loosened", DANGEROUS, "a token needs fewer scopes", "Check that this is meant."),
    ("security-tightened", BREAKING, "the service asks for credentials that it did not ask for",
     "Give the edge the credential first."),
    ("security-loosened", COMPATIBLE, "the service asks for fewer credentials", _NOTHING),
    ("identity-claims-changed", DANGEROUS, "identity is read from other claims",
     "Check the tokens of all callers."),
    ("identity-bound", BREAKING, "an input is filled from identity, and refused from clients",
     "Have the callers leave it out first, or say on_client_value = \"replace\"."),
    ("identity-bound-silently", DANGEROUS, "an input is filled from identity, whatever clients send", _ASK),
    ("identity-unbound", BREAKING, "an input that identity filled is the client's",
     "Bind it, or have the callers send it first."),
    ("identity-field-changed", DANGEROUS, "an input is filled from another identity field", _ASK),
    ("identity-needed", BREAKING, "a token without the identity field is refused",
     "Have the issuer put the field into tokens first."),
    ("identity-not-needed", COMPATIBLE, "a token without the identity field is accepted", _NOTHING),
    ("client-value-refused", BREAKING, "a client that sets a bound input is refused",
     "Have the callers leave it out first."),
    ("client-value-accepted", COMPATIBLE, "a client may set a bound input", _NOTHING),
)  # fmt: skip

_OF_SETTINGS: Final = (
    ("rate-limit-tightened", DANGEROUS, "callers may call less often", "Check how often callers call."),
    ("rate-limit-loosened", COMPATIBLE, "callers may call more often", _NOTHING),
    ("timeout-shortened", DANGEROUS, "the edge waits less long for the service",
     "Check how long the slowest answers take."),
    ("timeout-lengthened", COMPATIBLE, "the edge waits longer for the service", _NOTHING),
    ("retries-reduced", DANGEROUS, "the edge tries less often", _ASK),
    ("retries-increased", COMPATIBLE, "the edge tries more often", _NOTHING),
    ("validation-tightened", DANGEROUS, "the edge refuses what it let through",
     "Check the logs of `report` first."),
    ("validation-loosened", COMPATIBLE, "the edge lets through what it refused", _NOTHING),
    ("error-format-changed", BREAKING, "the edge's errors have another form",
     "Keep the form until callers read both."),
    ("header-owned", DANGEROUS, "a header of clients is dropped", _ASK),
    ("header-not-owned", DANGEROUS, "a header that the edge owned is the client's",
     "Check that no service trusts it."),
    ("header-not-allowed", DANGEROUS, "a header of clients is no longer forwarded", _ASK),
    ("header-allowed", COMPATIBLE, "a header of clients is forwarded", _NOTHING),
    ("header-denied", DANGEROUS, "a header of answers no longer leaves the edge", _ASK),
    ("header-not-denied", COMPATIBLE, "a header of answers leaves the edge",
     "Check that it tells nothing of the inside."),
    ("target-changed", COMPATIBLE, "the edge calls another path of the service", _NOTHING),
)  # fmt: skip

_OF_REQUESTS: Final = (
    ("parameter-added", COMPATIBLE, "an optional parameter is new"),
    ("required-parameter-added", BREAKING, "a parameter that must be sent is new"),
    ("parameter-removed", DANGEROUS, "a parameter is gone"),
    ("parameter-became-required", BREAKING, "a parameter must be sent"),
    ("parameter-became-optional", COMPATIBLE, "a parameter may be left out"),
    ("parameter-style-changed", BREAKING, "a parameter is written in another way"),
    ("parameter-deprecated", COMPATIBLE, "a parameter is deprecated"),
    ("parameter-undeprecated", COMPATIBLE, "a parameter is no longer deprecated"),
    ("body-added", COMPATIBLE, "a request may have a body"),
    ("required-body-added", BREAKING, "a request must have a body"),
    ("body-removed", DANGEROUS, "a request has no body any more"),
    ("body-became-required", BREAKING, "a body must be sent"),
    ("body-became-optional", COMPATIBLE, "a body may be left out"),
    ("media-type-added", COMPATIBLE, "a body may be of another media type"),
    ("media-type-removed", BREAKING, "a body may no longer be of a media type"),
    ("property-forbidden", BREAKING, "a property is gone and may not be there"),
    ("encoding-changed", BREAKING, "parts of a form are written in another way"),
)  # fmt: skip

_OF_RESPONSES: Final = (
    ("success-status-added", DANGEROUS, "a success has another status"),
    ("success-status-removed", BREAKING, "a success has a status no more"),
    ("error-status-added", COMPATIBLE, "a failure has another status"),
    ("error-status-removed", COMPATIBLE, "a failure has a status no more"),
    ("media-type-added", DANGEROUS, "an answer may be of another media type"),
    ("media-type-removed", BREAKING, "an answer is of a media type no more"),
    ("header-added", COMPATIBLE, "an answer has another header"),
    ("header-removed", DANGEROUS, "an answer may lack a header that it could have"),
    ("required-header-removed", BREAKING, "an answer lacks a header that it had"),
    ("header-became-optional", BREAKING, "an answer may lack a header"),
    ("header-became-required", COMPATIBLE, "an answer always has a header"),
)  # fmt: skip

_OF_SCHEMAS: Final = (
    ("property-added", COMPATIBLE, COMPATIBLE, "a property is new"),
    ("required-property-added", BREAKING, COMPATIBLE, "a required property is new"),
    ("property-removed", DANGEROUS, DANGEROUS, "an optional property is gone"),
    ("required-property-removed", DANGEROUS, BREAKING, "a required property is gone"),
    ("property-became-required", BREAKING, COMPATIBLE, "a property must be there"),
    ("property-became-optional", COMPATIBLE, BREAKING, "a property may be left out"),
    ("property-hidden", DANGEROUS, BREAKING, "the other side alone may send a property"),
    ("property-shown", COMPATIBLE, COMPATIBLE, "a property is no longer for one side alone"),
    ("additional-properties-closed", BREAKING, COMPATIBLE, "no further properties may be there"),
    ("additional-properties-opened", COMPATIBLE, DANGEROUS, "further properties may be there"),
    ("type-narrowed", BREAKING, COMPATIBLE, "fewer types are allowed"),
    ("type-widened", COMPATIBLE, BREAKING, "more types are allowed"),
    ("type-changed", BREAKING, BREAKING, "another type is allowed"),
    ("became-nullable", COMPATIBLE, BREAKING, "null is allowed"),
    ("became-not-nullable", BREAKING, COMPATIBLE, "null is not allowed any more"),
    ("enum-value-added", COMPATIBLE, DANGEROUS, "one more value is allowed"),
    ("enum-value-removed", BREAKING, COMPATIBLE, "one value less is allowed"),
    ("enum-added", BREAKING, COMPATIBLE, "only listed values are allowed"),
    ("enum-removed", COMPATIBLE, DANGEROUS, "values beyond those listed are allowed"),
    ("format-added", DANGEROUS, COMPATIBLE, "a format is required"),
    ("format-removed", COMPATIBLE, DANGEROUS, "no format is required any more"),
    ("format-narrowed", BREAKING, COMPATIBLE, "a smaller format is required"),
    ("format-widened", COMPATIBLE, DANGEROUS, "a larger format is allowed"),
    ("format-changed", BREAKING, BREAKING, "another format is required"),
    ("range-tightened", BREAKING, COMPATIBLE, "fewer numbers are allowed"),
    ("range-loosened", COMPATIBLE, DANGEROUS, "more numbers are allowed"),
    ("multiple-tightened", BREAKING, COMPATIBLE, "only multiples of another number are allowed"),
    ("multiple-loosened", COMPATIBLE, DANGEROUS, "multiples of another number are allowed"),
    ("length-tightened", BREAKING, COMPATIBLE, "fewer lengths are allowed"),
    ("length-loosened", COMPATIBLE, DANGEROUS, "more lengths are allowed"),
    ("items-tightened", BREAKING, COMPATIBLE, "fewer numbers of items are allowed"),
    ("items-loosened", COMPATIBLE, DANGEROUS, "more numbers of items are allowed"),
    ("unique-items-added", BREAKING, COMPATIBLE, "no item may be there twice"),
    ("unique-items-removed", COMPATIBLE, DANGEROUS, "items may be there twice"),
    ("size-tightened", BREAKING, COMPATIBLE, "fewer numbers of properties are allowed"),
    ("size-loosened", COMPATIBLE, DANGEROUS, "more numbers of properties are allowed"),
    ("pattern-added", BREAKING, COMPATIBLE, "a pattern must match"),
    ("pattern-removed", COMPATIBLE, DANGEROUS, "no pattern must match any more"),
    ("pattern-changed", DANGEROUS, DANGEROUS, "another pattern must match"),
    ("constraint-added", BREAKING, COMPATIBLE, "a constraint is new"),
    ("constraint-removed", COMPATIBLE, DANGEROUS, "a constraint is gone"),
    ("constraint-changed", DANGEROUS, DANGEROUS, "a constraint is another"),
    ("alternative-added", COMPATIBLE, DANGEROUS, "one more alternative is allowed"),
    ("alternative-removed", BREAKING, COMPATIBLE, "an alternative is not allowed any more"),
    ("discriminator-changed", BREAKING, BREAKING, "another property tells alternatives apart"),
    ("discriminator-tag-changed", BREAKING, BREAKING, "a tag stands for another alternative"),
    ("representation-changed", BREAKING, BREAKING, "a value is written in another way"),
    ("default-added", COMPATIBLE, COMPATIBLE, "what is left out has a default"),
    ("default-removed", DANGEROUS, COMPATIBLE, "what is left out has no default any more"),
    ("default-changed", DANGEROUS, COMPATIBLE, "what is left out means something else"),
    ("schema-deprecated", COMPATIBLE, COMPATIBLE, "a value is deprecated"),
    ("schema-undeprecated", COMPATIBLE, COMPATIBLE, "a value is no longer deprecated"),
)  # fmt: skip


def _rules() -> Iterator[Rule]:
    for id_, severity, title, cure in (*_OF_OPERATIONS, *_OF_ACCESS, *_OF_SETTINGS):
        yield Rule(id_, severity, title, cure)
    for direction, table in (
        (Direction.REQUEST, _OF_REQUESTS),
        (Direction.RESPONSE, _OF_RESPONSES),
    ):
        for aspect, severity, title in table:
            cure = _CURES[direction, severity]
            yield Rule(f"{direction}-{aspect}", severity, title, cure, direction)
    for aspect, request, response, title in _OF_SCHEMAS:
        for direction, severity in (
            (Direction.REQUEST, request),
            (Direction.RESPONSE, response),
        ):
            cure = _CURES[direction, severity]
            yield Rule(f"{direction}-{aspect}", severity, title, cure, direction)


RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in _rules()})
"""The rules by id."""
