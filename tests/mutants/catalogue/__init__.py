"""Every deliberate defect: at least one for each sentence of the rules, and the generated code's own."""

from __future__ import annotations

from itertools import chain
from typing import Final

from tests.mutants.catalogue import (
    answers,
    bodies,
    browsers,
    correlation,
    failures,
    headers,
    identity,
    issuers,
    life,
    quotas,
    retries,
    routing,
    traces,
    watching,
    written,
)
from tests.mutants.mutant import Mutant

CATALOGUE: Final[tuple[Mutant, ...]] = tuple(
    chain.from_iterable(
        theme.MUTANTS
        for theme in (
            routing,
            identity,
            issuers,
            headers,
            bodies,
            correlation,
            answers,
            watching,
            retries,
            quotas,
            failures,
            life,
            written,
            browsers,
            traces,
        )
    )
)
