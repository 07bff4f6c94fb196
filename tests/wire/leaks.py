"""What went over the wires of the suite and must be in no log: tokens, cookies, queries, bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

SHORTEST: Final = 10
"""Characters below which a text is too common to be found again as somebody's."""
LONGEST: Final = 48
"""Characters of a secret that are looked for."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OWN: Final = frozenset({"time", "correlation_id", "elapsed"})
"""Fields of an event that are the edge's own, whoever asks."""


class Secrets:
    """Notes what clients and downstreams send, and finds it again in the text of a log."""

    def __init__(self) -> None:
        self._noted: set[str] = set()

    def note(self, data: bytes) -> None:
        """Bytes of a request or an answer, from its first line on; what is no head is a body."""
        head, _, body = data[:65536].decode("latin-1").partition("\r\n\r\n")
        if "HTTP/1." not in head:
            head, body = "", head + body
        line, *fields = head.split("\r\n")
        self._noted.update(_kept(_of_query(line)))
        for field in fields:
            self._noted.update(_kept(_of_field(*field.partition(":")[::2])))
        self._noted.update(_kept(_of_body(body)))

    def found_in(self, log: str) -> set[str]:
        """Those that are in an event's words, or in a line that is no event."""
        words = "\n".join(_words_of(log))
        return {secret for secret in self._noted if secret in words}


def _of_query(line: str) -> Iterator[str]:
    """The values of a request line's query."""
    target = line.rpartition(" HTTP/")[0]
    for pair in target.partition("?")[2].split("&"):
        yield pair.partition("=")[2]


def _of_field(name: str, value: str) -> Iterator[str]:
    """Tokens and cookies; of a token the parts that nobody else has."""
    if name.lower() == "authorization":
        yield from value.strip().split(".")[1:] or [value.strip()]
    elif name.lower() in ("cookie", "set-cookie"):
        for pair in value.split(";"):
            yield pair.partition("=")[2]


def _of_body(body: str) -> Iterator[str]:
    """Its beginning, and the texts of a JSON document."""
    yield body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)


def _kept(texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        text = text.strip()[:LONGEST]
        if len(text) >= SHORTEST:
            yield text


def _words_of(log: str) -> set[str]:
    """Every different value of the events' fields; whole lines where they are none."""
    words: set[str] = set()
    for line in log.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            words.add(line)
            continue
        if not _UUID.fullmatch(event.get("correlation_id", "0" * 8 + "-0000" * 3 + "-" + "0" * 12)):
            words.add(str(event["correlation_id"]))
        words.update(str(value) for name, value in event.items() if name not in _OWN)
    return words
