"""What a client may send: sizes and times."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from proxygen.runtime.body.limits import BodyLimits


class RequestLimits(BaseModel):
    """What a client may send; a request beyond a limit is answered 400, 408, 413, 414 or 431."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header_bytes: int = Field(default=16 * 1024, gt=0)
    """All field lines together, in bytes (431)."""
    header_count: int = Field(default=100, gt=0)
    """Field lines (431)."""
    target_bytes: int = Field(default=8 * 1024, gt=0)
    """Path and query, in bytes (414)."""
    query_count: int = Field(default=10_000, gt=0)
    """Parameters of the query, counted by `&` (400)."""
    json_bytes: int = Field(default=1024 * 1024, gt=0)
    """Bytes of a JSON body, which is held in memory (413)."""
    form_bytes: int = Field(default=1024 * 1024, gt=0)
    """Bytes of a form, or of the text parts of a multipart body, held in memory (413)."""
    upload_bytes: int = Field(default=100 * 1024 * 1024, gt=0)
    """Bytes of a body that is streamed (413)."""
    idle_seconds: float = Field(default=10.0, gt=0)
    """Silence in a streamed body (408)."""
    total_seconds: float = Field(default=30.0, gt=0)
    """Until the end of a body that is held in memory (408)."""
    upload_seconds: float = Field(default=600.0, gt=0)
    """Until the end of a body that is streamed (408)."""

    @property
    def body(self) -> BodyLimits:
        """Those that the readers of bodies keep."""
        return BodyLimits(
            json_bytes=self.json_bytes,
            form_bytes=self.form_bytes,
            upload_bytes=self.upload_bytes,
            idle_seconds=self.idle_seconds,
            total_seconds=self.total_seconds,
            upload_seconds=self.upload_seconds,
        )
