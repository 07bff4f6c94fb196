"""Reads one YAML or JSON file into a document that knows where each of its nodes stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.source.budgets import BUDGETS, Budgets
from proxygen.source.document import Pointer
from proxygen.source.json_text import member_offsets, parse_json
from proxygen.source.positions import LineTable, Positions
from proxygen.source.refusal import TextRefusedError

DOCUMENT_SUFFIXES: Final = (".json", ".yaml", ".yml")
"""The names that a document may end in."""

_UTF16_OR_32: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_OUTSIDE: Final = re.compile(r"""\$ref["']?[ \t\r\n]*:(?![ \t\r\n]*["']?\#/)""")
_VERSION_KEY: Final = re.compile(
    rb"""^(?:\{[ \t]*)?["']?(?:openapi|swagger)["']?[ \t]*:|"(?:openapi|swagger)"[ \t\r\n]*:""",
    re.MULTILINE,
)
_CONTENT: Final = re.compile(r"[^\s]")


class LoadedDocument:
    """A `Document` whose JSON positions are read on the first `locate`; YAML's came with its values."""

    __slots__ = ("_file", "_members", "_positions", "_text", "_value", "digest")

    def __init__(
        self,
        file: str,
        value: Any,
        text: str,
        members: dict[int, Sequence[int]] | None,
        digest: str,
    ) -> None:
        self.digest = digest
        """What `text_digest` says of the file's bytes."""
        self._file = file
        self._value = value
        self._text = text
        self._members = members
        self._positions: Positions | None = None

    @property
    def file(self) -> str:
        """The file's name as diagnostics show it."""
        return self._file

    @property
    def value(self) -> Any:
        """The whole document as JSON values."""
        return self._value

    @property
    def may_refer_outside(self) -> bool:
        """Whether a reference that is no pointer into this document may stand in the text."""
        return _OUTSIDE.search(self._text) is not None

    def locate(self, pointer: Pointer) -> Location:
        """Line and column of the node, or of its nearest ancestor that exists."""
        if self._positions is None:
            members = self._members
            if members is None:
                members = member_offsets(self._text, self._value)
            start = _CONTENT.search(self._text)
            self._positions = Positions(
                self._value, members, LineTable(self._text), start.start() if start else 0
            )
        line, column = self._positions.place(pointer)
        return Location(self._file, line, column, pointer)


def load_document(path: Path, *, root: Path, budgets: Budgets = BUDGETS) -> LoadedDocument:
    """The document in `path`, below `root`; raises `InputRefused` with the place of what is wrong."""
    file = display_name(path, root)
    data = _read(path, file, budgets)
    text = _decode(data, file)
    try:
        value, members = _parse(text, path.suffix.lower(), budgets)
        _require_mapping(value, text)
    except TextRefusedError as refused:
        raise InputRefused([_diagnostic(refused, file, text)]) from None
    return LoadedDocument(file, value, text, members, text_digest(data))


def text_digest(data: bytes) -> str:
    """SHA-256 in hexadecimal, of lines that end in LF: git may give them CR LF in a work tree."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def is_part(path: Path, *, root: Path) -> bool:
    """Whether a file is readable and no OpenAPI document: an overlay, or a part of a split document.

    A file that cannot be read counts as a document, so that what is wrong with it is reported.
    """
    try:
        if path.stat().st_size > BUDGETS.size or _VERSION_KEY.search(path.read_bytes()):
            return False
        value = load_document(path, root=root).value
    except (OSError, InputRefused):
        return False
    return not value.keys() & {"openapi", "swagger"}


def display_name(path: Path, root: Path) -> str:
    """A file as diagnostics and generated comments name it: from the spec folder's own name on."""
    folder = root.resolve()
    absolute = path.resolve()
    if absolute.is_relative_to(folder):
        return (Path(folder.name) / absolute.relative_to(folder)).as_posix()
    return path.as_posix()


def _read(path: Path, file: str, budgets: Budgets) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= budgets.size else b""
    except OSError as error:
        raise InputRefused(
            [
                _whole_file(
                    "unreadable-file",
                    file,
                    f"The file cannot be read: {error.strerror or 'input/output error'}.",
                    "Check that it exists and that you may read it.",
                )
            ]
        ) from None
    if size > budgets.size:
        raise InputRefused(
            [
                _whole_file(
                    "size-limit",
                    file,
                    f"The file has {size} bytes; {budgets.size} are the limit.",
                    "Split the document by service.",
                )
            ]
        )
    return data


def _decode(data: bytes, file: str) -> str:
    if data.startswith(_UTF16_OR_32) or b"\x00" in data[:64]:
        raise InputRefused(
            [
                _whole_file(
                    "not-utf-8",
                    file,
                    "The file is not UTF-8; it looks like UTF-16 or UTF-32.",
                    "Save it as UTF-8.",
                )
            ]
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode("utf-8", "replace")
        line, column = LineTable(good).place(len(good))
        raise InputRefused(
            [
                Diagnostic(
                    "not-utf-8",
                    Severity.ERROR,
                    Location(file, line, column),
                    f"The byte 0x{error.object[error.start]:02X} at offset {error.start} "
                    "is not UTF-8.",
                    "Save the file as UTF-8; it looks like Latin-1 or Windows-1252.",
                )
            ]
        ) from None
    return text


def _parse(text: str, suffix: str, budgets: Budgets) -> tuple[Any, dict[int, Sequence[int]] | None]:
    start = _CONTENT.search(text)
    if start is None:
        raise TextRefusedError(
            "empty-document", -1, "The file is empty.", "Write a document into it."
        )
    if start.group() == "<":
        raise TextRefusedError(
            "not-a-document",
            start.start(),
            "This is HTML or XML, perhaps an error page that was saved.",
            "Fetch the OpenAPI document itself.",
        )
    if suffix == ".json":
        return parse_json(text, budgets), None
    if start.group() == "{":
        try:
            return parse_json(text, budgets), None
        except TextRefusedError as refused:
            if refused.rule != "json-syntax":
                raise
    # PyYAML takes a twentieth of a second to import, which JSON documents need not pay.
    from proxygen.source.yaml_text import parse_yaml

    return parse_yaml(text, budgets)


def _require_mapping(value: Any, text: str) -> None:
    if isinstance(value, dict):
        return
    start = _CONTENT.search(text)
    if value is None:
        what = "nothing but comments or null"
    else:
        what = "a list" if isinstance(value, list) else "a single value"
    raise TextRefusedError(
        "not-a-document",
        start.start() if start else 0,
        f"The file holds {what}; an OpenAPI document is an object.",
        "Write an object with the key `openapi`.",
    )


def _diagnostic(refused: TextRefusedError, file: str, text: str) -> Diagnostic:
    if refused.offset < 0:
        return _whole_file(refused.rule, file, refused.found, refused.cure)
    line, column = LineTable(text).place(min(refused.offset, len(text)))
    return Diagnostic(
        refused.rule, Severity.ERROR, Location(file, line, column), refused.found, refused.cure
    )


def _whole_file(rule: str, file: str, found: str, cure: str) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, Location(file), found, cure)
