"""What the edge decides about each operation of files."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Passthrough, RateLimit

PASSTHROUGH: Final = Passthrough(
    service="files", prefix="/files", rate_limit=RateLimit(rate=100.0, burst=100)
)
