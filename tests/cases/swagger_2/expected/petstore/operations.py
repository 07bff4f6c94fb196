"""What the edge decides about each operation of petstore."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import Body, BodyKind, Content, Operation, Parameter, Part, Shape

LIST_PETS: Final = Operation(
    service="petstore",
    operation_id="listPets",
    method="GET",
    edge_path="/pets",
    downstream_path="/pets",
    query=(
        Parameter(name="ids", explode=False, shape=Shape(types=("integer",), container="array")),
        Parameter(name="tags", shape=Shape(container="array")),
        Parameter(
            name="kinds", style="pipeDelimited", explode=False, shape=Shape(container="array")
        ),
        Parameter(name="old"),
    ),
    idempotent=True,
)

ADD_PET: Final = Operation(
    service="petstore",
    operation_id="addPet",
    method="POST",
    edge_path="/pets",
    downstream_path="/pets",
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

UPLOAD_PHOTO: Final = Operation(
    service="petstore",
    operation_id="uploadPhoto",
    method="POST",
    edge_path="/pets/{petId}/photo",
    downstream_path="/pets/{petId}/photo",
    path=(
        Parameter(
            name="petId",
            required=True,
            style="simple",
            explode=False,
            shape=Shape(types=("integer",)),
        ),
    ),
    body=Body(
        content=(
            Content(
                media_type="multipart/form-data",
                kind=BodyKind.MULTIPART,
                parts=(
                    Part(name="caption", required=True),
                    Part(name="photo", required=True, binary=True),
                ),
            ),
        ),
        required=True,
    ),
)

GET_PHOTO: Final = Operation(
    service="petstore",
    operation_id="getPhoto",
    method="GET",
    edge_path="/pets/{petId}/photo",
    downstream_path="/pets/{petId}/photo",
    path=(
        Parameter(
            name="petId",
            required=True,
            style="simple",
            explode=False,
            shape=Shape(types=("integer",)),
        ),
    ),
    idempotent=True,
)

CAPTION_PHOTO: Final = Operation(
    service="petstore",
    operation_id="captionPhoto",
    method="PUT",
    edge_path="/pets/{petId}/photo",
    downstream_path="/pets/{petId}/photo",
    path=(
        Parameter(
            name="petId",
            required=True,
            style="simple",
            explode=False,
            shape=Shape(types=("integer",)),
        ),
    ),
    body=Body(
        content=(
            Content(
                media_type="application/x-www-form-urlencoded",
                kind=BodyKind.FORM,
                parts=(
                    Part(name="caption", required=True),
                    Part(name="words", shape=Shape(container="array"), style="form"),
                ),
            ),
        ),
        required=True,
    ),
    idempotent=True,
)
