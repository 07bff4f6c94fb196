"""How the edge is served: addresses, workers, and the times of its start and end."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from proxygen.runtime.settings.problems import PREFIX, SettingsError


class ServerSettings(BaseSettings):
    """How the edge is served: `EDGE_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to listen at; `0.0.0.0` or `::` in a container."""
    port: int = Field(default=8000, ge=1, le=65535)
    """The port to listen at."""
    operations_port: int | None = Field(default=None, ge=1, le=65535)
    """Where `/healthz`, `/readyz` and `/metrics` are served, and then nowhere else; None: at `port`."""
    operations_host: str | None = None
    """The address of `operations_port`; None: `host`."""
    workers: int = Field(default=1, ge=1, le=256)
    """Processes; each has its own connections to the downstreams. `/metrics` has the sum of all."""
    backlog: int = Field(default=1024, ge=128)
    """Connections that wait to be accepted."""
    connections: int = Field(default=1024, ge=1)
    """Connections that one worker holds at a time, idle ones too; those beyond wait to be accepted."""
    header_timeout: float = Field(default=10.0, ge=0.1, le=60)
    """Seconds until a request's head has come, also of silence between requests; then closed."""
    write_timeout: float = Field(default=300.0, ge=0.1)
    """Seconds in which a client must take something of an answer that waits for it; then closed. The
    kernel's buffers are megabytes and free themselves in steps of a third: much less ends slow readers."""
    drain_delay: float = Field(default=1.0, ge=0)
    """Seconds after SIGTERM in which requests are accepted still, while `/readyz` says 503 and every answer
    ends its connection; what is in front must notice in this time. SIGINT does not wait."""
    grace: float = Field(default=30.0, ge=0)
    """Seconds after that in which open requests may end; then they are cut."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged: this, and what is worse."""
    log_format: Literal["json", "text"] = "json"
    """One line of JSON for each event, or plain text."""

    @field_validator("host", "operations_host")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        try:
            return value if value is None else str(ip_address(value))
        except ValueError:
            raise ValueError("is no IP address (`127.0.0.1`, `::`)") from None

    @field_validator("operations_port")
    @classmethod
    def _is_another(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value == info.data.get("port"):
            raise ValueError("is EDGE_PORT, too: clients would reach it")
        return value

    @classmethod
    def load(cls) -> Self:
        """From the environment; raises `SettingsError` with everything that is wrong."""
        try:
            return cls()
        except ValidationError as error:
            items = error.errors(include_url=False, include_input=False)
            raise SettingsError([_problem(item["loc"], item["msg"]) for item in items]) from None


def _problem(place: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + "__".join(map(str, place)).upper()
    return f"{name}: {message.removeprefix('Value error, ')}"
