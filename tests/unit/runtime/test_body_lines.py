"""Which lines of a head speak of the body: whatever the case of their names, however many there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proxygen.runtime.body.head_lines import BodyLines, body_lines

KINDS = {
    b"content-length": "lengths",
    b"transfer-encoding": "transfers",
    b"content-type": "types",
    b"content-encoding": "codings",
}
_NAMES = st.sampled_from([*KINDS, *(name.title() for name in KINDS), b"host", b"content-typed"])


@given(st.lists(_NAMES, max_size=80))
def test_every_line_is_found_at_its_place(names: list[bytes]) -> None:
    found = body_lines([(name, b"%d" % at) for at, name in enumerate(names)])
    assert found == BodyLines(
        **{
            kind: tuple(at for at, name in enumerate(names) if name.lower() == wanted)
            for wanted, kind in KINDS.items()
        }
    )


def test_what_one_head_says_is_not_said_of_another() -> None:
    assert body_lines([(b"content-type", b"a"), (b"x", b"")]).types == (0,)
    assert body_lines([(b"x", b""), (b"content-type", b"b")]).types == (1,)
    assert body_lines([]) == BodyLines((), (), (), ())
