"""No row of `documents.md` is without its test: as a row here, or by name in another suite."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.cases.hostile.rows import REFUSED, ROWS

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent

_WRITTEN: Final = """
G01 G02 G03 G04 G05 G06 G07 G08 G10 G11 G12 G13 G15 G16 G17 G18 G19 G20 G21 G23 G24 G25 G27 G28
G29 G30 G32 G33 G34 G35 G36 G37 G38 G40
I01 I02 I04 I05 I06 I07 I09 I11 I13 I14 I15 I16 I17 I18
F01 F02 F03 F04 F06 F07 F09 F10
R01 R02 R03 R04 R06 R07 R08 R09 R10 R12 R13 R14 R15
Y01 Y02 Y04 Y06 Y07 Y09 Y10 Y11 Y12 Y13 Y14 Y15 Y16 Y17 Y18 Y19 Y20 Y21 Y22 Y23 Y25 Y27 Y28
P01 P02 P03 P04 T01 T02 F11 F12 F13 C01 C02
"""
IDS: Final = frozenset(_WRITTEN.split())
"""The ids of `documents.md`, which may lie beside the repository and may not."""

_TEMPLATES: Final = "tests/unit/render/test_template_set.py"
_OUTPUT: Final = "tests/unit/output/test_write_tree.py"
_CONFIG: Final = "tests/unit/config/test_read.py"
ELSEWHERE: Final = (
    ("T01", _TEMPLATES, "test_an_override_that_fails_is_the_users_to_correct"),
    ("T02", _TEMPLATES, "test_a_symlink_out_of_the_folder_is_refused"),
    ("T02", _TEMPLATES, "test_a_linked_folder_is_refused"),
    ("F11", _OUTPUT, "test_a_linked_output_is_refused"),
    ("F12", _OUTPUT, "test_a_hand_written_file_in_the_way_is_refused_by_name"),
    ("F12", _OUTPUT, "test_a_hand_written_file_stays"),
    ("F13", _OUTPUT, "test_a_process_killed_at_any_step_leaves_the_old_tree_or_the_new"),
    ("C01", "tests/cases/unknown_configuration_key/stderr.txt", "error[unknown-key]"),
    ("C01", _CONFIG, '"wrong-type"'),
    ("C01", _CONFIG, '"service-without-document"'),
    ("C01", "tests/cases/unbound_identity_input/stderr.txt", "error["),
    ("C02", "tests/cases/two_services_one_route/stderr.txt", "  see specs/"),
)
"""Rows that are no document: the file and the words of the test that proves them."""


def covered() -> set[str]:
    return {row.id.partition("-")[0] for row in ROWS}


def test_every_row_has_a_test() -> None:
    assert covered() | {identifier for identifier, _, _ in ELSEWHERE} >= IDS


def test_no_row_has_two() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("identifier", "file", "words"), ELSEWHERE)
def test_a_row_that_is_proved_elsewhere_is_proved_there(
    identifier: str, file: str, words: str
) -> None:
    assert identifier in IDS
    assert words in (ROOT / file).read_text(encoding="utf-8")


def test_the_rows_are_those_of_the_team() -> None:
    found = [folder / "shared" / "threats" / "documents.md" for folder in (ROOT.parent, ROOT)]
    present = [path for path in found if path.is_file()]
    if not present:
        pytest.skip("documents.md is not beside this repository")
    text = present[0].read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ([A-Z][0-9]+) \|", text, re.MULTILINE)) == IDS


def test_every_golden_belongs_to_a_row() -> None:
    assert {path.name.removesuffix(".stderr.txt") for path in HERE.glob("*.stderr.txt")} == {
        row.id for row in REFUSED
    }
