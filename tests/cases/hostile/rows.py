"""All rows, in the order of `documents.md`."""

from __future__ import annotations

from typing import Final

from tests.cases.hostile import rows_names, rows_policy, rows_reading, rows_references, rows_text
from tests.cases.hostile.row import Built, Refused, Row

ROWS: Final[tuple[Row, ...]] = (
    *rows_text.ROWS,
    *rows_names.ROWS,
    *rows_references.ROWS,
    *rows_reading.ROWS,
    *rows_policy.ROWS,
)
REFUSED: Final = tuple(row for row in ROWS if isinstance(row, Refused))
BUILT: Final = tuple(row for row in ROWS if isinstance(row, Built))
