"""The number that generated code and this runtime must agree on."""

from __future__ import annotations

from typing import Final

CONTRACT: Final = 1
"""Raised with every change after which code generated before no longer fits."""


class ContractMismatchError(RuntimeError):
    """Generated code was written for another runtime than the one installed."""

    def __init__(self, wanted: int) -> None:
        super().__init__(
            f"this code was generated for proxygen runtime contract {wanted}, "
            f"the installed runtime has contract {CONTRACT}: run `proxygen build` again"
        )
        self.wanted = wanted


def require_contract(wanted: int) -> None:
    """Raise `ContractMismatchError` unless the generated code's contract number is this runtime's."""
    if wanted != CONTRACT:
        raise ContractMismatchError(wanted)
