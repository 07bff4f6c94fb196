"""What generating contracts gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass


class UnfitContractsError(Exception):
    """The generator wrote something that the schema set does not account for: our bug, not the user's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractModule:
    """One module of contracts: its formatted source text, and its classes in the set's order."""

    text: str
    class_names: tuple[str, ...]
