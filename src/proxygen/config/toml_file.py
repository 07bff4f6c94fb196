"""Reads a TOML file into declared keys; what does not fit becomes diagnostics with line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from proxygen.config.keys import FileKeys
from proxygen.config.schema import config_schema
from proxygen.config.toml_positions import KeyPath, key_offsets
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.source.load import display_name
from proxygen.source.positions import LineTable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SYNTAX_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


class Places:
    """Where the keys of one TOML file stand; `section` is the table that holds the configuration."""

    def __init__(self, file: str, text: str, section: KeyPath) -> None:
        self._file = file
        self._text = text
        self._section = section
        self._offsets: dict[KeyPath, int] | None = None
        self._lines = LineTable(text)

    def at(self, *path: str | int) -> Location:
        """The place of a key, or of the nearest table around it."""
        if self._offsets is None:
            self._offsets = key_offsets(self._text)
        full = (*self._section, *path)
        for length in range(len(full), 0, -1):
            offset = self._offsets.get(full[:length])
            if offset is not None:
                return Location(self._file, *self._lines.place(offset))
        return Location(self._file)


def read_toml(path: Path, *, root: Path) -> tuple[Mapping[str, Any], str]:
    """A TOML file's values and text; raises `InputRefused`."""
    file = display_name(path, root)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text), text
    except OSError as error:
        refusal = _refusal(
            Location(file),
            "unreadable-file",
            f"The file cannot be read: {error.strerror or 'input/output error'}.",
            "Check that it exists and that you may read it.",
        )
    except UnicodeDecodeError:
        refusal = _refusal(
            Location(file), "not-utf-8", "The file is not UTF-8.", "Save it as UTF-8."
        )
    except tomllib.TOMLDecodeError as error:
        place = _SYNTAX_PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        message = _SYNTAX_PLACE.sub("", str(error)).strip()
        refusal = _refusal(
            Location(file, line, column),
            "toml-syntax",
            f"This is not TOML: {message}.",
            "Correct the syntax here; a key may be set once.",
        )
    except RecursionError:
        refusal = _refusal(
            Location(file), "toml-syntax", "Values nest too deeply.", "Write flatter tables."
        )
    raise InputRefused([refusal])


def validate_keys(values: Mapping[str, Any], places: Places) -> FileKeys:
    """The declared keys of a file's values; raises `InputRefused` with every key that does not fit."""
    try:
        return FileKeys.model_validate(values)
    except ValidationError as error:
        found = [_diagnostic(detail, places) for detail in error.errors(include_url=False)]
        raise InputRefused(sorted(set(found), key=lambda item: item.location)) from None


def dotted(path: KeyPath) -> str:
    """A key as TOML writes it."""
    text = ""
    for token in path:
        if isinstance(token, int):
            text += f"[{token}]"
            continue
        name = token if _BARE_KEY.fullmatch(token) else '"' + token.replace('"', '\\"') + '"'
        text += f".{name}" if text else name
    return text


def nearest(word: str, known: list[str]) -> str:
    """` Did you mean …?` where a known word is close, else nothing."""
    close = get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    match = next((name for name in known if close and name.lower() == close[0]), None)
    return f" Did you mean `{match}`?" if match else ""


def _diagnostic(detail: ErrorDetails, places: Places) -> Diagnostic:
    path = _without_union_tag(detail["loc"])
    location = places.at(*path)
    key = dotted(path)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        table = f"[{dotted(path[:-1])}]" if path[:-1] else "The file"
        return _refusal(
            location,
            "unknown-key",
            f"{table} has no key `{path[-1]}`.{nearest(str(path[-1]), known)}",
            f"Known here: {', '.join(known)}." if known else "Remove it.",
        )
    if detail["type"] == "missing":
        return _refusal(location, "missing-key", f"`{key}` is missing.", f"Set `{path[-1]}` here.")
    if detail["type"] == "literal_error":
        return _bad_word(detail, location, key)
    rule = "wrong-type" if detail["type"].endswith("_type") else "bad-value"
    return _refusal(
        location,
        rule,
        f"`{key}` is {_described(detail['input'])}.",
        f"{detail['msg'].removesuffix('.')}.",
    )


def _bad_word(detail: ErrorDetails, location: Location, key: str) -> Diagnostic:
    expected = detail.get("ctx", {}).get("expected", "")
    words = re.findall(r"'([^']*)'", expected)
    given = detail["input"]
    hint = nearest(given, words) if isinstance(given, str) else ""
    return _refusal(
        location,
        "bad-value" if isinstance(given, str) else "wrong-type",
        f"`{key}` is {_described(given)}.{hint}",
        f"Write one of {', '.join(words)}.",
    )


def _described(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"the string {value[:60]!a}"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array" if value else "an empty array"
    return f"{value}"


def _without_union_tag(path: KeyPath) -> KeyPath:
    """The path in the file: pydantic puts the form of a `bind` value behind its key."""
    if len(path) > 6 and path[0] == "services" and path[2] == "operations" and path[4] == "bind":
        return (*path[:6], *path[7:])
    return path


def _known_keys(path: KeyPath) -> list[str]:
    """The keys that the JSON Schema declares for the table at `path`."""
    schema = config_schema()
    definitions = schema["$defs"]
    node: Any = schema
    for token in path:
        node = _table(node, definitions)
        if isinstance(token, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(token, node.get("additionalProperties", {}))
    return list(_table(node, definitions).get("properties", {}))


def _table(node: Any, definitions: Mapping[str, Any]) -> Any:
    if "$ref" in node:
        return definitions[node["$ref"].rsplit("/", 1)[1]]
    for branch in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        if "$ref" in branch or "items" in branch or "additionalProperties" in branch:
            return _table(branch, definitions)
    return node


def _refusal(location: Location, rule: str, found: str, cure: str) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, location, found, cure)
