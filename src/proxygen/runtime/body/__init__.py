"""Request bodies: what a handler declares, how each is read, and what goes downstream."""

from __future__ import annotations

from proxygen.runtime.body.form_body import FormBody
from proxygen.runtime.body.json_body import JsonBody
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.body.multipart_body import MultipartBody
from proxygen.runtime.body.raw_body import RawBody, read_raw
from proxygen.runtime.body.reader import BodyReader, Outgoing, ReadBody
from proxygen.runtime.body.stream import ClientDisconnected

__all__ = [
    "BodyLimits",
    "BodyReader",
    "ClientDisconnected",
    "FormBody",
    "JsonBody",
    "MultipartBody",
    "Outgoing",
    "RawBody",
    "ReadBody",
    "read_raw",
]
