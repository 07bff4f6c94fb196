"""What a row is: a document, and whether it is refused or what must be true of what is built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.cases.hostile.documents import BASE, Json, text_of

CODE = "__import__('canary')"
"""A call that would leave a trace: an import that the audit hook sees."""

Files = Mapping[str, str]
"""The output's files: text by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`id` is that of documents.md, with a word behind it where the row has several documents.

    `decided` says which outcome of two is the rule here. `beside` are more files of the folder.
    """

    id: str
    document: Mapping[str, Json] | bytes
    file: str = "shop.json"
    beside: Mapping[str, bytes] = field(default_factory=dict)
    decided: str = ""
    seconds: float = 5.0

    @property
    def content(self) -> bytes:
        """The document's file."""
        return self.document if isinstance(self.document, bytes) else text_of(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Row):
    """`errors` are (rule, pointer) of the errors that must be among those reported; others may not be."""

    errors: tuple[tuple[str, str], ...]
    placed: bool = True
    """Whether it has a line; a file as a whole has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built(Row):
    """`benign` has the same shape, `data` are texts that must come out as data, `findings` are rules that
    the ledger must name, `check` raises where the output is not as it should be, `probe` is an action."""

    benign: Mapping[str, Json] | None = field(default_factory=lambda: BASE)
    data: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    check: Callable[[Files], None] | None = None
    probe: str = ""
