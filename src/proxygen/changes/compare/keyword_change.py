"""A change of one schema's keyword, before anybody has said whose schema it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from proxygen.changes.model import ABSENT
from proxygen.changes.schema_view import SchemaView
from proxygen.openapi.model import Schema

Json = Any
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class KeywordChange:
    """A change of one schema: `aspect` is the rule without its direction, `sentence` lacks its subject."""

    aspect: str
    base: Schema
    revision: Schema
    sentence: str
    before: Json
    after: Json


def change_of(
    aspect: str, old: SchemaView, new: SchemaView, word: str, sentence: str
) -> KeywordChange:
    """A change at a keyword, with what both versions have there."""
    return KeywordChange(
        aspect,
        old.at(word),
        new.at(word),
        sentence,
        next(old.all(word), ABSENT),
        next(new.all(word), ABSENT),
    )


def shown(value: Json) -> str:
    """A value in a sentence: as code, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.replace("`", "'")
    return f"`{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}`"
