"""What class_management answers (specs/class_management.json)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictBool, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class ClassAdministration(Contract):
    class_id: StrictStr
    cost_centre: Annotated[StrictStr | None, Field(pattern="^[0-9]{4}$")]
    retention_until: date
    locked: StrictBool


class ClassBase(Contract):
    name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    grade: Annotated[Integer, Field(ge=1, le=13)]
    state: ClassState | MISSING = MISSING
    course_code: CourseCode
    description: Annotated[StrictStr | MISSING | None, Field(max_length=2000)] = MISSING


class ClassState(RootContract[Literal["active", "archived"]]):
    root: Literal["active", "archived"]


class CourseCode(RootContract[Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]]):
    root: Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]


class Course(Contract):
    code: StrictStr
    name: StrictStr
    language: Literal["en", "sv"]
    points: Annotated[Integer, Field(ge=0)]


class Enrolment(RootContract[Literal["invited", "enrolled", "left"]]):
    root: Literal["invited", "enrolled", "left"]


class Error(Contract):
    code: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    message: StrictStr


class ConflictError(Error):
    conflicting_id: StrictStr | None


class ListClassesResponse200(Contract):
    items: list[Class]
    total: Annotated[Integer, Field(ge=0)]


class ListCoursesResponse200(RootContract[list[Course]]):
    root: list[Course]


class Ownership(Contract):
    owner_id: Annotated[StrictStr, Field(max_length=128, min_length=1)]
    org_id: Annotated[StrictStr | None, Field(max_length=128)]


class StudentBase(Contract):
    given_name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    family_name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    email: StrictStr | MISSING | None = MISSING
    user_id: Annotated[StrictStr | MISSING | None, Field(max_length=128)] = MISSING
    enrolment: Enrolment | MISSING = MISSING
    special_needs: Annotated[StrictStr | MISSING | None, Field(max_length=2000)] = MISSING


class Timestamps(Contract):
    created_at: StrictStr
    updated_at: StrictStr | None


class Class(ClassBase, Ownership, Timestamps):
    id: StrictStr
    student_count: Annotated[Integer, Field(ge=0)]
    state: ClassState


class Student(StudentBase, Timestamps):
    id: Uuid


class ListStudentsResponse200(RootContract[list[Student]]):
    root: list[Student]


class ValidationErrorFieldsItem(Contract):
    name: StrictStr
    problem: StrictStr


class ValidationError(Error):
    fields: list[ValidationErrorFieldsItem]
