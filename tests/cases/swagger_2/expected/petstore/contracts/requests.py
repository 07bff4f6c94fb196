"""What petstore takes (specs/petstore.yaml)."""

from __future__ import annotations

from typing import Annotated

from proxygen.runtime.json_types import Integer
from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictStr


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class CaptionPhotoRequest(Contract):
    caption: StrictStr
    words: list[StrictStr] | MISSING = MISSING


class ListPetsQuery(Contract):
    ids: list[Integer] | MISSING = MISSING
    tags: list[StrictStr] | MISSING = MISSING
    kinds: list[StrictStr] | MISSING = MISSING
    old: StrictStr | MISSING = MISSING


class PetIdPath(Contract):
    pet_id: Annotated[
        Integer, Field(alias="petId", ge=-9223372036854775808, le=9223372036854775807)
    ]


class Pet(Contract):
    kind: StrictStr
    name: StrictStr


class UploadPhotoForm(Contract):
    caption: Annotated[StrictStr, Field(max_length=80)]


class UploadPhotoRequest(Contract):
    caption: Annotated[StrictStr, Field(max_length=80)]
    photo: StrictStr
