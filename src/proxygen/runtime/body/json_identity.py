"""Identity in a client's JSON: who set it already, and where it goes without touching another byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from typing import Any

from proxygen.runtime.body.strict_json import Member, members, place_of
from proxygen.runtime.headers.names import fold_name, may_hold
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Absent, AbsentParent, Binding, Place
from proxygen.runtime.parameters.validation import Problem, bound, missing, problem
from proxygen.runtime.target import bound_value


@dataclass(slots=True)
class Node:
    """An object that holds bound fields, or leads to one."""

    path: tuple[str, ...]
    fields: dict[str, tuple[str, Binding]] = field(default_factory=dict)
    children: dict[str, Node] = field(default_factory=dict)
    folded: dict[str, Node] = field(default_factory=dict)
    """The children by their folded names."""

    def refuses_absence(self) -> bool:
        """Whether a binding below must have its parent."""
        own = any(b.absent_parent is AbsentParent.REFUSE for _, b in self.fields.values())
        return own or any(child.refuses_absence() for child in self.children.values())


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for bound members: behind the brace at `index - 1`, before other members or none."""

    index: int
    followed: bool
    fields: tuple[tuple[str, Binding], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A span of the text to be left out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to one body's text."""

    slots: tuple[Slot, ...] = ()
    removals: tuple[Edit, ...] = ()


def parse_bindings(bindings: tuple[Binding, ...]) -> Node | None:
    """The tree of an operation's body bindings (JSON pointers, RFC 6901); None where there are none."""
    root = Node(())
    for binding in bindings:
        if binding.place is not Place.BODY:
            continue
        if not binding.name.startswith("/"):
            raise ValueError(f"not a JSON pointer to a member: {binding.name!r}")
        *parents, name = (
            step.replace("~1", "/").replace("~0", "~") for step in binding.name[1:].split("/")
        )
        node = root
        for step in parents:
            child = node.children.setdefault(step, Node((*node.path, step)))
            node.folded[fold_name(step)] = child
            node = child
        node.fields[fold_name(name)] = (name, binding)
    return root if root.fields or root.children else None


def client_values(node: Node, value: Any) -> list[Problem]:
    """The bound fields that a client's tree has, by folded name, also below a folded parent."""
    if not isinstance(value, Mapping):
        return []
    found: list[Problem] = []
    others = [key for key in value if key not in node.children]
    if not may_hold(others, (*node.fields, *node.folded)):
        for step, child in node.children.items():
            found.extend(client_values(child, value.get(step)))
        return found
    for key, member in value.items():
        folded = fold_name(key)
        if folded in node.fields:
            found.append(bound("body", *node.path, node.fields[folded][0]))
        below = node.folded.get(folded)
        if below is not None:
            found.extend(client_values(below, member))
    return found


def absent_parents(node: Node, value: Any) -> list[Problem]:
    """What is wrong with the objects that must hold bound fields: absent, null, or no object."""
    if not isinstance(value, Mapping):
        return [problem("dict_type", ("body", *node.path), "Input should be an object")]
    found: list[Problem] = []
    for step, child in node.children.items():
        member = value.get(step)
        if member is not None:
            found.extend(absent_parents(child, member))
        elif child.refuses_absence():
            found.append(missing("body", *child.path))
    return found


def plan(node: Node, text: str, tree: Any, *, clean: bool) -> Plan:
    """Where identity goes in this text; `clean` says that no client value has to be taken out.

    The parents have been checked by `absent_parents`.
    """
    opening = text.index("{")
    if clean and not node.children:
        return Plan((Slot(opening + 1, bool(tree), tuple(node.fields.values())),))
    slots: list[Slot] = []
    removals: list[Edit] = []
    _walk(node, text, opening, tree, slots, None if clean else removals)
    return Plan(tuple(slots), tuple(removals))


def _walk(
    node: Node,
    text: str,
    opening: int,
    tree: dict[str, Any],
    slots: list[Slot],
    removals: list[Edit] | None,
) -> None:
    kept: Iterable[Member]
    if removals is None:
        kept, followed = members(text, opening), bool(tree)
    else:
        found = list(members(text, opening))
        kept = [member for member in found if not _is_clients(node, text, member)]
        followed = bool(kept)
        if len(kept) < len(found):
            removals.extend(_gaps(found, set(kept)))
    left = {step for step in node.children if isinstance(tree.get(step), dict)}
    for step, value in _places(text, left, kept, clean=removals is None):
        _walk(node.children[step], text, value, tree[step], slots, removals)
    if node.fields:
        slots.append(Slot(opening + 1, followed, tuple(node.fields.values())))


def _places(
    text: str, wanted: set[str], kept: Iterable[Member], *, clean: bool
) -> Iterator[tuple[str, int]]:
    """Where the values under these keys begin; what follows the last of them is not read again."""
    if clean:
        for key in tuple(wanted):
            value = place_of(text, key)
            if value is not None:
                wanted.discard(key)
                yield key, value
    for member in kept if wanted else ():
        if member.key in wanted:
            wanted.discard(member.key)
            yield member.key, member.value
            if not wanted:
                return


def _is_clients(node: Node, text: str, member: Member) -> bool:
    """Whether this member sets a bound field, or is another spelling of an object that leads to one."""
    folded = fold_name(member.key)
    if folded in node.fields:
        return True
    leads = folded in {fold_name(step) for step in node.children}
    return leads and member.key not in node.children and text[member.value] == "{"


def _gaps(found: list[Member], kept: set[Member]) -> list[Edit]:
    """The spans of the members that go, each run of them with one comma beside it."""
    gaps: list[Edit] = []
    start: int | None = None
    last_kept_end: int | None = None
    for member in found:
        if member not in kept:
            start = member.start if start is None else start
            continue
        if start is not None:
            gaps.append(Edit(start, member.start))
            start = None
        last_kept_end = member.end
    if start is not None:
        gaps.append(Edit(start if last_kept_end is None else last_kept_end, found[-1].end))
    return gaps


def apply(plan: Plan, text: str, identity: Identity | None) -> str:
    """The text with identity in it; raises 403 where a field must be there and the identity has none."""
    edits = [(edit.start, 1, edit.end, "") for edit in plan.removals]
    edits += [(slot.index, 0, slot.index, _insertion(slot, identity)) for slot in plan.slots]
    edits.sort(reverse=True)
    for start, _, end, replacement in edits:
        text = text[:start] + replacement + text[end:]
    return text


def _insertion(slot: Slot, identity: Identity | None) -> str:
    written: list[str] = []
    for name, binding in slot.fields:
        value = bound_value(binding, identity)
        if value is not None or binding.absent is Absent.NULL:
            said = "null" if value is None else encode_basestring_ascii(value)
            written.append(f"{encode_basestring_ascii(name)}:{said}")
    if not written:
        return ""
    return ",".join(written) + ("," if slot.followed else "")
