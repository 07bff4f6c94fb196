"""What the edge decides about each operation of bff_teacher."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Passthrough

PASSTHROUGH: Final = Passthrough(service="bff_teacher", prefix="/bff/v1/teacher")
