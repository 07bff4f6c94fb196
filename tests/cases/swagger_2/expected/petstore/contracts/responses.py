"""What petstore answers (specs/petstore.yaml)."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import MISSING, BaseModel, ConfigDict, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class Error(Contract):
    message: StrictStr | MISSING = MISSING


class Pet(Contract):
    kind: StrictStr
    name: StrictStr


class ListPetsResponse200(RootContract[list[Pet]]):
    root: list[Pet]
