"""The rows that only the pinned server gives: what a team's own application under uvicorn does instead.

Each entry must fail there, so that the list stays true; one that is not `always` so may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedOnly:
    """Tests of a row by the ends of their ids (name and parameters, without the platform)."""

    platforms: tuple[str, ...]
    tests: tuple[str, ...]
    instead: str
    always: bool = True


_MALFORMED = "test_malformed_requests_are_400_and_end_the_connection"
_HEADS = "test_w44_heads_beyond_16_kib_or_100_lines_are_431"
_METHODS = "test_w46_methods_that_no_edge_routes_are_405_and_counted_as_other"
_CORRELATED = "test_every_answer_has_it_also_those_before_a_route"

PINNED_ONLY: Final = (
    PinnedOnly(
        platforms=("team", "h11"),
        tests=(
            "test_w122_half_a_head_and_silence_is_closed",
            "test_w122_a_head_that_drips_is_closed",
        ),
        instead="uvicorn waits for a head without a limit: a proxy in front has to have one",
    ),
    PinnedOnly(
        platforms=("team",),
        tests=(
            f"{_MALFORMED}[W32 an extension of 1 MB]",
            f"{_MALFORMED}[W32 extensions of 1 MB]",
            f"{_MALFORMED}[W32 trailers of 400 KB]",
        ),
        instead="httptools reads and drops chunk extensions and trailers of any size",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=(f"{_MALFORMED}[W32 extensions of 1 MB]",),
        instead="h11 reads and drops chunk extensions of any number",
    ),
    PinnedOnly(
        platforms=("team",),
        tests=(
            f"{_METHODS}[get]",
            f"{_METHODS}[FOO]",
            f"{_METHODS}[PRI]",
            f"{_METHODS}[method4]",
            "test_w46_connect_gets_no_tunnel",
        ),
        instead="httptools refuses with its own 400, uncounted",
    ),
    PinnedOnly(
        platforms=("team",),
        tests=("test_w45_targets_beyond_8_kib_are_414[65530]", f"{_MALFORMED}[two blanks]"),
        instead="httptools refuses the one with 400, and reads two blanks as one",
    ),
    PinnedOnly(
        platforms=("team", "h11"),
        tests=(f"{_MALFORMED}[W42 asterisk]",),
        instead="no route of the edge's: 404 of the team's application",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=(
            f"{_MALFORMED}[W42 no slash]",
            f"{_MALFORMED}[W42 authority]",
            "test_w42_an_absolute_form_never_decides_the_host[http://evil/bff/v1/teacher/home]",
            "test_w42_an_absolute_form_never_decides_the_host[https://evil:8/bff/v1/teacher/home]",
            "test_w46_connect_gets_no_tunnel",
        ),
        instead="no route of the edge's: 404 of the team's application",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=(
            f"{_MALFORMED}[W27 3, 3]",
            f"{_MALFORMED}[W35 a folded line]",
            f"{_MALFORMED}[W30 CR in an extension]",
        ),
        instead="h11 reads two equal lengths as one, a folded line, and CR in a chunk extension",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=(
            f"{_MALFORMED}[W29 chunks with LF]",
            f"{_MALFORMED}[W30 a size beyond 64 bits]",
        ),
        instead="h11 waits for more: 408 at the limit of silence",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=(f"{_HEADS}[200 KB]", f"{_HEADS}[2 MB]", f"{_HEADS}[20,000 lines]"),
        instead="h11 refuses with its own 400 from 64 KB on",
    ),
    PinnedOnly(
        platforms=("h11",),
        tests=("test_w45_targets_beyond_8_kib_are_414[65530]",),
        instead="h11 refuses with 400 where 64 KB of a head are there before its end is",
        always=False,
    ),
    PinnedOnly(
        platforms=("team",),
        tests=(
            f"{_CORRELATED}[GET-/nowhere-lines0-404]",
            f"{_CORRELATED}[GET-/healthz-lines5-200]",
            f"{_CORRELATED}[GET-target7-lines7-414]",
        ),
        instead="what is no route of the edge's is answered by the team's application",
    ),
)


def entries_for(node: str, platform: str) -> Iterator[PinnedOnly]:
    """Those for a test with this id (`name[parameters]`, without the platform) on this platform."""
    for entry in PINNED_ONLY:
        if platform in entry.platforms and any(node.endswith(test) for test in entry.tests):
            yield entry
