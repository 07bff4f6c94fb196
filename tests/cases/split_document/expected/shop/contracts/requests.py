"""What shop takes (specs/shop.yaml)."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictStr

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


class GetOrderPath(Contract):
    order_id: StrictStr


class ListOrdersQuery(Contract):
    limit: Annotated[Integer | MISSING, Field(le=100)] = MISSING


class MoneyCommon(Contract):
    amount: Integer
    currency: Currency


class Order(Contract):
    id: StrictStr
    total: MoneyCommon
    part_of: Order | MISSING = MISSING
    customer: Person | MISSING = MISSING


class Person(Contract):
    name: StrictStr
    address: Address | MISSING = MISSING
