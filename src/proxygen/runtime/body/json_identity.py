"""Identity in a client's JSON: who set it already, and where it goes without touching another byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from proxygen.runtime.body.strict_json import Member, members, place_of
from proxygen.runtime.headers.names import fold_name, may_hold
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import Absent, AbsentParent, Binding, Place
from proxygen.runtime.parameters.validation import Problem, bound, missing, problem
from proxygen.runtime.target import bound_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An object that holds bound fields, or leads to one; the root of such a tree is the whole body.

    `fields` are by their folded names, `children` by their names and `folded` by their folded ones. `written`
    is each field's name as it is written before its value, with its binding. `size` counts this node and
    all below, `names` are the folded names of theirs that a client must not use, in UTF-8.
    """

    path: tuple[str, ...]
    fields: Mapping[str, tuple[str, Binding]]
    children: Mapping[str, Node]
    folded: Mapping[str, Node]
    written: tuple[tuple[str, Binding], ...]
    refuses_absence: bool
    """Whether a binding below must have its parent."""
    size: int
    names: tuple[bytes, ...]


Steps = tuple[str, ...]


class Slot(NamedTuple):
    """A place for the bound members of `node`: right behind a brace, before other members or none."""

    at: int
    followed: bool
    node: Node


Edit = tuple[int, int, str]
"""Where a span of the text begins and ends, and what is written in its place."""


class Plan(NamedTuple):
    """What is to be done to one body's text."""

    slots: Sequence[Slot] = ()
    removals: Sequence[Edit] = ()


Objects = list[tuple[Node, dict[str, Any]]]
"""The objects of a body that are where its bindings say, each with its node; the outermost first."""


def parse_bindings(bindings: tuple[Binding, ...]) -> Node | None:
    """The tree of an operation's body bindings (JSON pointers, RFC 6901); None where there are none."""
    pointers: list[tuple[Steps, Binding]] = []
    for binding in bindings:
        if binding.place is not Place.BODY:
            continue
        if not binding.name.startswith("/"):
            raise ValueError(f"not a JSON pointer to a member: {binding.name!r}")
        steps = binding.name[1:].split("/")
        pointers.append(
            (tuple(step.replace("~1", "/").replace("~0", "~") for step in steps), binding)
        )
    return _node((), pointers) if pointers else None


def _node(path: Steps, pointers: list[tuple[Steps, Binding]]) -> Node:
    own = [(steps[0], binding) for steps, binding in pointers if len(steps) == 1]
    below: dict[str, list[tuple[Steps, Binding]]] = {}
    for steps, binding in pointers:
        if len(steps) > 1:
            below.setdefault(steps[0], []).append((steps[1:], binding))
    children = {step: _node((*path, step), rest) for step, rest in below.items()}
    fields = {fold_name(name): (name, binding) for name, binding in own}
    folded = {fold_name(step): child for step, child in children.items()}
    refuses = any(binding.absent_parent is AbsentParent.REFUSE for _, binding in own)
    return Node(
        path=path,
        fields=fields,
        children=children,
        folded=folded,
        written=tuple((encode_basestring_ascii(n) + ":", b) for n, b in fields.values()),
        refuses_absence=refuses or any(child.refuses_absence for child in children.values()),
        size=1 + sum(child.size for child in children.values()),
        names=(
            *(name.encode("utf-8", "surrogatepass") for name in (*fields, *folded)),
            *(name for child in children.values() for name in child.names),
        ),
    )


def objects_of(root: Node, tree: Any) -> Objects:
    """Those of this body; what is absent, null or no object is not among them."""
    found = [(root, tree)] if isinstance(tree, dict) else []
    for node, value in found:
        for step, child in node.children.items():
            below = value.get(step)
            if isinstance(below, dict):
                # What is found is looked through in its turn.
                found.append((child, below))
    return found


def client_values(root: Node, objects: Objects) -> list[Problem]:
    """The bound fields that a client's tree has, by folded name, also below a folded parent."""
    if not objects:
        return []
    keys = [",".join(value.keys() - node.children.keys()) for node, value in objects]
    return _client_values(root, objects[0][1]) if may_hold(keys, root.names) else []


def _client_values(node: Node, value: Any) -> list[Problem]:
    if not isinstance(value, dict):
        return []
    found: list[Problem] = []
    for key, member in value.items():
        folded = fold_name(key)
        if folded in node.fields:
            found.append(bound("body", *node.path, node.fields[folded][0]))
        below = node.folded.get(folded)
        if below is not None:
            found.extend(_client_values(below, member))
    return found


def absent_parents(root: Node, tree: Any, objects: Objects) -> list[Problem]:
    """What is wrong with the objects that must hold bound fields: absent, null, or no object."""
    return [] if len(objects) == root.size else _absent_parents(root, tree)


def _absent_parents(node: Node, value: Any) -> list[Problem]:
    if not isinstance(value, dict):
        return [problem("dict_type", ("body", *node.path), "Input should be an object")]
    found: list[Problem] = []
    for step, child in node.children.items():
        member = value.get(step)
        if member is not None:
            found.extend(_absent_parents(child, member))
        elif child.refuses_absence:
            found.append(missing("body", *child.path))
    return found


def plan(text: str, objects: Objects, *, clean: bool) -> Plan:
    """Where identity goes in this text; `clean` says that no client value has to be taken out.

    The parents have been checked by `absent_parents`.
    """
    quick = _slots_at_once(text, objects) if clean else None
    if quick is not None:
        return Plan(quick)
    slots: list[Slot] = []
    removals: list[Edit] = []
    root, tree = objects[0]
    _walk(root, text, text.index("{"), tree, slots, None if clean else removals)
    return Plan(slots, removals)


def _slots_at_once(text: str, objects: Objects) -> list[Slot] | None:
    """The slots, where each object is seen without reading what lies before it; else None."""
    slots: list[Slot] = []
    for node, value in objects:
        opening = place_of(text, node.path[-1]) if node.path else text.index("{")
        if opening is None:
            return None
        if node.fields:
            slots.append(Slot(opening + 1, bool(value), node))
    return slots


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
    for step, value in _places(left, kept):
        _walk(node.children[step], text, value, tree[step], slots, removals)
    if node.fields:
        slots.append(Slot(opening + 1, followed, node))


def _places(wanted: set[str], kept: Iterable[Member]) -> Iterator[tuple[str, int]]:
    """Where the values under these keys begin; what follows the last of them is not read."""
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
    return folded in node.folded and member.key not in node.children and text[member.value] == "{"


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
            gaps.append((start, member.start, ""))
            start = None
        last_kept_end = member.end
    if start is not None:
        gaps.append((start if last_kept_end is None else last_kept_end, found[-1].end, ""))
    return gaps


def apply(plan: Plan, text: str, identity: Identity | None) -> str:
    """The text with identity in it; raises 403 where a field must be there and the identity has none."""
    edits = list(plan.removals)
    for at, followed, node in plan.slots:
        edits.append((at, at, _insertion(node, identity, followed)))
    edits.sort()
    pieces: list[str] = []
    done = 0
    for start, end, written in edits:
        pieces += (text[done:start], written)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def _insertion(node: Node, identity: Identity | None, followed: bool) -> str:
    written: list[str] = []
    for name, binding in node.written:
        value = bound_value(binding, identity)
        if value is not None:
            written.append(name + encode_basestring_ascii(value))
        elif binding.absent is Absent.NULL:
            written.append(name + "null")
    if not written:
        return ""
    return ",".join(written) + ("," if followed else "")
