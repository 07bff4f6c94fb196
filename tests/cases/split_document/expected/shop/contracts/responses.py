"""What shop answers (specs/shop.yaml)."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer
from pydantic import MISSING, BaseModel, ConfigDict, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class Address(Contract):
    city: StrictStr | MISSING = MISSING


class Currency(RootContract[Literal["SEK", "EUR"]]):
    root: Literal["SEK", "EUR"]


class MoneyCommon(Contract):
    amount: Integer
    currency: Currency


class Order(Contract):
    id: StrictStr
    total: MoneyCommon
    part_of: Order | MISSING = MISSING
    customer: Person | MISSING = MISSING


class ListOrdersResponse200(RootContract[list[Order]]):
    root: list[Order]


class Person(Contract):
    name: StrictStr
    address: Address | MISSING = MISSING
