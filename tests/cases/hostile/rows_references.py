"""Rows R01 to R15: references that lead out, nowhere or round in a circle."""

from __future__ import annotations

import json
from typing import Final

from tests.cases.hostile.documents import ITEM, NAME, SIZE, Json, patched
from tests.cases.hostile.row import Built, Refused, Row

_SCHEMAS = "/components/schemas"
_PARAMETERS = "/components/parameters"
_OTHER = json.dumps({"x": {"type": "string", "description": "From beside."}}).encode()


def _reference(identifier: str, target: str, rule: str) -> Refused:
    return Refused(
        id=identifier,
        document=patched({NAME: {"$ref": target}}),
        errors=((rule, f"{NAME}/$ref"),),
        beside={"other.json.txt": _OTHER},
    )


def _cycle(identifier: str, parent: str, *names: str) -> Refused:
    """Objects that refer to each other in a ring, and one that leads into it."""
    change: dict[str, Json] = {
        f"{parent}/{name}": {"$ref": f"#{parent}/{names[(number + 1) % len(names)]}"}
        for number, name in enumerate(names)
    }
    return Refused(
        id=identifier,
        document=patched(change),
        errors=(("reference-cycle", f"{parent}/{min(names)}"),),
        seconds=1.0,
    )


ROWS: Final[tuple[Row, ...]] = (
    _reference("R01", "file:///etc/passwd", "reference-remote"),
    _reference("R02", "http://127.0.0.1:19999/leak.json", "reference-remote"),
    _reference("R03", "../../../../../../etc/passwd", "reference-outside"),
    _reference("R03-encoded", "%2e%2e/%2e%2e/etc/passwd", "reference-outside"),
    _reference("R04", "//127.0.0.1:19999/x", "reference-remote"),
    _reference("R06", "#/components/schemas/Nope", "reference-unresolved"),
    _reference("R07", "#/components/schemas/A%2e%2e/../Item", "reference-unresolved"),
    _reference("R06-digits", f"#/tags/{'9' * 5000}", "reference-unresolved"),
    _reference("R06-file", f"{'a' * 5000}.json#/x", "reference-unresolved"),
    Built(
        id="R08",
        document=patched({NAME: {"$ref": "parts/other.json#/x"}}),
        benign=patched(
            {
                "/components/schemas/Other": {"type": "string"},
                NAME: {"$ref": "#/components/schemas/Other"},
            }
        ),
        beside={"parts/other.json": _OTHER},
        decided="a file inside the folder of the documents is read; outside of it none is opened (R03)",
    ),
    _reference("R09", "", "reference-syntax"),
    _reference("R10", "#", "reference-syntax"),
    _cycle("R12", _SCHEMAS, "A", "B"),
    Refused(
        id="R13",
        document=patched({ITEM: {"allOf": [{"$ref": f"#{ITEM}"}]}}),
        errors=(("reference-cycle", ITEM),),
        seconds=1.0,
    ),
    Built(
        id="R14",
        document=patched({SIZE: {"type": "array", "items": {"$ref": f"#{ITEM}"}}}),
        benign=None,
    ),
    _cycle("R15", _PARAMETERS, "P", "Q"),
)
