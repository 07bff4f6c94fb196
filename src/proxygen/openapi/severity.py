"""Which findings of the validator leave a document understood: those become warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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


def is_understood(error: ValidationError, pointer: Pointer) -> bool:
    """Whether the document can be built from although it violates the specification here.

    Outside schemas, parsing itself reports as errors what it cannot read.
    """
    if error.validator in _NOT_MEANING or _NOT_MEANING_IN.search(pointer):
        return True
    if error.validator is None:
        return True
    if _IN_SCHEMA.search(pointer):
        return error.validator == "pattern" or pointer.endswith("/pattern")
    return pointer not in {"", "/info"}
