"""YAML text to JSON values and the offsets of their members, in one pass over the parser's events."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

import yaml

from proxygen.source.budgets import Budgets
from proxygen.source.json_text import depth_refused, within_depth
from proxygen.source.refusal import TextRefusedError, shown
from proxygen.source.yaml_scalars import resolve_scalar

_MERGE: Final = "<<"
_COLLECTION_TAGS: Final = frozenset({None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


def parse_yaml(text: str, budgets: Budgets) -> tuple[Any, dict[int, Sequence[int]]]:
    """The value of a YAML text and its members' offsets; raises `TextRefusedError`."""
    reader = _Reader(budgets)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    parser = None
    try:
        parser = loader(text)
        reader.read(parser.get_event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextRefusedError(
            "yaml-syntax",
            mark.index if mark else 0,
            f"This is not YAML: {error.problem or error.context or 'unreadable'}.",
            "Correct the syntax here; mind indentation, quotes and tabs.",
        ) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        raise TextRefusedError(
            "yaml-syntax",
            position if isinstance(position, int) and position >= 0 else 0,
            f"This is not YAML: {shown(str(error).splitlines()[0], 120)}.",
            "Remove the character; YAML allows no control characters.",
        ) from None
    finally:
        if parser is not None:
            parser.dispose()
    if reader.aliased and not within_depth(reader.root, budgets.depth):
        raise depth_refused(0, budgets)
    return reader.root, reader.members


class _Frame:
    """One mapping or sequence that is being read; `key` is the key that waits for its value."""

    __slots__ = ("anchor", "key", "key_offset", "merges", "merging", "offsets", "size", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.offsets = array("Q")
        self.merges: list[tuple[Any, int]] = []
        self.key: str | None = None
        self.key_offset = 0
        self.merging = False
        self.size = 1


class _Reader:
    """Builds values from events. `size` counts nodes with aliases expanded, against billion laughs."""

    def __init__(self, budgets: Budgets) -> None:
        self.root: Any = None
        self.members: dict[int, Sequence[int]] = {}
        self.aliased = False
        self._budgets = budgets
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open_anchors: set[str] = set()
        self._alias_nodes = 0
        self._documents = 0

    def read(self, next_event: Callable[[], Any]) -> None:
        """Read events until the stream ends."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while True:
            event = next_event()
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is yaml.StreamEndEvent:
                return

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise TextRefusedError(
                "yaml-documents",
                event.start_mark.index,
                "A second YAML document starts here.",
                "Keep one document per file.",
            )

    def _scalar(self, event: Any) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and type(frame.value) is dict:
            self._take_key(frame, event)
            return
        offset = event.start_mark.index
        value = resolve_scalar(event.value, event.tag, event.implicit, offset)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, offset, 1)

    def _take_key(self, frame: _Frame, event: Any) -> None:
        key = event.value
        offset = event.start_mark.index
        resolve_scalar(key, event.tag, (False, True), offset)
        frame.merging = key == _MERGE and event.implicit[0]
        if key in frame.value and not frame.merging:
            raise TextRefusedError(
                "duplicate-key",
                offset,
                f"The key {shown(key)} is written twice in one mapping.",
                "Keep one of the two; readers disagree about which one counts.",
            )
        frame.key = key
        frame.key_offset = offset

    def _mapping(self, event: Any) -> None:
        self._open({}, event)

    def _sequence(self, event: Any) -> None:
        self._open([], event)

    def _open(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        offset = event.start_mark.index
        if event.tag not in _COLLECTION_TAGS:
            raise tag_refused(event.tag, offset)
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.key is None and type(parent.value) is dict:
            raise _key_refused(offset)
        if len(self._stack) >= self._budgets.depth:
            raise depth_refused(offset, self._budgets)
        if parent is not None and type(parent.value) is list:
            parent.offsets.append(offset)
        if event.anchor is not None:
            self._open_anchors.add(event.anchor)
        self._stack.append(_Frame(value, event.anchor))

    def _end(self, _: Any) -> None:
        frame = self._stack.pop()
        if frame.merges:
            self._merge(frame)
        self.members[id(frame.value)] = frame.offsets
        if frame.anchor is not None:
            self._open_anchors.discard(frame.anchor)
            self._anchors[frame.anchor] = (frame.value, frame.size)
        if not self._stack:
            self.root = frame.value
            return
        parent = self._stack[-1]
        parent.size += frame.size
        if type(parent.value) is list:
            parent.value.append(frame.value)
        else:
            self._set(parent, frame.value)

    def _alias(self, event: Any) -> None:
        offset = event.start_mark.index
        name = event.anchor
        parent = self._stack[-1] if self._stack else None
        if name in self._open_anchors:
            raise TextRefusedError(
                "yaml-alias",
                offset,
                f"The alias *{name} stands inside what it repeats.",
                "Use a $ref to a schema for recursion.",
            )
        if name not in self._anchors:
            raise TextRefusedError(
                "yaml-alias",
                offset,
                f"No anchor &{name} stands before this alias.",
                "Define the anchor first.",
            )
        if parent is not None and parent.key is None and type(parent.value) is dict:
            raise _key_refused(offset)
        self.aliased = True
        value, size = self._anchors[name]
        self._alias_nodes += size
        if self._alias_nodes > self._budgets.expanded:
            raise TextRefusedError(
                "alias-limit",
                offset,
                f"Aliases expand to more than {self._budgets.expanded} nodes here.",
                "Name the repeated part under components and refer to it.",
            )
        self._add(value, offset, size)

    def _add(self, value: Any, offset: int, size: int) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.size += size
        if type(frame.value) is list:
            frame.value.append(value)
            frame.offsets.append(offset)
        else:
            self._set(frame, value)

    def _set(self, frame: _Frame, value: Any) -> None:
        if frame.merging:
            frame.merges.append((value, frame.key_offset))
        elif isinstance(frame.value, dict) and frame.key is not None:
            frame.value[frame.key] = value
            frame.offsets.append(frame.key_offset)
        frame.key = None

    def _merge(self, frame: _Frame) -> None:
        """Apply `<<`: keys of the mapping itself win, then those of the first mapping merged."""
        target = frame.value
        for merged, offset in frame.merges:
            for source in merged if isinstance(merged, list) else [merged]:
                if not (isinstance(source, dict) and isinstance(target, dict)):
                    raise TextRefusedError(
                        "yaml-merge",
                        offset,
                        "The merge key << takes a mapping or a list of mappings.",
                        "Merge an anchored mapping, or write the keys out.",
                    )
                places = self.members[id(source)]
                for number, (key, value) in enumerate(source.items()):
                    if key not in target:
                        target[key] = value
                        frame.offsets.append(places[number])


def tag_refused(tag: str, offset: int) -> TextRefusedError:
    """The refusal of a YAML tag that stands for no JSON value."""
    return TextRefusedError(
        "yaml-tag",
        offset,
        f"The tag {shown(tag)} stands for no JSON value.",
        "Remove the tag; an OpenAPI document has JSON values only.",
    )


def _key_refused(offset: int) -> TextRefusedError:
    return TextRefusedError(
        "yaml-key",
        offset,
        "A key here is not plain text.",
        "Write the key as a string; an OpenAPI document has string keys only.",
    )
