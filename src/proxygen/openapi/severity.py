"""Which findings of the validator leave a document understood: those become warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from proxygen.source.document import Pointer

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_IN_SCHEMA: Final = re.compile(
    r"/components/schemas/|/(?:schema|itemSchema)(?:/|$)|/(?:\$defs|definitions)/"
)
_NOT_MEANING: Final = frozenset(
    {"format", "additionalProperties", "unevaluatedProperties", "dependentSchemas", "uniqueItems"}
)
"""Keywords whose violation changes nothing that the edge reads: unknown fields, malformed addresses."""

_NOT_MEANING_IN: Final = re.compile(
    r"/(?:info/(?:contact|license)|servers|externalDocs|tags|webhooks|x-[^/]*)(?:/|$)"
    r"|/(?:callbacks|links|xml|servers|externalDocs|examples)(?:/|$)"
)
_READ_LENIENTLY: Final = re.compile(
    r"/(?:pattern|required|enum|title|description|format|nullable|readOnly|writeOnly|deprecated"
    r"|example|externalDocs|xml|uniqueItems)(?:/[0-9]+)?$"
)
"""Keywords of schemas that are left out of contracts where they hold something else than they should."""

_IN_PARAMETER: Final = re.compile(r"/parameters/[^/]+/(?:schema/)?default$")
_NUMBER: Final = re.compile(r"[-+]?[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?")
_SPELLED: Final = frozenset(
    {"true", "false", "yes", "no", "null", "none", "inf", "infinity", "nan", ""}
)


def is_understood(error: ValidationError, pointer: Pointer) -> bool:
    """Whether the document can be built from although it violates the specification here.

    Outside schemas, parsing itself reports as errors what it cannot read.
    """
    if error.validator in _NOT_MEANING or _NOT_MEANING_IN.search(pointer):
        return True
    if not isinstance(error.validator, str):
        # The validator's own rules, such as a property that is required and not described.
        return True
    if _IN_SCHEMA.search(pointer):
        if pointer.endswith("/type"):
            return isinstance(error.instance, dict)
        return error.validator == "pattern" or _READ_LENIENTLY.search(pointer) is not None
    return pointer not in {"", "/info"}


def is_oversight(schema: Any, pointer: Pointer) -> bool:
    """Whether a default that its schema does not allow is an oversight: it is left out then.

    `"10"` for an integer, `"false - if left out"` for a boolean, null, or a member that an enum lost are what
    people write. A text that does not begin with a number or boolean, where a parameter allows only these,
    was never meant as a value.
    """
    if _IN_PARAMETER.search(pointer) is None:
        return True
    if not isinstance(schema, dict) or not isinstance(schema.get("default"), str):
        return True
    types = schema.get("type")
    kinds = set(types) if isinstance(types, list) else {types}
    if not kinds or not kinds <= {"integer", "number", "boolean", "null"}:
        return True
    word = (schema["default"].split(maxsplit=1) or [""])[0]
    return word.lower() in _SPELLED or _NUMBER.fullmatch(word) is not None
